import { beforeAll, describe, expect, test } from "vitest";
import { ascii, fromHex, isLinear, load, type Std } from "./harness.ts";

let std: Std;
beforeAll(async () => {
  std = await load("json");
});

const accepted = [
  "{}",
  "[]",
  "null",
  "true",
  "false",
  "0",
  "-0",
  " \t\r\n1 \t\r\n",
  "1.5",
  "-1.5e+10",
  "1E-2",
  "123456789012345678901234567890",
  '""',
  '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\uffff"',
  '"\\ud83d\\ude00"',
  '"\u007f\u0080\ud83d\ude00"',
  '{"a":{"b":[1,2,{"c":null}]},"":""}',
  "[[[[]]],{},[]]",
  '["a,b]}"]',
];

const refused: [string, string][] = [
  ["", "the end instead of a value at byte 0"],
  [" ", "the end instead of a value at byte 1"],
  ["[1,]", "something that is not a value at byte 3"],
  ["[,1]", "something that is not a value at byte 1"],
  ["[1 2]", "no comma and no end after a value at byte 3"],
  ["[1", "the end within an object or array at byte 2"],
  ["[", "the end within an object or array at byte 1"],
  ["[1}", "no comma and no end after a value at byte 2"],
  ['{"a":1]', "no comma and no end after a value at byte 6"],
  ['{"a":1,}', "no key in quotes at byte 7"],
  ['{"a"}', "no colon after a key at byte 4"],
  ['{"a":}', "something that is not a value at byte 5"],
  ["{a:1}", "no key in quotes at byte 1"],
  ["{'a':1}", "no key in quotes at byte 1"],
  ["{1:1}", "no key in quotes at byte 1"],
  ["01", "something after the value at byte 1"],
  ["-01", "something after the value at byte 2"],
  ["1.", "something that is not a value at byte 0"],
  [".5", "something that is not a value at byte 0"],
  ["+1", "something that is not a value at byte 0"],
  ["-", "something that is not a value at byte 0"],
  ["1e", "something that is not a value at byte 0"],
  ["1e+", "something that is not a value at byte 0"],
  ["0x10", "something after the value at byte 1"],
  ["NaN", "something that is not a value at byte 0"],
  ["Infinity", "something that is not a value at byte 0"],
  ["-Infinity", "something that is not a value at byte 0"],
  ["True", "something that is not a value at byte 0"],
  ["tru", "something that is not a value at byte 0"],
  ["truee", "something after the value at byte 4"],
  ["nul", "something that is not a value at byte 0"],
  ["fals", "something that is not a value at byte 0"],
  ["1 1", "something after the value at byte 2"],
  ["{}}", "something after the value at byte 2"],
  ["[]\u0000", "something after the value at byte 2"],
  ["[]//c", "something after the value at byte 2"],
  ["/*c*/1", "something that is not a value at byte 0"],
  ["[1\u000b]", "no comma and no end after a value at byte 2"],
  ["[1\u00a0]", "no comma and no end after a value at byte 2"],
  ["\ufeff1", "a byte-order mark at byte 0"],
  ['"a', "a string that is not valid at byte 0"],
  ['"\n"', "a string that is not valid at byte 0"],
  ['"\u0000"', "a string that is not valid at byte 0"],
  ['"0123456789\u001f"', "a string that is not valid at byte 0"],
  ['"\\x41"', "a string that is not valid at byte 0"],
  ['"\\u12"', "a string that is not valid at byte 0"],
  ['"\\u12g4"', "a string that is not valid at byte 0"],
  ['"\\U0041"', "a string that is not valid at byte 0"],
  ['"\\', "a string that is not valid at byte 0"],
  ['"\\ud83d"', "a string that is not valid at byte 0"],
  ['"\\ud83d\\u0041"', "a string that is not valid at byte 0"],
  ['"\\ude00\\ud83d"', "a string that is not valid at byte 0"],
  ["'a'", "something that is not a value at byte 0"],
];

describe("the check of RFC 8259", () => {
  test.each(accepted)("takes %j", (text) => {
    expect(std.text("errorOf", ascii(text))).toBe("");
    const rewritten = std.text("rewrite", ascii(text)) ?? "";
    expect(rewritten).toBe(JSON.stringify(JSON.parse(text)));
  });

  test.each(refused)("refuses %j: %s", (text, error) => {
    expect(std.text("errorOf", ascii(text))).toBe(error);
  });

  test.each(["22ff22", "22c0af22", "22eda08022", "22e28222", "22c322"])(
    "refuses bytes %s",
    (hex) => {
      expect(std.text("errorOf", fromHex(hex))).toMatch(/not valid at byte 0/);
    },
  );

  test("every cut and every changed byte of a document is judged as JSON.parse judges it", () => {
    const text = '{"a":[1,-2.5e3,"x\\u00e9\\n",{"b":null}],"c":{"d":true,"e":false},"f":""}';
    const judge = (candidate: string): boolean => {
      try {
        JSON.parse(candidate);
        return true;
      } catch {
        return false;
      }
    };
    for (let i = 0; i <= text.length; i++) {
      expect([i, std.text("errorOf", ascii(text.slice(0, i))) === ""]).toEqual([
        i,
        judge(text.slice(0, i)),
      ]);
      for (const other of '{}[],:"\\0eE+-.u \u0001x') {
        const changed = text.slice(0, i) + other + text.slice(i + 1);
        expect([changed, std.text("errorOf", ascii(changed)) === ""]).toEqual([
          changed,
          judge(changed),
        ]);
      }
    }
  });

  test("limits are refused by name", () => {
    const under = (text: string): string | null =>
      std.text("errorUnder", ascii(text), 3, 2, 2, 4, 3);
    expect(under("[[[1]]]")).toBe("");
    expect(under("[[[[1]]]]")).toBe("too many levels at byte 3");
    expect(under('{"a":1,"b":2}')).toBe("");
    expect(under('{"a":1,"b":2,"c":3}')).toBe("too many members at byte 13");
    expect(under("[1,2]")).toBe("");
    expect(under("[1,2,3]")).toBe("too many items at byte 5");
    expect(under('"abcde"')).toBe("a string too long at byte 0");
    expect(under('{"abcd":1}')).toBe("a key too long at byte 1");
  });

  test.each([
    ['{"a":1,"b":2,"c":{"a":1},"d":[{"a":1},{"a":2}]}', ""],
    ['{"a":1,"a":2}', "a key that stands twice in its object at byte 7"],
    ['{"a":{"x":1},"b":[1,{}],"\\u0061":2}', "a key that stands twice in its object at byte 24"],
    ['{"é":1,"\\u00e9":2}', "a key that stands twice in its object at byte 8"],
    ['{"a":"a","b":["a","b"]}', ""],
  ])("keys that repeat: %j", (text, error) => {
    const most = 1000;
    expect(std.text("errorUnder", ascii(text), 64, most, most, most, most)).toBe(error);
  });

  test.each([
    "0",
    "-0",
    "1",
    "0.1",
    "1e22",
    "123456789.125",
    "5e-324",
    "1e400",
    "-1e400",
    "9007199254740993",
  ])("the number %s is read as JavaScript reads it", (text) => {
    expect(std.number("number", text)).toBe(Number(text));
  });

  test("text is escaped as JSON.stringify escapes it", () => {
    const text = 'a"b\\c\u0000\u001f\n\r\té€😀/';
    expect(JSON.parse(new TextDecoder().decode(std.bytes("quoted", text) ?? undefined))).toBe(text);
  });

  test.each<[string, (n: number) => Uint8Array]>([
    ["nesting", (n) => new Uint8Array(n).fill(0x5b)],
    ["one long string", (n) => ascii(`"${"a".repeat(n)}"`)],
    ["one long key", (n) => ascii(`{"${"\\u0041".repeat(n / 6)}":1}`)],
    [
      "many keys",
      (n) => ascii(`{${Array.from({ length: n / 16 }, (_, i) => `"k${i}":1`).join()}}`),
    ],
    ["white space", (n) => ascii(" ".repeat(n))],
    ["broken UTF-8", (n) => new Uint8Array(n).fill(0xc3, 1).fill(0x22, 0, 1)],
    ["one long number", (n) => ascii("1".repeat(n))],
  ])("time is linear in %s", (_, make) => {
    const most = 1 << 30;
    const inputs = new Map([1 << 19, 1 << 20].map((n) => [n, make(n)]));
    expect(
      isLinear(1 << 19, (n) => std.text("errorUnder", inputs.get(n)!, 64, most, most, most, most)),
    ).toBe(true);
  });
});

const book = ascii(
  '{"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":"u"}],' +
    '"a":{"b":[10,20,{"c":"x"}]},"x-y":1,"it\'s":2,"d":{"name":1,"e":[{"name":2},{"name":{"name":3}}]}}',
);

describe("JSONPath", () => {
  test.each([
    ["$.model", '"m"'],
    ["$.messages[-1].content", '"u"'],
    ["$.messages[0].role", '"system"'],
    ["$.a.b[0]", "10"],
    ["$.a.b[2].c", '"x"'],
    ["$['a']['b'][1]", "20"],
    ['$["x-y"]', "1"],
    ["$.x-y", "1"],
    ["$['it\\'s']", "2"],
    ["$.messages[*].content", '"s" "u"'],
    ["$.a.b[*]", '10 20 {"c":"x"}'],
    ["$.a.*", '[10,20,{"c":"x"}]'],
    ["$..name", '1 2 {"name":3} 3'],
    ["$.d..name", '1 2 {"name":3} 3'],
    ["$..e[0].name", "2"],
    ["$..[1].content", '"u"'],
    ["$.absent", ""],
    ["$.model.x", ""],
    ["$.model[0]", ""],
    ["$.a[0]", ""],
    ["$.messages[2]", ""],
    ["$.messages[-3]", ""],
  ])("%s", (path, found) => {
    expect(std.text("find", std.keep("path", path)!, book, 100)).toBe(found);
  });

  test("`$` is the whole text", () => {
    expect(std.text("find", std.keep("path", "$")!, ascii(" [1] "), 9)).toBe("[1]");
  });

  test("the last of several equal keys counts", () => {
    expect(std.text("find", std.keep("path", "$.a")!, ascii('{"a":1,"\\u0061":2}'), 9)).toBe("2");
  });

  test.each([
    ["", "a path starts with $, at character 1"],
    ["a.b", "a path starts with $, at character 1"],
    ["$a", "expected . or [, at character 2"],
    ["$.", "expected a name after the dot, at character 3"],
    ["$.a[", "expected a name in quotes, * or an index of at most 9 digits, at character 5"],
    ["$.a[1", "expected ], at character 6"],
    ["$['a", "a name without its closing quote, at character 5"],
    ["$[?(@.a)]", "a filter is not supported, at character 3"],
    ["$[(@.length-1)]", "a script is not supported, at character 3"],
    ["$[0:2]", "a slice is not supported, at character 4"],
    ["$['a','b']", "a list of selectors is not supported, at character 6"],
    ["$..a..b", "a second .. is not supported, at character 8"],
  ])("%s is refused: %s", (path, error) => {
    expect(std.text("pathError", path)).toBe(error);
  });

  test("time is linear in hostile texts", () => {
    const path = std.keep("path", "$..a.b[-1]")!;
    const nest = '{"a":'.repeat(60) + "1" + "}".repeat(60);
    expect(
      isLinear(1 << 18, (n) => {
        std.text(
          "find",
          path,
          ascii(
            `[${Array(Math.floor(n / 362))
              .fill(nest)
              .join()}]`,
          ),
          1000,
        );
      }),
    ).toBe(true);
  });
});

describe("edits", () => {
  test.each([
    ['{ "a" : 1 , "b":2 }', "replace $.a [1]", '{ "a" : [1] , "b":2 }'],
    ['{"a":1,"b":2}', "rename $.a é", '{"é":1,"b":2}'],
    ['{"a":1,"b":2,"c":3}', "remove $.a", '{"b":2,"c":3}'],
    ['{"a":1,"b":2,"c":3}', "remove $.b", '{"a":1,"c":3}'],
    ['{"a":1,"b":2,"c":3}', "remove $.c", '{"a":1,"b":2}'],
    ['{ "a" : 1 , "b" : 2 }', "remove $.b", '{ "a" : 1  }'],
    ['{"a":1,"b":2}', "remove $.a\nremove $.b", "{}"],
    ['{"a":1,"b":2}', "remove $.b\nremove $.a", "{}"],
    ["[1,2,3]", "remove $[*]", "[]"],
    ["[1,2,3]", "remove $[1]\nremove $[2]", "[1]"],
    ["{}", "insert $ a 1", '{"a":1}'],
    ['{"x":0}', "insert $ a 1\ninsert $ b 2", '{"x":0,"a":1,"b":2}'],
    ['{"x":0}', "remove $.x\ninsert $ a 1", '{"a":1}'],
    ["[ ]", "append $ 1\nappend $ 2", "[1,2]"],
    ["[]", "prepend $ 1\nprepend $ 2", "[1,2]"],
    ["[9]", "prepend $ 1\nprepend $ 2", "[1,2,9]"],
    ["[9]", "prepend $ 1\nremove $[0]\nappend $ 2", "[1,2]"],
    ["[9]", "prepend $ 1\nremove $[0]", "[1]"],
    ['{"a":[1]}', "replace $ 5", "5"],
    ["1", "remove $", "null"],
  ])("%s, %j", (text, commands, result) => {
    const changed = std.text("edit", ascii(text), commands);
    expect(changed?.replace(/^\[ /, "[")).toBe(result);
    JSON.parse(changed ?? "");
  });

  test("edits that overlap are refused", () => {
    expect(std.text("edit", ascii('{"a":{"b":1}}'), "remove $.a\nremove $.a.b")).toBeNull();
    expect(std.text("edit", ascii('{"a":1}'), "replace $.a 1\nreplace $.a 2")).toBeNull();
  });

  test("a thousand edits take time linear in the text", () => {
    expect(
      isLinear(1 << 15, (n) => {
        std.text("edit", ascii(`[${"1,".repeat(n / 2)}1]`), "replace $[*] 22");
      }),
    ).toBe(true);
  });
});
