export * from "./regions";
export { equalBytesInConstantTime, equalInConstantTime } from "../../../../sdk/std/crypto/equal";

export function bytesId(): u32 {
  return idof<Uint8Array>();
}
