/** `npm run docs`: writes the reference and the policies' READMEs, all that comes from the code. */
import { terminal } from "../io.ts";
import { writeDocs } from "./command.ts";
import { writeSchemas } from "../schemas/write.ts";
import { writeReference } from "./reference/index.ts";

const io = terminal();
for (const page of await writeReference()) io.line(page);
for (const schema of await writeSchemas()) io.line(schema);
await writeDocs([], {}, io);
