/**
 * `{{ … }}` in the strings of a document's `spec`: functions and pipes as in Go's text templates. What is stored and shown
 * is the text as it was written; only what is served is rendered.
 */
import type { Findings } from "./reader.ts";

export interface TemplateSources {
  env: Record<string, string | undefined>;
  /** Null when there is no such secret. */
  secret(name: string): string | null;
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
  replace: { takes: 3, call: (_, from, to, value) => value!.replaceAll(from!, to!) },
  /** Marks a value that dumps must not show; it is served as it is. */
  redact: { takes: 1, call: (_, value) => value! },
};

/** A copy with every string rendered; faults go to the findings, by field. */
export function render(
  value: unknown,
  path: string,
  sources: TemplateSources,
  findings: Findings,
): unknown {
  if (typeof value === "string") {
    if (!value.includes("{{")) return value;
    try {
      return value.replace(/\{\{-?(.*?)-?\}\}/gs, (_, expression: string) =>
        new Expression(expression, sources).evaluate(),
      );
    } catch (error) {
      if (!(error instanceof TemplateFault)) throw error;
      findings.errors.push({ field: path, message: error.message });
      return value;
    }
  }
  if (Array.isArray(value))
    return value.map((item, i) => render(item, `${path}[${i}]`, sources, findings));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      render(item, `${path}.${key}`, sources, findings),
    ]),
  );
}

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
