/** An OpenAPI description as a RestApi: its operations, upstream, security and what requests must be like. */
import { usage } from "../errors.ts";
import { Security } from "./security.ts";
import { isObject, type Json, type Located, type Spec } from "./spec.ts";
import { validation, type Parameter } from "./validation.ts";

export interface ImportOptions {
  name?: string;
  context?: string;
  upstream?: string;
  /** False: only routes and security. */
  validation: boolean;
  /** Security schemes to leave out. */
  skipSecurity: readonly string[];
}

export interface Imported {
  document: Json;
  remarks: string[];
}

const methods = ["get", "post", "put", "delete", "patch", "head", "options"] as const;

export async function importOpenApi(spec: Spec, options: ImportOptions): Promise<Imported> {
  const remarks = new Set<string>();
  const security = await Security.of(spec, new Set(options.skipSecurity), (text) =>
    remarks.add(text),
  );
  const operations: Json[] = [];
  for (const [path, item] of Object.entries((spec.root["paths"] ?? {}) as Json)) {
    const { value, file } = await spec.follow({ value: item, file: spec.file });
    if (!isObject(value) || !path.startsWith("/")) continue;
    if (value["trace"]) remarks.add(`TRACE ${path}: gateways do not pass TRACE on`);
    if (value["servers"]) remarks.add(`${path}: servers of its own count for nothing`);
    for (const method of methods) {
      const one = value[method];
      if (!isObject(one)) continue;
      const at = `${method.toUpperCase()} ${path}`;
      const remark = (text: string) => remarks.add(`${at}: ${text}`);
      if (one["servers"]) remark("servers of its own count for nothing");
      if (one["callbacks"]) remark("callbacks are calls of the upstream's: they are left out");
      const policies = security.policies(one["security"]);
      if (options.validation) {
        const parameters = await parametersOf(spec, { value, file }, one);
        const body = one["requestBody"] ? { value: one["requestBody"], file } : null;
        const checks = await validation(spec, parameters, body, remark);
        if (checks) policies.push(checks);
      }
      operations.push({
        ...{ method: method.toUpperCase(), path },
        ...(policies.length > 0 && { policies }),
      });
    }
  }
  if (operations.length === 0) throw spec.wrong("paths: expected at least one operation");
  if (spec.root["webhooks"]) remarks.add("webhooks are calls of the upstream's: they are left out");
  return { document: restApi(spec, options, operations, remarks), remarks: [...remarks] };
}

function restApi(
  spec: Spec,
  options: ImportOptions,
  operations: Json[],
  remarks: Set<string>,
): Json {
  const { title = "", version: said = "" } = (spec.root["info"] ?? {}) as Record<string, string>;
  const version = /^v?\d+(\.\d+)?(\.\d+)?$/.test(String(said)) ? String(said) : "v1.0";
  if (version !== String(said))
    remarks.add(`info.version '${said}' is no version here: it is v1.0`);
  const slug =
    String(title)
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "") || "api";
  const server = options.upstream ?? serverOf(spec, (text) => remarks.add(text));
  const path = new URL(server).pathname.replace(/\/+$/, "");
  return {
    apiVersion: "gateway.api-platform.wso2.com/v1",
    kind: "RestApi",
    metadata: { name: options.name ?? `${slug}-${version}` },
    spec: {
      displayName: (String(title) || slug)
        .replace(/[^a-zA-Z0-9\-_. ]+/g, " ")
        .trim()
        .slice(0, 100),
      version,
      // Clients go on calling the same paths.
      context: options.context ?? (path || `/${slug}`),
      upstream: { main: { url: server.replace(/\/+$/, "") } },
      operations,
    },
  };
}

/** The first server, with the defaults of its variables. */
function serverOf(spec: Spec, remark: (text: string) => void): string {
  const [first, ...others] = (spec.root["servers"] ?? []) as {
    url?: string;
    variables?: Record<string, Json>;
  }[];
  const url = (first?.url ?? "/").replace(/\{([^}]*)\}/g, (_, name: string) => {
    const value = first?.variables?.[name]?.["default"];
    if (value === undefined)
      throw usage(
        `servers[0].url: its variable '${name}' has no default`,
        "name the server with --upstream <url>",
      );
    remark(`servers[0]: its variable '${name}' is '${String(value)}'; --upstream names another`);
    return String(value);
  });
  if (others.length > 0)
    remark(`of ${others.length + 1} servers the first is taken, ${url}; --upstream names another`);
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return url;
  throw usage(`servers[0].url: '${url}' does not say which host`, "name it with --upstream <url>");
}

/** An operation's own parameters stand in for those of its path. */
async function parametersOf(spec: Spec, item: Located, operation: Json): Promise<Parameter[]> {
  const found = new Map<string, Parameter>();
  for (const list of [(item.value as Json)["parameters"], operation["parameters"]])
    for (const one of (Array.isArray(list) ? list : []) as unknown[]) {
      const { value, file } = await spec.follow({ value: one, file: item.file });
      if (!isObject(value)) continue;
      const {
        name,
        in: place,
        required = false,
        schema,
        style,
        explode,
      } = value as Json & {
        name: string;
        in: string;
        required?: boolean;
        style?: string;
        explode?: boolean;
      };
      found.set(`${place} ${name}`, {
        ...{ name: String(name), in: place, required, style, explode },
        schema: schema === undefined ? null : { value: schema, file },
      });
    }
  return [...found.values()];
}
