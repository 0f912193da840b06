/** A gateway's management API, as commands use it: answers are bodies, and what went wrong is an error with its exit code. */
import { reason, type FieldError } from "../../controller/errors.ts";
import { CommandError, Exit } from "../errors.ts";
import type { Io } from "../io.ts";
import { sending } from "../trace.ts";
import { profileOf, type Auth, type Profile, type Selection } from "./profiles.ts";

const base = "/api/management/v1";
/** Longer than any `?wait=` that commands ask for. */
const timeoutMs = 120_000;

export interface Answer {
  status: number;
  body: Record<string, unknown>;
  headers: Headers;
}

export interface Sent {
  body?: unknown;
  bytes?: Uint8Array<ArrayBuffer>;
  query?: Record<string, string>;
  /** Statuses that are an answer, beside those below 400. */
  expect?: readonly number[];
  headers?: Record<string, string>;
}

export class GatewayApi {
  constructor(
    readonly name: string,
    private readonly profile: Profile,
    private readonly io: Pick<Io, "trace">,
  ) {}

  static async of(selection: Selection, io: Pick<Io, "trace">): Promise<GatewayApi> {
    const { name, profile } = await profileOf(selection);
    return new GatewayApi(name, profile, io);
  }

  get server(): string {
    return this.profile.server;
  }

  /** A path below the management API's base. */
  async send(method: string, path: string, sent: Sent = {}): Promise<Answer> {
    return this.fetch(this.profile.server + base + path, method, sent);
  }

  /** A path of the admin port. */
  async admin(path: string): Promise<Answer> {
    const server = this.profile.adminServer;
    if (!server)
      throw new CommandError(
        "AP-NO-ADMIN",
        `the gateway '${this.name}' has no admin server`,
        Exit.Failed,
        `ap gateway add --display-name ${this.name} --server ${this.profile.server} --admin-server <url>`,
      );
    return this.fetch(server + path, "GET", { expect: [503] });
  }

  private async fetch(url: string, method: string, sent: Sent): Promise<Answer> {
    const { body, bytes, query = {}, expect = [] } = sent;
    const search = new URLSearchParams(query).toString();
    const whole = search ? `${url}?${search}` : url;
    const headers = {
      ...authorization(this.profile.auth),
      // While a build keeps this process busy, the gateway may end a connection that is kept: each request has its own.
      connection: "close",
      ...(body !== undefined && { "content-type": "application/json" }),
      ...sent.headers,
    };
    const content = body === undefined ? bytes : JSON.stringify(body);
    const begun = performance.now();
    this.io.trace(sending(method, whole, headers, content?.length));
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(whole, {
        ...{ method, headers },
        ...(content !== undefined && { body: content }),
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
      });
      text = await answer.text();
      this.io.trace(`< ${answer.status}, ${text.length} bytes, ${passed(begun)} ms`);
    } catch (error) {
      this.io.trace(`< no answer, ${passed(begun)} ms`);
      const cause = error instanceof Error && error.cause ? error.cause : error;
      throw new CommandError(
        "AP-UNREACHABLE",
        `the gateway '${this.name}' at ${this.profile.server} does not answer: ${reason(cause).trim().split("\n")[0]}`,
        Exit.Unreachable,
        toDo(cause),
      );
    }
    const found = parseAnswer(text);
    if (answer.status >= 400 && !expect.includes(answer.status))
      throw refusal(answer.status, found, `${method} ${new URL(url).pathname}`);
    return { status: answer.status, body: found, headers: answer.headers };
  }
}

/** What can be done about a gateway that does not answer. */
function toDo(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID")
    return "renew the gateway's certificate, or set this machine's clock";
  if (/CERT|SIGNATURE|ISSUER/.test(code))
    return "NODE_EXTRA_CA_CERTS=<file> names who signed the gateway's certificate, in PEM";
  if (/^(ERR_SSL|EPROTO)/.test(code)) return "look whether it speaks TLS, or is an http:// server";
  return "start it with ap gateway run, or name another with --gateway or ap gateway use";
}

const passed = (begun: number): number => Math.round(performance.now() - begun);

function authorization(auth: Auth | undefined): Record<string, string> {
  if (auth?.type === "bearer") return { authorization: `Bearer ${auth.token ?? ""}` };
  if (auth?.type !== "basic") return {};
  const text = `${auth.username ?? ""}:${auth.password ?? ""}`;
  return { authorization: `Basic ${Buffer.from(text).toString("base64")}` };
}

function parseAnswer(text: string): Record<string, unknown> {
  if (!text) return {};
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read === "object" && read !== null) return read as Record<string, unknown>;
  } catch {
    // Something between here and the gateway answered: its words are all there is.
  }
  return { message: text.slice(0, 300) };
}

function refusal(status: number, body: Record<string, unknown>, what: string): CommandError {
  const message = `${what}: ${String(body["message"] ?? `status ${status}`)}`;
  const errors = Array.isArray(body["errors"]) ? (body["errors"] as FieldError[]) : [];
  if (status === 401 || status === 403)
    return new CommandError(
      "AP-DENIED",
      message,
      Exit.Failed,
      "set WSO2AP_GW_USERNAME and WSO2AP_GW_PASSWORD, or WSO2AP_GW_TOKEN, or add the gateway with --auth",
    );
  if (status === 404) return new CommandError("AP-NOT-FOUND", message, Exit.NotFound);
  if (status === 409 || status === 412)
    return new CommandError("AP-CONFLICT", message, Exit.Conflict, "", errors);
  return new CommandError(
    status < 500 ? "AP-REFUSED" : "AP-GATEWAY",
    message,
    Exit.Failed,
    "",
    errors,
  );
}
