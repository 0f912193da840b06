import { decodeUtf8 } from "sluice/sdk/std/encoding/utf8";
import { JsonEdit } from "sluice/sdk/std/json/edit";
import { JsonLimits } from "sluice/sdk/std/json/limits";
import { JsonPath } from "sluice/sdk/std/json/path";
import { JsonText } from "sluice/sdk/std/json/text";
import { JsonKind, JsonValue } from "sluice/sdk/std/json/value";
import { jsonString } from "sluice/sdk/std/json/writer";

/** A string of a template: texts, and between each two of them the path of what is filled in. */
class Slot {
  readonly texts: string[] = [];
  readonly paths: JsonPath[] = [];
  problem: string | null = null;

  constructor(
    readonly place: JsonValue,
    text: string,
  ) {
    let from = 0;
    for (;;) {
      const open = text.indexOf("${", from);
      const close = open < 0 ? -1 : text.indexOf("}", open);
      if (close < 0) break;
      const path = JsonPath.parse(text.substring(open + 2, close));
      if (!path.valid && this.problem === null) this.problem = path.error;
      this.texts.push(text.substring(from, open));
      this.paths.push(path);
      from = close + 1;
    }
    this.texts.push(text.substring(from));
  }

  fill(body: JsonText): Uint8Array {
    if (this.paths.length == 1 && !this.texts[0].length && !this.texts[1].length) {
      const value = this.paths[0].first(body);
      return value === null ? JsonValue.nothing().raw : value.raw;
    }
    let text = this.texts[0];
    for (let i = 0; i < this.paths.length; i++) {
      text += textOf(this.paths[i].first(body)) + this.texts[i + 1];
    }
    return jsonString(text);
  }
}

function textOf(value: JsonValue | null): string {
  if (value === null) return "";
  const text = value.kind == JsonKind.String ? value.text : decodeUtf8(value.raw);
  return text === null ? "" : text;
}

/** A text of JSON with places that are filled in from a body. */
export class Template {
  problem: string | null = null;
  private text: JsonText;
  private slots: Slot[] = [];

  constructor(source: string) {
    this.text = JsonText.readText(source, new JsonLimits());
    if (this.text.valid) {
      this.look(this.text.root);
      const inner = JsonPath.parse("$..*").all(this.text, i32.MAX_VALUE);
      for (let i = 0; i < inner.length; i++) this.look(inner[i]);
    } else this.problem = this.text.error;
  }

  private look(value: JsonValue): void {
    const text = value.text;
    if (text === null || !text.includes("${")) return;
    const slot = new Slot(value, text);
    if (slot.problem !== null && this.problem === null) this.problem = slot.problem;
    this.slots.push(slot);
  }

  fill(body: JsonText): Uint8Array | null {
    const edit = new JsonEdit(this.text);
    for (let i = 0; i < this.slots.length; i++) {
      edit.replace(this.slots[i].place, this.slots[i].fill(body));
    }
    return edit.apply();
  }
}
