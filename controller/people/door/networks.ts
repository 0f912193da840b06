/** Lists of addresses and networks that may use a port. */
import { BlockList, isIP } from "node:net";

/** True when an entry can be read: an address, a network such as `10.0.0.0/8`, or `*`. */
export function isNetwork(text: string): boolean {
  if (text === "*") return true;
  const [address = "", bits, ...rest] = text.split("/");
  const family = isIP(address);
  if (!family || rest.length > 0) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
  );
}

/** Whether an address is in the list. An entry that cannot be read allows nobody. */
export function allowList(entries: readonly string[]): (address: string | undefined) => boolean {
  if (entries.includes("*")) return () => true;
  const list = new BlockList();
  for (const entry of entries.filter(isNetwork)) {
    const [address = "", bits] = entry.split("/");
    const family = isIP(address) === 4 ? "ipv4" : "ipv6";
    list.addSubnet(
      address,
      bits === undefined ? (family === "ipv4" ? 32 : 128) : Number(bits),
      family,
    );
  }
  return (address) => {
    // An IPv4 client of a socket for both families has its address behind a prefix.
    const plain = (address ?? "").replace(/^::ffff:(?=\d+\.)/i, "");
    const family = isIP(plain);
    return family !== 0 && list.check(plain, family === 4 ? "ipv4" : "ipv6");
  };
}
