import { JsonEdit } from "sluice/sdk/std/json/edit";
import { JsonLimits } from "sluice/sdk/std/json/limits";
import { JsonPath } from "sluice/sdk/std/json/path";
import { JsonText } from "sluice/sdk/std/json/text";
import { JsonKind, JsonValue } from "sluice/sdk/std/json/value";
import { findAll } from "./found";
import { masked } from "./mask";
import { Side } from "./params";
import { Template } from "./template";

/** What became of a body. */
export class Outcome {
  /** The new one; null if the old one cannot be changed. */
  bytes: Uint8Array | null = null;
  /** Why it cannot. */
  fault: string = "";

  /** A key that stands twice is refused: a step could change the one, and the reader take the other. */
  read(bytes: Uint8Array | null): JsonText | null {
    if (bytes === null) return null;
    const limits = new JsonLimits();
    limits.duplicateKeys = false;
    const text = JsonText.read(bytes, limits);
    if (!text.valid) this.fault = text.error;
    return text.valid ? text : null;
  }
}

/** The steps of one direction. */
export class Transform {
  /** What is wrong with its parameters, null if nothing is. */
  problem: string | null = null;
  private dropped: JsonPath[] = [];
  private renamed: JsonPath[] = [];
  private masked: JsonPath[] = [];
  private template: Template | null = null;

  constructor(private side: Side) {
    for (let i = 0; i < side.drop.length; i++)
      this.dropped.push(this.path(side.drop[i], "drop", i));
    for (let i = 0; i < side.rename.length; i++) {
      this.renamed.push(this.path(side.rename[i].path, "rename", i));
    }
    for (let i = 0; i < side.mask.length; i++) {
      this.masked.push(this.path(side.mask[i].path, "mask", i));
    }
    if (side.template.length) {
      const template = new Template(side.template);
      this.note("template", template.problem);
      this.template = template;
    }
  }

  private path(text: string, list: string, i: i32): JsonPath {
    const path = JsonPath.parse(text);
    if (!path.valid) this.note(list + "[" + i.toString() + "]", path.error);
    return path;
  }

  private note(field: string, problem: string | null): void {
    if (problem !== null && this.problem === null) this.problem = field + ": " + problem;
  }

  apply(body: Uint8Array): Outcome {
    const outcome = new Outcome();
    let text = outcome.read(body);
    if (text !== null && this.side.pick.length) text = outcome.read(this.pick(text));
    if (text !== null && this.dropped.length) text = outcome.read(this.drop(text));
    if (text !== null && this.renamed.length) text = outcome.read(this.rename(text));
    if (text !== null && this.masked.length) text = outcome.read(this.hide(text));
    const template = this.template;
    if (text !== null) outcome.bytes = template === null ? text.bytes : template.fill(text);
    return outcome;
  }

  /** Of the outermost object, or of each object in the outermost array. */
  private pick(text: JsonText): Uint8Array | null {
    const edit = new JsonEdit(text);
    if (text.root.kind == JsonKind.Array) {
      const items = text.root.members();
      while (items.next()) this.pickIn(items.value, edit);
    } else this.pickIn(text.root, edit);
    return edit.apply();
  }

  private pickIn(value: JsonValue, edit: JsonEdit): void {
    if (value.kind != JsonKind.Object) return;
    const members = value.members();
    while (members.next()) if (!this.side.pick.includes(members.key)) edit.remove(members.value);
  }

  private drop(text: JsonText): Uint8Array | null {
    const edit = new JsonEdit(text);
    const found = findAll(text, this.dropped);
    for (let i = 0; i < found.length; i++) edit.remove(found[i].value);
    return edit.apply();
  }

  private rename(text: JsonText): Uint8Array | null {
    const edit = new JsonEdit(text);
    const done = new Set<usize>();
    for (let i = 0; i < this.renamed.length; i++) {
      const values = this.renamed[i].all(text, i32.MAX_VALUE);
      for (let j = 0; j < values.length; j++) {
        if (done.has(values[j].keyStart)) continue;
        done.add(values[j].keyStart);
        edit.rename(values[j], this.side.rename[i].to);
      }
    }
    return edit.apply();
  }

  private hide(text: JsonText): Uint8Array | null {
    const edit = new JsonEdit(text);
    const found = findAll(text, this.masked);
    for (let i = 0; i < found.length; i++) {
      const mask = this.side.mask[found[i].path];
      edit.replace(found[i].value, masked(found[i].value, mask.with_, mask.keepLast));
    }
    return edit.apply();
  }
}
