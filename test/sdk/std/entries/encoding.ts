export * from "./regions";
export {
  base64,
  base64url,
  decodeBase64,
  decodeBase64url,
} from "../../../../sdk/std/encoding/base64";
export { decodeHex, hex } from "../../../../sdk/std/encoding/hex";
export { decodeUtf8, encodeUtf8, isUtf8 } from "../../../../sdk/std/encoding/utf8";

export function bytesId(): u32 {
  return idof<Uint8Array>();
}
