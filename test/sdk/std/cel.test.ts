import { beforeAll, describe, expect, test } from "vitest";
import { isLinear, load, type Std } from "./harness.ts";

let std: Std;
beforeAll(async () => {
  std = await load("cel");
});

function evaluate(source: string, path = "/v1/pets/7"): string | null {
  const expression = std.keep("compile", source);
  if (!expression) throw new Error(`${source}: ${std.text("problem", source)}`);
  return std.text("evaluate", expression, path);
}

describe("evaluates as the language's definition says", () => {
  test.each([
    ["1 + 2 * 3", "7"],
    ["(1 + 2) * 3", "9"],
    ["7 / 2", "3"],
    ["-7 / 2", "-3"],
    ["-7 % 3", "-1"],
    ["7.0 / 2.0", "3.5"],
    ["1.0 / 0.0 > 1e308", "true"],
    ["0x1F + 1", "32"],
    ["18446744073709551615u", "18446744073709551615u"],
    ["-9223372036854775808", "-9223372036854775808"],
    ["9223372036854775807 + 1", "error: a result does not fit its type"],
    ["-9223372036854775808 / -1", "error: a result does not fit its type"],
    ["5000000000000000000 * 2", "error: a result does not fit its type"],
    ["1u - 2u", "error: a result does not fit its type"],
    ["1 / 0", "error: division by zero"],
    ["1 % 0", "error: division by zero"],
    ["- (1 - 3)", "2"],
    ["!true || !!true", "true"],
    ["1 == 1.0", "true"],
    ["dyn(1) == 1u", "true"],
    ["-1 < 1u", "true"],
    ["18446744073709551615u > -1", "true"],
    ["dyn('a') == 1", "false"],
    ["0.0 / 0.0 == 0.0 / 0.0", "false"],
    ["0.0 / 0.0 < 1.0", "false"],
    ["'a' < 'b' && 'a' < 'aa' && !('b' < 'a')", "true"],
    ["'\\uffff' < '\\U0001F600'", "true"],
    ["b'\\x01' < b'\\x02'", "true"],
    ["false < true", "true"],
    ["null == null", "true"],
    ["any == null", "false"],
    ["[1, 2] == [1, 2]", "true"],
    ["[1, 2] == [2, 1]", "false"],
    ["{'a': 1, 'b': 2} == {'b': 2, 'a': 1}", "true"],
    ["{'a': 1}.a", "1"],
    ["{'a': 1}['a']", "1"],
    ["{1: 'x'}[1u]", '"x"'],
    ["{'a': 1}.b", "error: there is no `b`"],
    ["{'a': 1, 'a': 2}", "error: a map has a key twice"],
    ["[1, 2, 3][1]", "2"],
    ["[1, 2, 3][3]", "error: an index lies outside of the list"],
    ["[1, 2, 3][-1]", "error: an index lies outside of the list"],
    ["[1] + [2, 3]", "[1, 2, 3]"],
    ["2 in [1, 2]", "true"],
    ["2u in [1, 2]", "true"],
    ["'a' in {'a': 1}", "true"],
    ["!(3 in [])", "true"],
    ["true ? 1 : 2", "1"],
    ["false ? 1 : true ? 2 : 3", "2"],
    ["false && 1 / 0 > 0", "false"],
    ["1 / 0 > 0 && false", "false"],
    ["1 / 0 > 0 || true", "true"],
    ["1 / 0 > 0 || false", "error: division by zero"],
    ["has({'a': 1}.a) && !has({'a': 1}.b)", "true"],
    ["size('grün') + size(b'\\xff') + size([1]) + size({})", "6"],
    ["'𝄞x'.size()", "2"],
    ["'abc'.contains('bc') && 'abc'.startsWith('ab') && 'abc'.endsWith('bc')", "true"],
    ["'abc'.contains('')", "true"],
    ["'foobar'.matches('^fo+b') && matches('x', '[a-z]')", "true"],
    ["'x'.matches('^y$')", "false"],
    ["int('42') + int(2.9) + int(3u) + int(-2.9)", "45"],
    ["int('9223372036854775808')", "error: no int can be made of string from this text"],
    ["int('-9223372036854775808')", "-9223372036854775808"],
    ["int('1x')", "error: no int can be made of string from this text"],
    ["int(1e300)", "error: no int can be made of double"],
    ["uint(-1)", "error: no uint can be made of int"],
    ["uint('7')", "7u"],
    ["double('1.5e2') + double(1)", "151.0"],
    ["double('1.5x')", "error: no double can be made of string from this text"],
    ["string(1) + string(2u) + string(true) + string(1.5) + string(2.0)", '"12true1.52"'],
    ["string(b'gr\\xc3\\xbcn')", '"grün"'],
    ["string(b'\\xff')", "error: no string can be made of bytes"],
    ["bytes('ü')", "0xc3bc"],
    ["bool('true') && !bool('f')", "true"],
    ["type(1) == int && type('') == string && type(type(1)) == type", "true"],
    ["type(null) == null_type && type([]) == list", "true"],
    ["duration('1h30m') > duration('5400s')", "false"],
    ["string(duration('90m'))", '"1h30m0s"'],
    ["duration('90m').getHours() + duration('90m').getMinutes()", "91"],
    ["timestamp('2026-11-21T10:15:30.5Z').getFullYear()", "2026"],
    ["timestamp('2026-11-21T10:15:30.5Z').getMonth()", "10"],
    ["timestamp('2026-11-21T10:15:30.5Z').getDate()", "21"],
    ["timestamp('2026-11-21T10:15:30.5Z').getDayOfMonth()", "20"],
    ["timestamp('2026-11-21T10:15:30.5Z').getDayOfWeek()", "6"],
    ["timestamp('2026-11-21T10:15:30.5Z').getDayOfYear()", "324"],
    ["timestamp('2026-11-21T23:15:30Z').getHours('+01:30')", "0"],
    ["timestamp('2026-11-21T23:15:30Z').getDate('-08:00')", "21"],
    ["timestamp('2026-11-21T10:15:30.5Z').getMilliseconds()", "500"],
    [
      "timestamp('2026-11-21T10:00:00Z').getHours('Europe/Berlin')",
      "error: a time zone is neither UTC nor an offset such as +01:00",
    ],
    ["string(timestamp('2026-11-21T23:00:00Z') + duration('1h'))", '"2026-11-22T00:00:00Z"'],
    ["string(timestamp('2026-11-21T00:00:00Z') - duration('1ms'))", '"2026-11-20T23:59:59.999Z"'],
    [
      "timestamp('2026-11-21T01:00:00Z') - timestamp('2026-11-21T00:00:00Z') == duration('1h')",
      "true",
    ],
    ["timestamp('9999-12-31T23:59:59Z') + duration('1s')", "error: a result does not fit its type"],
    ["int(timestamp('1970-01-01T00:01:00Z'))", "60"],
    ["timestamp('nonsense')", "error: no timestamp can be made of string from this text"],
    ["[1, 2, 3].all(x, x > 0)", "true"],
    ["[1, 2, 3].exists(x, x == 2)", "true"],
    ["[1, 2, 3].exists_one(x, x > 2)", "true"],
    ["[1, 2, 3].filter(x, x % 2 == 1)", "[1, 3]"],
    ["[1, 2, 3].map(x, x * x)", "[1, 4, 9]"],
    ["[1, 2, 3].map(x, x > 1, x * 10)", "[20, 30]"],
    ["[1, 0].exists(x, 1 / x > 0)", "true"],
    ["[0, 1].exists(x, 1 / x > 0)", "true"],
    ["[0, 1].all(x, 1 / x > 5)", "false"],
    ["[0].all(x, 1 / x > 5)", "error: division by zero"],
    ["[[1], [2, 3]].all(x, x.exists(y, y > 0))", "true"],
    ["{'a': 1, 'b': 2}.exists(k, k == 'b')", "true"],
    ["[1, 2].map(x, [x].map(x, x + 1)[0])", "[2, 3]"],
    ["'AbC'.lowerAscii() + 'abÜ'.upperAscii()", '"abcABÜ"'],
    ["' a '.trim()", '"a"'],
    ["'a,b,c'.split(',')", '["a", "b", "c"]'],
    ["'a,b,c'.split(',', 2)", '["a", "b,c"]'],
    ["'abc'.split('')", '["a", "b", "c"]'],
    ["['a', 'b'].join('-')", '"a-b"'],
    ["'hello hello'.replace('he', 'we')", '"wello wello"'],
    ["'hello hello'.replace('he', 'we', 1)", '"wello hello"'],
    ["'tacocat'.substring(4) + 'tacocat'.substring(0, 4)", '"cattaco"'],
    ["'𝄞bc'.substring(1, 2)", '"b"'],
    ["'abc'.substring(4)", "error: an index lies outside of the text"],
    ["'hello'.indexOf('l') * 10 + 'hello'.lastIndexOf('l')", "23"],
    ["'abc'.charAt(1)", '"b"'],
    ["'''a\n'b''' + r'\\n' + \"\\t\\x41\\u0042\\U00000043\\104\"", '"a\n\'b\\n\tABCD"'],
    ["b'\\xff\\000a'", "0xff0061"],
    ["// nothing\n1", "1"],
    ["request.Path", '"/v1/pets/7"'],
    ["request.Headers['b'][0] == '2' && request.Path.startsWith('/v1/')", "true"],
    ["'x' in request.Headers ? request.Headers['x'][0] : 'none'", '"none"'],
    ["has(request.Headers.a) && request.Headers.b.size() == 2", "true"],
    ["request.Headers.exists(name, request.Headers[name].exists(v, v == '3'))", "true"],
    ["request.Headers['x'][0]", "error: there is no `x`"],
    ["absent == 1", "error: `absent` has no value"],
    ["any + 1", "8"],
    ["any + '1'", "error: an operator does not work on int and string"],
    ["any && true", "error: `&&` does not work on int"],
    ["request.Path.split('/')[3]", '"7"'],
    [Array.from({ length: 200 }, (_, i) => `request.Path == '${i}'`).join(" || "), "false"],
  ])("%s", (source, expected) => {
    expect(evaluate(source)).toBe(expected);
  });

  test("tells the type that an expression will have", () => {
    const type = (source: string): string | null =>
      std.text("typeOf", std.keep("compile", source)!);
    expect(type("request.Path == 'a'")).toBe("bool");
    expect(type("request.Headers")).toBe("map(list(string))");
    expect(type("request.Headers['a'][0]")).toBe("string");
    expect(type("any + 1")).toBe("dyn");
  });
});

describe("refuses when it is compiled", () => {
  test.each([
    ["", "the expression ends too early, at 0"],
    ["1 +", "the expression ends too early, at 3"],
    ["1 2", "an operator is missing, at 2"],
    ["(1", "`)` is missing, at 2"],
    ["[1, 2", "`]` is missing, at 5"],
    ["a.b", "there is no variable `a`, at 0"],
    ["request.Pth", "`request` has no field `Pth`, at 7"],
    ["request.Path.x", "string has no field `x`, at 12"],
    ["nope(1)", "there is no function `nope`, at 0"],
    ["size()", "`size` has another number of arguments, at 0"],
    ["'a'.startsWith()", "`startsWith` has another number of arguments, at 3"],
    ["startsWith('a', 'b')", "`startsWith` is a method, at 0"],
    ["'a'.startsWith(1)", "expected string, found int, at 15"],
    ["1 + 'a'", "an operator does not work on int and string, at 2"],
    ["1 && true", "expected bool, found int, at 0"],
    ["1 == 'a'", "an operator does not work on int and string, at 2"],
    ["!1", "expected bool, found int, at 1"],
    ["-'a'", "`-` does not work on string, at 0"],
    ["1 in 2", "`in` does not work on int and int, at 2"],
    [
      "'a'.matches('(?=x)')",
      "the pattern is not valid: lookahead `(?=` cannot be matched in linear time, at 0, at 12",
    ],
    ["'a'.matches(request.Path)", "the pattern of matches() must be written as a string, at 19"],
    ["'abc", "a string is not closed, at 0"],
    ["'\\q'", "an escape is not valid, at 1"],
    ["'\\ud800'", "an escape is not valid, at 1"],
    ["9223372036854775808", "a number is too large for 64 bits, at 0"],
    ["1x", "a number is too large or has a letter in it, at 0"],
    ["for", "`for` is a reserved word, at 0"],
    ["Foo{a: 1}", "messages, `Foo{…}`, are not supported, at 0"],
    ["has(request)", "has() takes one field, as in has(a.b), at 0"],
    ["[1].all(1, true)", "the first argument of all() must be a name, at 8"],
    ["[1].all(x)", "all() takes a variable and an expression, at 3"],
    ["[1].all(x, 1)", "expected bool, found int, at 11"],
    ["{1.5: 1}", "a map's key cannot be of type double, at 1"],
    ["1 $ 2", "`$` means nothing here, at 2"],
    ["a ? b", "`:` is missing, at 5"],
    ["(".repeat(60) + "1" + ")".repeat(60), "the expression is deeper than 48 levels, at 48"],
    ["1" + "+1".repeat(60), "the expression is deeper than 48 levels, at 95"],
    ["!".repeat(60) + "true", "the expression is deeper than 48 levels, at 47"],
    ["'" + "a".repeat(9000) + "'", "the expression is longer than 8192 characters, at 0"],
  ])("%s", (source, reason) => {
    expect(std.text("problem", source)).toBe(reason);
    expect(std.keep("compile", source)).toBeNull();
  });

  test("random words compile or are refused, and evaluate without a fault", () => {
    let seed = 5;
    const next = (n: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
      return (seed >> 12) % n;
    };
    const words =
      "1 0 2u 1.5 'a' b'x' true null any request.Path request.Headers ( ) [ ] { } , : ? . + - * / % == != < >= && || ! in has( size( int( string( .map(x, .all(x, x .contains( [0] .size() duration('1h') timestamp(0)".split(
        " ",
      );
    let compiled = 0;
    for (let round = 0; round < 20_000; round++) {
      const source = Array.from({ length: 1 + next(7) }, () => words[next(words.length)]).join(" ");
      const expression = std.keep("compile", source);
      if (!expression) continue;
      compiled++;
      expect(typeof std.text("evaluate", expression, "/a")).toBe("string");
    }
    expect(compiled).toBeGreaterThan(500);
  });
});

describe("costs are bounded", () => {
  test("macros in macros end with an error", () => {
    const ten = "[0,1,2,3,4,5,6,7,8,9]";
    const source = `${ten}.all(a, ${ten}.all(b, ${ten}.all(c, ${ten}.all(d, ${ten}.all(e, ${ten}.all(f, true))))))`;
    expect(evaluate(source)).toBe("error: the expression costs more than 10000 steps");
  });

  test("texts that double end with an error", () => {
    const doubled = "[1].map(x, request.Path)" + ".map(x, x + x)".repeat(30) + "[0].size()";
    expect(evaluate(doubled, "a".repeat(100))).toBe(
      "error: the expression costs more than 10000 steps",
    );
  });

  test("a search is linear in a hostile text", () => {
    const expression = std.keep("compile", `request.Path.contains('${"a".repeat(4000)}b')`)!;
    const text = "a".repeat(1 << 20);
    expect(isLinear(1 << 19, (n) => std.text("evaluate", expression, text.slice(0, n)))).toBe(true);
    const matching = std.keep("compile", "request.Path.matches('(a+)+$b')")!;
    expect(isLinear(1 << 19, (n) => std.text("evaluate", matching, text.slice(0, n)))).toBe(true);
  });
});
