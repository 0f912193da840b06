/**
 * A text of JSON that was checked, and views of the values in it. Nothing is parsed twice into a tree:
 * a view is two addresses, and reading goes on from there. Views live no longer than their bytes.
 *
 *     const text = JsonText.read(body, new JsonLimits());
 *     if (text.error.length) return refuse(text.error);
 *     const name = text.root.get("name");
 */
import { encodeUtf8 } from "../encoding/utf8";
import { JsonCheck } from "./check";
import { JsonLimits } from "./limits";
import { JsonValue } from "./value";

export class JsonText {
  private constructor(
    readonly bytes: Uint8Array,
    /** What is wrong and where, `""` if nothing is. */
    readonly error: string,
    /** The whole value; `null` of JSON if the text has an error. */
    readonly root: JsonValue,
  ) {}

  static read(bytes: Uint8Array, limits: JsonLimits): JsonText {
    const start = bytes.dataStart;
    const check = new JsonCheck(start, start + <usize>bytes.byteLength, limits);
    if (check.error.length) {
      const error = check.error + " at byte " + check.at.toString();
      return new JsonText(bytes, error, JsonValue.nothing());
    }
    return new JsonText(bytes, "", new JsonValue(bytes, check.start, check.end, 0));
  }

  /** For the `raw` bytes of a value in a text that was found valid: they are not looked at again. */
  static checked(bytes: Uint8Array): JsonText {
    const start = bytes.dataStart;
    return new JsonText(bytes, "", new JsonValue(bytes, start, start + <usize>bytes.byteLength, 0));
  }

  static readText(text: string, limits: JsonLimits): JsonText {
    return JsonText.read(encodeUtf8(text), limits);
  }

  get valid(): bool {
    return this.error.length == 0;
  }
}
