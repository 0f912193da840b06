import { JsonLimits } from "sluice/sdk/std/json/limits";
import { JsonPath } from "sluice/sdk/std/json/path";
import { JsonText } from "sluice/sdk/std/json/text";
import { JsonKind, JsonValue } from "sluice/sdk/std/json/value";
import { decodeUtf8 } from "sluice/sdk/std/encoding/utf8";
import { Content } from "./params";

/** Chooses by a value in the body. */
export class ContentChoice {
  readonly problem: string | null;
  private path: JsonPath;

  constructor(private content: Content) {
    this.path = JsonPath.parse(content.jsonPath);
    this.problem = this.path.valid ? null : "content.jsonPath: " + this.path.error;
  }

  /** Null if nothing is chosen. */
  choose(body: Uint8Array): string | null {
    const found = this.path.first(JsonText.read(body, new JsonLimits()));
    if (found === null) return null;
    const text = textOf(found);
    const values = this.content.values;
    for (let i = 0; text !== null && i < values.length; i++) {
      if (values[i].value == text) return values[i].targetUpstream;
    }
    return null;
  }
}

function textOf(value: JsonValue): string | null {
  const kind = value.kind;
  if (kind == JsonKind.String) return value.text;
  return kind == JsonKind.Number || kind == JsonKind.Bool ? decodeUtf8(value.raw) : null;
}
