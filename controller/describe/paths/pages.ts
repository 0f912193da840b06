/** The paths of the description itself. */
import type { Answer, Paths } from "../operation.ts";
import { openObject, text, type Schema } from "../schema.ts";

const answer = (type: string, schema: Schema): Answer => ({
  description: "It.",
  content: { [type]: schema },
});
const page = (summary: string, type: string, schema: Schema = text) => ({
  get: { summary, isPublic: true as const, answers: { 200: answer(type, schema) } },
});

export const pagePaths: Paths = {
  "/openapi.json": page("This description", "application/json", openObject),
  "/openapi.yaml": page("This description as YAML", "application/yaml"),
  "/docs": page("This description, to be read in a browser", "text/html"),
  "/docs.js": page("The program of that page", "text/javascript"),
  "/docs.css": page("The looks of that page", "text/css"),
};
