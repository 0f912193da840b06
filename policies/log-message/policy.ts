import { Body, Exchange, Headers, LogLevel, Policy, Request, Response, Verdict } from "sluice/sdk";
import { JsonWriter } from "sluice/sdk/std/json/writer";
import { writeHeaders, writePayload } from "./line";
import { Params, Side } from "./params";

/** Writes a line about the request, the response or both. */
export class LogMessage extends Policy<Params> {
  configure(): string | null {
    lower(this.params.maskedHeaders);
    const up = this.params.request;
    if (up !== null) lower(up.excludeHeaders);
    const down = this.params.response;
    if (down !== null) {
      lower(down.excludeHeaders);
      this.keep(":method");
      this.keep(":path");
    }
    return null;
  }

  takesRequestBody(): bool {
    return hasPayload(this.params.request);
  }

  takesResponseBody(): bool {
    return hasPayload(this.params.response);
  }

  onRequestHeaders(request: Request): Verdict {
    if (!this.takesRequestBody()) this.logRequest(request, null);
    return Verdict.Continue;
  }

  onRequestBody(request: Request, body: Body): Verdict {
    this.logRequest(request, body);
    return Verdict.Continue;
  }

  onResponseHeaders(response: Response): Verdict {
    if (!this.takesResponseBody()) this.logResponse(response, null);
    return Verdict.Continue;
  }

  onResponseBody(response: Response, body: Body): Verdict {
    this.logResponse(response, body);
    return Verdict.Continue;
  }

  private logRequest(request: Request, body: Body | null): void {
    const side = this.params.request;
    if (side === null) return;
    const line = begun("REQUEST", request, request.method, request.path);
    this.finish(line, side, request, request.headers, body);
  }

  private logResponse(response: Response, body: Body | null): void {
    const side = this.params.response;
    if (side === null) return;
    const line = begun("RESPONSE", response, response.client(":method"), response.client(":path"));
    line.key("status");
    line.integer(response.status);
    this.finish(line, side, response, response.headers, body);
  }

  private finish(
    line: JsonWriter,
    side: Side,
    exchange: Exchange,
    headers: Headers,
    body: Body | null,
  ): void {
    if (body !== null) writePayload(line, body, this.params.maxPayloadBytes);
    if (side.headers) writeHeaders(line, headers, side.excludeHeaders, this.params.maskedHeaders);
    line.endObject();
    exchange.log(LogLevel.Info, line.finishText());
  }
}

function begun(
  flow: string,
  exchange: Exchange,
  method: string | null,
  path: string | null,
): JsonWriter {
  const line = new JsonWriter();
  line.beginObject();
  write(line, "mediation-flow", flow);
  write(line, "request-id", exchange.attribute("request.id"));
  write(line, "http-method", method);
  // Queries may carry credentials.
  write(line, "resource-path", path === null ? null : path.split("?")[0]);
  return line;
}

function write(line: JsonWriter, key: string, value: string | null): void {
  line.key(key);
  line.text(value === null ? "" : value);
}

function hasPayload(side: Side | null): bool {
  return side !== null && side.payload;
}

function lower(names: string[]): void {
  for (let i = 0; i < names.length; i++) names[i] = names[i].toLowerCase();
}
