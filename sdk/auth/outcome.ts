/**
 * How an authentication ended, told in one place to all who want to know: policies behind read the metadata and the
 * identity; where there are any, the gateway's security events and traffic logs read the attribute `sluice_caller`.
 * A credential is never part of it: what a failure says is a fixed text, and whom a client claimed to be only where
 * there is somebody of that name.
 */
import { LogLevel } from "../abi";
import { Identity } from "../context";
import { Request } from "../request";

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
  tell(
    request,
    "+\t" +
      identity.kind +
      field(identity.subject) +
      field(identity.issuer) +
      field(identity.credentialId) +
      field(identity.consumer) +
      field(identity.plan) +
      field(valueOf(metadata, "x-wso2-application-id")) +
      field(valueOf(metadata, "x-wso2-application-name")),
  );
}

/** The caller did not show who it is; `why` is for the gateway's operators and never for the client. */
export function reject(request: Request, method: string, why: string, claimed: string = ""): void {
  note(request, method, false);
  request.log(LogLevel.Debug, "refused: " + why);
  if (request.isRecorded)
    tell(request, "-\t" + method + field(claimed) + "\t\t\t\t\t\t" + field(why));
}

function note(request: Request, method: string, success: bool): void {
  const metadata = request.context.metadata;
  metadata.set("auth.success", success ? "true" : "false");
  metadata.set("auth.method", method);
}

/** A line more: each policy of the chain that decided has one. */
function tell(request: Request, line: string): void {
  const context = request.context;
  if (context.outcomes.length + line.length > MOST_BYTES) return;
  context.outcomes = context.outcomes.length ? context.outcomes + "\n" + line : line;
  request.setAttribute("sluice_caller", context.outcomes);
}

function valueOf(metadata: Map<string, string>, key: string): string {
  return metadata.has(key) ? metadata.get(key) : "";
}

/** A tab and the text, which has no tab and no line's end of its own. */
function field(text: string): string {
  const size = min(text.length, LONGEST);
  for (let i = 0; i < size; i++) {
    if (text.charCodeAt(i) < 0x20) return "\t" + cleaned(text, size);
  }
  return size < text.length ? "\t" + text.substring(0, size) : "\t" + text;
}

function cleaned(text: string, size: i32): string {
  let clean = "";
  for (let i = 0; i < size; i++) {
    const code = text.charCodeAt(i);
    clean += code < 0x20 ? " " : String.fromCharCode(code);
  }
  return clean;
}
