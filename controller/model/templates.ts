/**
 * `{{ … }}` in the strings of a document's `spec`: functions and pipes as in Go's text templates. What is stored and shown
 * is the text as it was written; only what is served is rendered.
 */
import { createHash } from "node:crypto";
import type { Findings } from "./reader.ts";
import { hasMarks, reference } from "./references.ts";

export interface TemplateSources {
  env: Record<string, string | undefined>;
  /** Null when there is no such secret. */
  secret(name: string): string | null;
}

/** A template whose value is secret: documents and chains have a reference to `entry` in its place. */
export interface SecretUse {
  /** The secret's name; with a hash behind it when the template does more than to name it. */
  entry: string;
  expression: string;
  secrets: string[];
  /** The value itself where no template names it: a parameter that must not be seen. */
  value?: string;
}

/** A fault in a template; the reader of the document adds where. */
class TemplateFault extends Error {}

type Call = (sources: TemplateSources, ...values: string[]) => string;

/** The functions, by name; a piped value comes last. */
const functions: Record<string, { takes: number; call: Call }> = {
  /** Empty when unset. */
  env: { takes: 1, call: ({ env }, name) => env[name!] ?? "" },
  secret: {
    takes: 1,
    call: ({ secret }, name) => {
      const value = secret(name!);
      if (value === null) throw new TemplateFault(`names a secret that does not exist: '${name}'`);
      return value;
    },
  },
  default: { takes: 2, call: (_, fallback, value) => value || fallback! },
  required: {
    takes: 2,
    call: (_, message, value) => {
      if (!value) throw new TemplateFault(message!);
      return value;
    },
  },
  upper: { takes: 1, call: (_, value) => value!.toUpperCase() },
  lower: { takes: 1, call: (_, value) => value!.toLowerCase() },
  trim: { takes: 1, call: (_, value) => value!.trim() },
  replace: {
    takes: 3,
    call: (_, from, to, value) => {
      const parts = value!.split(from!);
      bounded(value!.length + (parts.length - 1) * (to!.length - from!.length));
      return value!.replaceAll(from!, () => to!);
    },
  },
  /** Marks a value that dumps must not show; it is served as it is. */
  redact: { takes: 1, call: (_, value) => value! },
};

/** Bound what a hostile document can cost: `replace` upon `replace` doubles, and parentheses are read by recursion. */
const maxValue = 65_536;
const maxExpression = 4_096;
const maxRendered = 4 * 1_048_576;

function bounded(length: number): void {
  if (length > maxValue)
    throw new TemplateFault(`has a template whose value is over ${maxValue} characters`);
}

/** What comes of one document. */
interface Rendering {
  findings: Findings;
  uses: SecretUse[];
  /** How many characters templates have become. */
  written: number;
}

/** Where secrets may stand: elsewhere their values would show in Envoy's configuration. */
const secretPlaces = /^spec\.(.+\.)?policies\[\d+\]\.params\./;

/** A copy with every string rendered; faults go to the findings, by field, and secrets to `uses`. */
export function render(
  value: unknown,
  path: string,
  sources: TemplateSources,
  found: Rendering,
): unknown {
  const fault = (message: string) => void found.findings.errors.push({ field: path, message });
  if (typeof value === "string") {
    if (hasMarks(value)) fault(marksMessage);
    if (!value.includes("{{")) return value;
    try {
      return replaceTemplates(value, (expression) => {
        const { text, secrets } = evaluate(expression, sources);
        found.written += text.length;
        if (found.written > maxRendered)
          throw new TemplateFault(
            `is where the templates' values are over ${maxRendered} characters`,
          );
        if (hasMarks(text) && secrets.length === 0) throw new TemplateFault(marksMessage);
        if (secrets.length === 0) return text;
        if (!secretPlaces.test(path))
          throw new TemplateFault("cannot have a secret: only the params of policies can");
        const entry = entryOf(expression, secrets);
        found.uses.push({ entry, expression, secrets });
        return reference(entry);
      });
    } catch (error) {
      if (!(error instanceof TemplateFault)) throw error;
      fault(error.message);
      return value;
    }
  }
  if (Array.isArray(value))
    return value.map((item, i) => render(item, `${path}[${i}]`, sources, found));
  if (typeof value !== "object" || value === null) return value;
  if (Object.keys(value).some(hasMarks)) fault(marksMessage);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      render(item, `${path}.${key}`, sources, found),
    ]),
  );
}

/** Every `{{ … }}` replaced; one that does not end is text. One pass: a pattern would look anew from each brace. */
function replaceTemplates(text: string, replace: (expression: string) => string): string {
  const parts: string[] = [];
  let at = 0;
  for (;;) {
    const begin = text.indexOf("{{", at);
    const end = begin < 0 ? -1 : text.indexOf("}}", begin + 2);
    if (end < 0) return parts.join("") + text.slice(at);
    const expression = text
      .slice(begin + 2, end)
      .replace(/^-/, "")
      .replace(/-$/, "");
    parts.push(text.slice(at, begin), replace(expression));
    at = end + 2;
  }
}

/** Shows every template of a text to somebody. */
export function eachTemplate(text: string, see: (expression: string) => void): void {
  replaceTemplates(text, (expression) => {
    see(expression);
    return "";
  });
}

const marksMessage = "must not have the characters U+E000 and U+E001, which mark secrets";

/** A template's value. Throws when it cannot be read, or what it names is not there. */
export const evaluateTemplate = (expression: string, sources: TemplateSources): string =>
  evaluate(expression, sources).text;

function evaluate(expression: string, sources: TemplateSources) {
  const secrets = new Set<string>();
  const secret = (name: string) => {
    secrets.add(name);
    return sources.secret(name);
  };
  const text = new Expression(expression, { ...sources, secret }).evaluate();
  return { text, secrets: [...secrets] };
}

const justNames = /^\s*secret\s+("[^"\\]*"|`[^`]*`)\s*(\|\s*redact\s*)?$/;

const entryOf = (expression: string, secrets: string[]): string =>
  justNames.test(expression)
    ? secrets[0]!
    : `${secrets[0]}#${createHash("sha256").update(expression.trim()).digest("hex").slice(0, 16)}`;

const tokens = /\s*(?:("(?:[^"\\]|\\.)*")|(`[^`]*`)|([A-Za-z_]\w*)|([()|]))/y;

/** `function argument… | function argument…`, with parentheses around an argument that is a call itself. */
class Expression {
  private readonly found: string[] = [];
  private at = 0;

  constructor(
    text: string,
    private readonly sources: TemplateSources,
  ) {
    const trimmed = text.trim();
    if (trimmed.length > maxExpression)
      throw new TemplateFault(`has a template of over ${maxExpression} characters`);
    tokens.lastIndex = 0;
    while (tokens.lastIndex < trimmed.length) {
      const start = tokens.lastIndex;
      const match = tokens.exec(trimmed);
      if (!match)
        throw new TemplateFault(`has a template that cannot be read at "${trimmed.slice(start)}"`);
      this.found.push(match[0].trim());
    }
  }

  evaluate(): string {
    const value = this.pipeline();
    if (this.at < this.found.length) throw this.unexpected();
    return value;
  }

  private pipeline(): string {
    let value = this.command(null);
    while (this.found[this.at] === "|") {
      this.at++;
      value = this.command(value);
    }
    return value;
  }

  private command(piped: string | null): string {
    const name = this.found[this.at];
    if (name !== undefined && /^["`(]/.test(name) && piped === null) return this.argument();
    const known =
      name !== undefined && Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (!known) throw this.unexpected();
    this.at++;
    const values: string[] = [];
    while (/^["`(]/.test(this.found[this.at] ?? "")) values.push(this.argument());
    if (piped !== null) values.push(piped);
    if (values.length !== known.takes)
      throw new TemplateFault(
        `has a template in which ${name} takes ${known.takes} values, found ${values.length}`,
      );
    return known.call(this.sources, ...values);
  }

  private argument(): string {
    const token = this.found[this.at++]!;
    if (token === "(") {
      const value = this.pipeline();
      if (this.found[this.at++] !== ")")
        throw new TemplateFault("has a template with a parenthesis that is not closed");
      return value;
    }
    if (token.startsWith("`")) return token.slice(1, -1);
    try {
      return JSON.parse(token) as string;
    } catch {
      throw new TemplateFault(`has a template with text that cannot be read: ${token}`);
    }
  }

  private unexpected(): TemplateFault {
    const token = this.found[this.at];
    const names = Object.keys(functions).join(", ");
    return new TemplateFault(
      `has a template with ${token === undefined ? "an end" : `'${token}'`} where one of ${names} was expected`,
    );
  }
}
