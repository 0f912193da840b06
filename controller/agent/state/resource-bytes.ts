/** Changes of resources as bytes: kind · length of the name (u16) · name · length of the content (u32, all ones: gone) · content. */
import { versionOf, type EncodedChange } from "../../xds/cache.ts";
import { kinds } from "../../xds/kinds.ts";

const gone = 0xffff_ffff;

export function writeChanges(changes: readonly EncodedChange[]): Buffer {
  return Buffer.concat(
    changes.flatMap(({ kind, name, resource }) => {
      const text = Buffer.from(name);
      const head = Buffer.alloc(1 + 2 + text.length + 4);
      head.writeUInt8(kinds.findIndex((row) => row.name === kind));
      head.writeUInt16LE(text.length, 1);
      text.copy(head, 3);
      head.writeUInt32LE(resource ? resource.bytes.length : gone, 3 + text.length);
      return resource ? [head, resource.bytes] : [head];
    }),
  );
}

export function readChanges(bytes: Buffer): EncodedChange[] {
  const changes: EncodedChange[] = [];
  for (let at = 0; at < bytes.length;) {
    const { name: kind } = kinds[bytes.readUInt8(at)]!;
    const contentAt = at + 3 + bytes.readUInt16LE(at + 1);
    const name = bytes.toString("utf8", at + 3, contentAt);
    const size = bytes.readUInt32LE(contentAt);
    at = contentAt + 4 + (size === gone ? 0 : size);
    // A copy: a view would keep the whole file's bytes.
    const content = size === gone ? null : Uint8Array.from(bytes.subarray(contentAt + 4, at));
    changes.push({
      ...{ kind, name },
      resource: content && { bytes: content, version: versionOf(content) },
    });
  }
  return changes;
}
