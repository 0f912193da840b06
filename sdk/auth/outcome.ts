/**
 * How an authentication ended, told in one place to all who want to know: policies behind read the metadata and the
 * identity; where there are any, the gateway's security events and traffic logs read the attribute `sluice_caller`.
 * A credential is never part of it: what a failure says is a fixed text, and whom a client claimed to be only where
 * there is somebody of that name.
 */
import { LogLevel } from "../abi";
import { Identity } from "../context";
import { Request } from "../request";
import { CallerField } from "./told";

/** More tries than this in one request are not told. */
const MOST_BYTES: i32 = 4096;
/** Of one field. */
const LONGEST: i32 = 256;

/** The caller is known from here on. */
export function accept(request: Request, identity: Identity): void {
  note(request, identity.kind, true);
  request.context.identify(identity);
  if (!request.isRecorded) return;
  const metadata = request.context.metadata;
  const application = valueOf(metadata, "x-wso2-application-id");
  const fields = blank();
  fields[CallerField.Sign] = "+";
  fields[CallerField.Method] = identity.kind;
  fields[CallerField.Subject] = identity.subject;
  fields[CallerField.Issuer] = identity.issuer;
  fields[CallerField.CredentialId] = identity.credentialId;
  fields[CallerField.Consumer] = identity.consumer;
  fields[CallerField.Plan] = identity.plan;
  if (application.length) {
    fields[CallerField.ApplicationId] = application;
    fields[CallerField.ApplicationName] = valueOf(metadata, "x-wso2-application-name");
  }
  tell(request, fields);
}

/** The caller did not show who it is; `why` is for the gateway's operators and never for the client. */
export function reject(request: Request, method: string, why: string, claimed: string = ""): void {
  note(request, method, false);
  request.log(LogLevel.Debug, "refused: " + why);
  if (!request.isRecorded) return;
  const fields = blank();
  fields[CallerField.Sign] = "-";
  fields[CallerField.Method] = method;
  fields[CallerField.Subject] = claimed;
  fields[CallerField.Reason] = why;
  tell(request, fields);
}

const blank = (): string[] => new Array<string>(CallerField.Reason + 1).fill("");

function note(request: Request, method: string, success: bool): void {
  const metadata = request.context.metadata;
  metadata.set("auth.success", success ? "true" : "false");
  metadata.set("auth.method", method);
}

/** One more: each policy of the chain that decided has one. They are apart by what no field can hold. */
function tell(request: Request, fields: string[]): void {
  const context = request.context;
  const line = joined(fields);
  if (context.outcomes.length + line.length > MOST_BYTES) return;
  context.outcomes = context.outcomes.length ? context.outcomes + "\x02" + line : line;
  request.setAttribute("sluice_caller", context.outcomes);
}

function valueOf(metadata: Map<string, string>, key: string): string {
  return metadata.has(key) ? metadata.get(key) : "";
}

/** The fields with tabs between them, without the empty ones at the end: each authenticated request pays for this. */
export function joined(fields: string[]): string {
  let last = fields.length;
  while (last > 1 && !fields[last - 1].length) last--;
  let size = last - 1;
  for (let i = 0; i < last; i++) {
    fields[i] = clean(fields[i]);
    size += fields[i].length;
  }
  const text = changetype<string>(__new((<usize>size) << 1, idof<string>()));
  let to = changetype<usize>(text);
  for (let i = 0; i < last; i++) {
    if (i) {
      store<u16>(to, 0x09);
      to += 2;
    }
    const bytes = (<usize>fields[i].length) << 1;
    memory.copy(to, changetype<usize>(fields[i]), bytes);
    to += bytes;
  }
  return text;
}

/** The text, not longer than a field, without tabs and line's ends. */
function clean(text: string): string {
  const size = min(text.length, LONGEST);
  if (isClean(changetype<usize>(text), (<usize>size) << 1)) {
    return size < text.length ? text.substring(0, size) : text;
  }
  let clean = "";
  for (let i = 0; i < size; i++) {
    const code = text.charCodeAt(i);
    clean += code < 0x20 ? " " : String.fromCharCode(code);
  }
  return clean;
}

/** True if no unit is a control character; four units a step. */
function isClean(at: usize, bytes: usize): bool {
  const end = at + bytes;
  for (; at + 8 <= end; at += 8) {
    const four = load<u64>(at);
    if ((four - 0x0020002000200020) & ~four & 0x8000800080008000) return false;
  }
  for (; at < end; at += 2) if (load<u16>(at) < 0x20) return false;
  return true;
}
