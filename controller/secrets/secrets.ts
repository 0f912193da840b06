/** The kind Secret: written by anybody who may, read one at a time, and kept while a document uses it. */
import { timingSafeEqual } from "node:crypto";
import { UserError } from "../errors.ts";
import { hasMarks } from "../model/references.ts";
import type { Reader } from "../model/reader.ts";
import { readBody } from "../access/reading.ts";
import { Clash, Missing } from "../access/refusals.ts";
import type { SecretRecord, SecretStore } from "../store/access/secrets.ts";
import type { Vault } from "./vault.ts";

const mostBytes = 10_240;

export class Secrets {
  constructor(
    private readonly store: SecretStore,
    private readonly vault: Vault,
  ) {}

  list(): Promise<SecretRecord[]> {
    return this.store.rows.with({});
  }

  async get(handle: string): Promise<SecretRecord> {
    const secret = await this.store.rows.byKey(handle);
    if (secret) return secret;
    throw new Missing(`Secret with handle '${handle}' not found`);
  }

  /** The value itself. */
  valueOf({ handle }: SecretRecord): string {
    const value = this.vault.value(handle);
    if (value !== null) return value;
    throw new Error(`Secret '${handle}' cannot be opened with the keys of this controller`);
  }

  /** A dry run checks and writes nothing. */
  async create(sent: unknown, dryRun = false): Promise<WrittenSecret> {
    const wish = readBody(sent, readSecret);
    if (dryRun && (await this.store.rows.byKey(wish.handle))) throw taken(wish.handle);
    return this.write(wish, null, dryRun);
  }

  async replace(handle: string, sent: unknown, dryRun = false): Promise<WrittenSecret> {
    const former = await this.get(handle);
    const wish = readBody(sent, readSecret);
    if (wish.handle !== handle)
      throw new UserError("metadata.name must equal the handle in the URL", [
        { field: "metadata.name", message: `must be '${handle}', found '${wish.handle}'` },
      ]);
    return this.write(wish, former, dryRun);
  }

  async remove(handle: string): Promise<void> {
    await this.get(handle);
    const users = this.vault.usersOf(handle);
    if (users.length > 0)
      throw new Clash("metadata.name", `Secret '${handle}' is used by ${users.join(", ")}`);
    await this.store.remove(handle);
  }

  private async write(
    wish: Wish,
    former: SecretRecord | null,
    dryRun: boolean,
  ): Promise<WrittenSecret> {
    const { handle, display_name, description, value } = wish;
    if (former && this.isKept(wish, former)) return { row: former, changed: false };
    const now = new Date().toISOString();
    const row = await this.vault.sealed(
      {
        ...{ handle, display_name, description, sealed: "", key_version: "" },
        ...{ created_at: former?.created_at ?? now, updated_at: now },
      },
      value,
    );
    if (dryRun) return { row, changed: true };
    await this.store.write(row, async (db) => {
      const isThere = (await this.store.rows.byKey(handle, db)) !== undefined;
      if (isThere && !former) throw taken(handle);
      // It must not come back when it was deleted meanwhile.
      if (!isThere && former) throw new Missing(`Secret with handle '${handle}' not found`);
    });
    return { row, changed: true };
  }

  private isKept({ display_name, description, value }: Wish, former: SecretRecord): boolean {
    const same = former.display_name === display_name && former.description === description;
    const [there, sent] = [Buffer.from(this.vault.valueIn(former) ?? ""), Buffer.from(value)];
    return same && there.length === sent.length && timingSafeEqual(there, sent);
  }
}

export interface WrittenSecret {
  row: SecretRecord;
  /** False: it was there as it was sent. */
  changed: boolean;
}

const taken = (handle: string): Clash =>
  new Clash("metadata.name", `Secret with handle '${handle}' already exists`);

type Wish = ReturnType<typeof readSecret>;

export function readSecret(document: Reader) {
  const kind = document.at("kind");
  if (kind.text() !== "Secret") kind.fail("must be Secret");
  document.at("apiVersion").text();
  const spec = document.at("spec").required();
  spec.isObject();
  return {
    handle: readHandle(document.at("metadata").at("name").required()),
    display_name: spec.at("displayName").required().text({ max: 253 }) ?? "",
    description: spec.at("description").text({ min: 0, max: 1_024 }) ?? "",
    value: readValue(spec.at("value").required()),
  };
}

/** `#` is what the entries of templates have behind the name. */
function readHandle(reader: Reader): string {
  const handle = reader.text({
    max: 255,
    // eslint-disable-next-line no-control-regex
    pattern: /^(?!\.{1,2}$)[^\s/}#\u0000-\u001f\u007f]+$/,
    says: "must not have whitespace, /, }, # or control characters, nor be . or ..",
  });
  if (handle !== null && hasMarks(handle)) reader.fail("must not have U+E000 and U+E001");
  return handle ?? "";
}

/** No message may show it. */
function readValue(reader: Reader): string {
  const value = reader.expects({ type: "string", minLength: 1, maxLength: mostBytes }).raw();
  if (reader.absent) return "";
  if (typeof value !== "string") reader.fail("must be a text: in YAML, put it in quotes");
  else if (value === "" || Buffer.byteLength(value) > mostBytes)
    reader.fail(`must be 1 to ${mostBytes} bytes long, found ${Buffer.byteLength(value)}`);
  else if (Buffer.from(value).toString() !== value)
    reader.fail("must be text that UTF-8 can write");
  else return value;
  return "";
}
