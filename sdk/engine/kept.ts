/**
 * Request headers that policies asked for, kept with the stream: the host has forgotten them by the time
 * of the response. Taken before any policy runs, so they are what the client sent. Only linked into
 * modules in which some policy asks.
 */
import { requestMap } from "../request";
import { Chain } from "./chain";
import { setKeeper } from "./keeper";
import { enterStream, leaveRegion } from "./runtime/index";
import { Stream } from "./stream";

/** Names and values, alternating; several values of one name are joined by a comma. */
class Kept {
  texts: string[] = [];
}

export function startKeeping(): void {
  setKeeper(keepHeaders);
}

function keepHeaders(stream: Stream): void {
  const links = changetype<Chain>(stream.chain).links;
  let wanted = 0;
  for (let i = 0; i < links.length; i++) wanted += links[i].policy.keptHeaders.length;
  if (!wanted) return;
  requestMap.size();
  enterStream();
  const kept = new Kept();
  for (let i = 0; i < links.length; i++) {
    const names = links[i].policy.keptHeaders;
    for (let j = 0; j < names.length; j++) keepHeader(names[j], kept.texts);
  }
  leaveRegion();
  stream.kept = changetype<usize>(kept);
}

function keepHeader(name: string, texts: string[]): void {
  let at = requestMap.find(name);
  if (at < 0) return;
  let value = requestMap.valueAt(at);
  while ((at = requestMap.find(name, at + 1)) >= 0) value += ", " + requestMap.valueAt(at);
  texts.push(name);
  texts.push(value);
}

/** The kept header, null if the client did not send it or no policy asked for it. */
export function keptHeader(stream: Stream, name: string): string | null {
  if (!stream.kept) return null;
  const texts = changetype<Kept>(stream.kept).texts;
  const wanted = name.toLowerCase();
  for (let i = 0; i < texts.length; i += 2) if (texts[i] == wanted) return texts[i + 1];
  return null;
}
