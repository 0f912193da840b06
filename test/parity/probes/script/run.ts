/**
 * What a probe does, told by a header of the request: statements `phase~operation~arguments`, with `;` between them.
 * What it sees goes into the log with the request's own name, so that two hosts can be compared line by line.
 */
import {
  Answer,
  Body,
  Call,
  Chunk,
  Exchange,
  Headers,
  LogLevel,
  Reply,
  Request,
  Response,
  Verdict,
} from "sluice/sdk";

export class Probe {
  statements: string[] = [];
  id: string = "";

  say(exchange: Exchange, text: string): void {
    exchange.log(LogLevel.Warn, "[" + this.id + "] " + text);
  }
}

/** The request's script for this slot; kept headers make it readable in every phase. */
export function probe(exchange: Exchange, slot: string): Probe {
  const found = exchange.state<Probe>();
  if (!found.id.length) {
    const id = exchange.client("x-case");
    const script = exchange.client("x-" + slot);
    found.id = (id === null ? "?" : id) + " " + slot;
    if (script !== null) found.statements = script.split(";");
  }
  return found;
}

function numberOf(text: string): i32 {
  return text.length ? I32.parseInt(text) : 0;
}

function part(parts: string[], at: i32): string {
  return at < parts.length ? parts[at] : "";
}

/** All pairs but those that a clock or chance decides. */
function dump(headers: Headers): string {
  const names = headers.names();
  let text = "";
  const seen = new Set<string>();
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    if (seen.has(name)) continue;
    seen.add(name);
    text += " " + name + "=" + headers.all(name).join("|");
  }
  return text;
}

export function hash(bytes: Uint8Array): string {
  let h: u32 = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) h = (h ^ bytes[i]) * 0x01000193;
  return bytes.length.toString() + "/" + h.toString();
}

/** What every phase with headers can do; true if it was one of these. */
function onHeaders(me: Probe, exchange: Exchange, headers: Headers, parts: string[]): bool {
  const op = part(parts, 1);
  const name = part(parts, 2);
  const value = part(parts, 3);
  if (op == "set") me.say(exchange, "set " + headers.set(name, value).toString());
  else if (op == "add") me.say(exchange, "add " + headers.append(name, value).toString());
  else if (op == "del") me.say(exchange, "del " + headers.remove(name).toString());
  else if (op == "get") me.say(exchange, "get " + name + " " + headers.all(name).join("|"));
  else if (op == "dump") me.say(exchange, "dump" + dump(headers));
  else return false;
  return true;
}

/** What every phase can do. */
function anywhere(me: Probe, exchange: Exchange, parts: string[]): bool {
  const op = part(parts, 1);
  const name = part(parts, 2);
  if (op == "prop") {
    const value = exchange.attribute(name);
    me.say(exchange, "prop " + name + " " + (value === null ? "(none)" : value));
  } else if (op == "int") me.say(exchange, "int " + name + " " + exchange.integer(name).toString());
  else if (op == "fail") assert(false, "told to fail");
  else return false;
  return true;
}

function callOf(parts: string[]): Call {
  return new Call(part(parts, 2), "GET", part(parts, 3))
    .timeout(numberOf(part(parts, 4)))
    .header("x-answer", part(parts, 5))
    .send(part(parts, 6));
}

export function onRequest(me: Probe, phase: string, request: Request, body: Body | null): Verdict {
  for (let i = 0; i < me.statements.length; i++) {
    const parts = me.statements[i].split("~");
    if (parts[0] != phase) continue;
    const op = part(parts, 1);
    if (onHeaders(me, request, request.headers, parts) || anywhere(me, request, parts)) continue;
    if (op == "path") request.path = part(parts, 2);
    else if (op == "method") request.method = part(parts, 2);
    else if (op == "host") request.host = part(parts, 2);
    else if (op == "reroute") me.say(request, "reroute " + request.toUpstream("other").toString());
    else if (op == "deny") return request.deny(numberOf(part(parts, 2)), part(parts, 3));
    else if (op == "reply") return request.respond(replyOf(parts));
    else if (op == "call") return request.call(callOf(parts));
    else if (op == "pause") return Verdict.Pause;
    else if (body !== null) onBody(me, request, body, parts);
  }
  return Verdict.Continue;
}

export function onResponse(
  me: Probe,
  phase: string,
  response: Response,
  body: Body | null,
): Verdict {
  for (let i = 0; i < me.statements.length; i++) {
    const parts = me.statements[i].split("~");
    if (parts[0] != phase) continue;
    const op = part(parts, 1);
    if (onHeaders(me, response, response.headers, parts) || anywhere(me, response, parts)) continue;
    if (op == "status") response.status = numberOf(part(parts, 2));
    else if (op == "deny") return response.deny(numberOf(part(parts, 2)), part(parts, 3));
    else if (op == "reply") return response.respond(replyOf(parts));
    else if (op == "call") return response.call(callOf(parts));
    else if (op == "pause") return Verdict.Pause;
    else if (body !== null) onBody(me, response, body, parts);
  }
  return Verdict.Continue;
}

function replyOf(parts: string[]): Reply {
  return new Reply(numberOf(part(parts, 2)))
    .header(part(parts, 3), part(parts, 4))
    .body(part(parts, 5));
}

function onBody(me: Probe, exchange: Exchange, body: Body, parts: string[]): void {
  const op = part(parts, 1);
  if (op == "body") me.say(exchange, "body " + hash(body.bytes()));
  else if (op == "replace") me.say(exchange, "replace " + body.replace(part(parts, 2)).toString());
  else if (op == "append") me.say(exchange, "append " + body.append(part(parts, 2)).toString());
}

export function onChunk(me: Probe, phase: string, exchange: Exchange, chunk: Chunk): Verdict {
  for (let i = 0; i < me.statements.length; i++) {
    const parts = me.statements[i].split("~");
    if (parts[0] != phase) continue;
    if (anywhere(me, exchange, parts)) continue;
    // How a body is cut into pieces is the network's choice: only what does not depend on it is told.
    if (part(parts, 1) == "upper") chunk.replace(chunk.text().toUpperCase());
    else if (part(parts, 1) == "empty") chunk.replace("");
    else if (part(parts, 1) == "last" && chunk.last) me.say(exchange, "last");
  }
  return Verdict.Continue;
}

export function onAnswer(me: Probe, exchange: Exchange, answer: Answer): void {
  me.say(
    exchange,
    "answer " +
      answer.failed.toString() +
      " " +
      answer.status.toString() +
      " " +
      hash(answer.bytes()),
  );
}

export function onEnd(me: Probe, exchange: Exchange): void {
  for (let i = 0; i < me.statements.length; i++) {
    const parts = me.statements[i].split("~");
    if (parts[0] == "l") anywhere(me, exchange, parts);
  }
  me.say(exchange, "end");
}
