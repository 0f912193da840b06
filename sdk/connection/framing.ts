/** What the headers of a request say about where it ends. */
import { Connection, Phase } from "./connection";
import { decimal, dropBlanks, is, says, skipBlanks } from "./lines";

/** One header line that is complete, but perhaps not kept as a whole: then `isCut`. */
export function readField(c: Connection, from: usize, to: usize, isCut: bool): void {
  switch (load<u8>(from) | 0x20) {
    case 0x63: // c
      if (says(from, to, "content-length:")) readLength(c, from + 15, to, isCut);
      else if (!isCut && says(from, to, "connection:") && names(from + 11, to, "upgrade"))
        c.upgrade = true;
      break;
    case 0x74: // t
      if (says(from, to, "transfer-encoding:")) {
        c.codings++;
        if (isCut || !isValue(from + 18, to, "chunked")) c.doubtful = true;
      }
      break;
    case 0x75: // u
      if (says(from, to, "upgrade:")) {
        c.upgrades++;
        c.webSocket = !isCut && isValue(from + 8, to, "websocket");
      }
  }
}

function readLength(c: Connection, from: usize, to: usize, isCut: bool): void {
  const at = skipBlanks(from, to);
  c.left = decimal(at, dropBlanks(at, to));
  c.lengths++;
  if (isCut || c.left < 0) c.doubtful = true;
}

function isValue(from: usize, to: usize, text: string): bool {
  const at = skipBlanks(from, to);
  return is(at, dropBlanks(at, to), text);
}

/** Whether a list with commas has the word. */
function names(from: usize, to: usize, word: string): bool {
  for (let at = from; at < to; at++) {
    const start = at;
    while (at < to && load<u8>(at) != 0x2c) at++;
    if (isValue(start, at, word)) return true;
  }
  return false;
}

/**
 * What comes behind the headers; false when that is in doubt, as with two lengths or a length beside chunks. Only an upgrade
 * to WebSocket is one: Envoy takes everything behind some others, too, for the upgraded stream, and refuses them.
 */
export function endFields(c: Connection): bool {
  if (c.doubtful || c.lengths + c.codings > 1) return false;
  if (c.codings) c.phase = Phase.Size;
  else if (c.left) c.phase = Phase.Body;
  else if (c.upgrade && c.upgrades == 1 && c.webSocket) c.phase = Phase.Opaque;
  else c.restart();
  return true;
}
