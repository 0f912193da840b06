/** Holds answers against a description: whether it has the operation, and allows this answer of it. */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { DescribedOperation, OpenApi } from "../../../controller/describe/openapi.ts";

export interface GivenAnswer {
  method: string;
  path: string;
  status: number;
  type: string | null;
  text: string;
}

/** What a path may be answered that is none: who asks is looked at before what is asked. */
const undescribed = [401, 403, 404, 405, 429];

const times = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

export class Allowed {
  private readonly ajv: Ajv2020;
  private readonly known = new Map<string, ValidateFunction>();

  constructor(readonly api: OpenApi) {
    this.ajv = new Ajv2020({ strict: false, validateFormats: true, allErrors: true });
    this.ajv.addFormat("date-time", times);
    // References are written for the whole document.
    this.ajv.addSchema({ $id: "api", ...api });
  }

  /** The described operation; null for what the description does not have. */
  operation(method: string, path: string): { path: string; operation: DescribedOperation } | null {
    const sent = path.split("?")[0]!;
    const found = Object.keys(this.api.paths)
      .filter((one) => pattern(one).test(sent))
      // `/certificates/reload` is no id.
      .sort((a, b) => a.split("{").length - b.split("{").length)
      .find((one) => this.api.paths[one]![method.toLowerCase()]);
    if (!found) return null;
    return { path: found, operation: this.api.paths[found]![method.toLowerCase()]! };
  }

  /** Null, or in words what is not allowed. */
  fault({ method, path, status, type, text }: GivenAnswer): string | null {
    const found = this.operation(method, path);
    if (!found)
      return undescribed.includes(status) ? null : `${method} ${path}: ${status}, not described`;
    const where = `${method} ${found.path} ${status}`;
    const answer = found.operation.responses[String(status)];
    if (!answer) return `${where}: the status is not described: ${text.slice(0, 300)}`;
    const [described] = Object.keys(answer.content ?? {});
    if (!described) return text === "" ? null : `${where}: expected no body, found ${text}`;
    const plain = (type ?? "").split(";")[0]!;
    if (plain !== described) return `${where}: expected ${described}, found ${type}`;
    if (plain !== "application/json") return null;
    const validate = this.validator(`${found.path} ${method.toLowerCase()} ${status}`, [
      ...["paths", found.path, method.toLowerCase(), "responses", String(status)],
      ...["content", described, "schema"],
    ]);
    if (validate(JSON.parse(text))) return null;
    return `${where}: ${this.ajv.errorsText(validate.errors)}: ${text.slice(0, 500)}`;
  }

  private validator(name: string, at: readonly string[]): ValidateFunction {
    const known = this.known.get(name);
    if (known) return known;
    const escaped = at.map((key) =>
      encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1")),
    );
    const made = this.ajv.compile({ $ref: `api#/${escaped.join("/")}` });
    this.known.set(name, made);
    return made;
  }
}

const pattern = (path: string): RegExp =>
  new RegExp(`^${path.replace(/[.]/g, "\\.").replace(/\{\w+\}/g, "[^/]+")}$`);
