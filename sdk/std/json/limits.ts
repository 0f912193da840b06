/** What a text may be at most; over it, it is refused with the name of the limit. */
export class JsonLimits {
  /** Objects and arrays within each other, at most 512. */
  depth: i32 = 64;
  /** Members of one object. */
  members: i32 = i32.MAX_VALUE;
  /** Items of one array. */
  items: i32 = i32.MAX_VALUE;
  /** Bytes of one string, as written. */
  stringBytes: i32 = i32.MAX_VALUE;
  /** Bytes of one number, true, false or null: readers of large integers take the square of their length. */
  numberBytes: i32 = i32.MAX_VALUE;
  /** Bytes of one key, as written. */
  keyBytes: i32 = i32.MAX_VALUE;
  /** Whether a key may stand twice in an object; if not, the last one counts. */
  duplicateKeys: bool = true;
}
