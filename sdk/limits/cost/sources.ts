/**
 * Where a cost is read from: headers, what policies noted, bodies, expressions. What is missing, or is no
 * number, says nothing; a negative number is nothing, so that no source can take back what another adds.
 */
import { Body } from "../../body";
import { Request } from "../../request";
import { Response } from "../../response";
import { JsonLimits } from "../../std/json/limits";
import { JsonPath } from "../../std/json/path";
import { JsonText } from "../../std/json/text";
import { JsonKind } from "../../std/json/value";
import { RequestExpression } from "../expression";
import { Cost, sum } from "./cost";

export abstract class Source {
  multiplier: f64 = 1;
  /** Read with the response, not with the request. */
  late: bool = false;

  get needsBody(): bool {
    return false;
  }

  ofRequest(request: Request, body: Body | null): f64 {
    return NaN;
  }

  ofResponse(response: Response, body: Body | null): f64 {
    return NaN;
  }
}

/** All of its sources together. */
export class SourcedCost extends Cost {
  constructor(private sources: Source[]) {
    super();
  }

  get atResponse(): bool {
    for (let i = 0; i < this.sources.length; i++) if (this.sources[i].late) return true;
    return false;
  }

  get needsRequestBody(): bool {
    return this.needsBody(false);
  }

  get needsResponseBody(): bool {
    return this.needsBody(true);
  }

  ofRequest(request: Request, body: Body | null): f64 {
    let all = NaN;
    for (let i = 0; i < this.sources.length; i++) {
      const one = this.sources[i];
      all = sum(all, worth(one, one.ofRequest(request, body)));
    }
    return all;
  }

  ofResponse(response: Response, body: Body | null): f64 {
    let all = NaN;
    for (let i = 0; i < this.sources.length; i++) {
      const one = this.sources[i];
      if (one.late) all = sum(all, worth(one, one.ofResponse(response, body)));
    }
    return all;
  }

  private needsBody(late: bool): bool {
    for (let i = 0; i < this.sources.length; i++) {
      if (this.sources[i].late == late && this.sources[i].needsBody) return true;
    }
    return false;
  }
}

function worth(source: Source, amount: f64): f64 {
  return isNaN(amount) ? NaN : max(amount, 0.0) * source.multiplier;
}

export class HeaderSource extends Source {
  constructor(private name: string) {
    super();
  }

  ofRequest(request: Request, body: Body | null): f64 {
    return this.late ? NaN : numberOf(request.header(this.name));
  }

  ofResponse(response: Response, body: Body | null): f64 {
    return numberOf(response.header(this.name));
  }
}

export class MetadataSource extends Source {
  constructor(private name: string) {
    super();
  }

  ofRequest(request: Request, body: Body | null): f64 {
    return this.late ? NaN : this.noted(request.context.metadata);
  }

  ofResponse(response: Response, body: Body | null): f64 {
    return this.noted(response.context.metadata);
  }

  private noted(metadata: Map<string, string>): f64 {
    return metadata.has(this.name) ? numberOf(metadata.get(this.name)) : NaN;
  }
}

export class BodySource extends Source {
  constructor(private path: JsonPath) {
    super();
  }

  get needsBody(): bool {
    return true;
  }

  ofRequest(request: Request, body: Body | null): f64 {
    return this.late ? NaN : this.find(body);
  }

  ofResponse(response: Response, body: Body | null): f64 {
    return this.find(body);
  }

  private find(body: Body | null): f64 {
    if (body === null || !body.length) return NaN;
    const found = this.path.first(JsonText.read(body.bytes(), new JsonLimits()));
    if (found === null) return NaN;
    return found.kind == JsonKind.Number ? found.number : numberOf(found.text);
  }
}

export class ExpressionSource extends Source {
  constructor(private expression: RequestExpression) {
    super();
  }

  ofRequest(request: Request, body: Body | null): f64 {
    if (!this.late) return this.expression.number();
    this.expression.rememberRequest();
    return NaN;
  }

  ofResponse(response: Response, body: Body | null): f64 {
    return this.expression.number();
  }
}

/** A decimal number and nothing else. */
function numberOf(text: string | null): f64 {
  if (text === null) return NaN;
  const trimmed = text.trim();
  for (let i = 0; i < trimmed.length; i++) {
    const unit = trimmed.charCodeAt(i);
    const digit = unit >= 48 && unit <= 57;
    if (!digit && unit != 43 && unit != 45 && unit != 46 && (unit | 32) != 101) return NaN;
  }
  return trimmed.length && trimmed.length <= 64 ? F64.parseFloat(trimmed) : NaN;
}
