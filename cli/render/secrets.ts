/** Secrets where there is no vault: chains have references as in a gateway, and no value is ever part of the result. */
import type { SecretSources } from "../../controller/deploy/secrets/withhold.ts";
import { reveal } from "../../controller/model/references.ts";
import { evaluateTemplate, type SecretUse } from "../../controller/model/templates.ts";

/** Long enough for any schema's least length. */
const standIn = "x".repeat(64);

export class OfflineSecrets {
  private readonly lacking = new Set<string>();
  /** Values that stand in a document without a name: numbered in their order, for a hash could be guessed at. */
  private unnamed = new Map<string, string>();

  constructor(private readonly known: ReadonlyMap<string, string>) {}

  /** Another document begins. */
  next(): void {
    this.unnamed = new Map();
  }

  missing(): string[] {
    return [...this.lacking].sort();
  }

  isMissing({ secrets }: SecretUse): boolean {
    return secrets.some((name) => !this.known.has(name));
  }

  readonly sources: SecretSources = {
    templates: {
      env: process.env,
      secret: (name) => {
        const value = this.known.get(name);
        if (value === undefined) this.lacking.add(name);
        return value ?? standIn;
      },
    },
    reveal: (json, uses) => reveal(json, (entry) => this.valueOf(entry, uses)),
    entryOf: (value) => {
      const known = this.unnamed.get(value) ?? `#${this.unnamed.size + 1}`;
      this.unnamed.set(value, known);
      return known;
    },
    use: () => {},
  };

  private valueOf(entry: string, uses: readonly SecretUse[]): string | null {
    const use = uses.find((one) => one.entry === entry);
    if (!use) return null;
    return use.value ?? evaluateTemplate(use.expression, this.sources.templates);
  }
}
