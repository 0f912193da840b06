/**
 * What somebody who helps needs to know of a gateway and of this machine, in one archive of texts that can be read before
 * it is sent. What cannot be had is told in its place: a bundle is wanted most when something does not answer.
 */
import { writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { stringify } from "yaml";
import { loadConfig } from "../../controller/config/load.ts";
import { schema } from "../../controller/config/schema/index.ts";
import { redacted } from "../../controller/config/shape.ts";
import { reason } from "../../controller/errors.ts";
import type { GatewayApi } from "../client/api.ts";
import { exported } from "../apply/drift.ts";
import { profileOf, type Selection } from "../client/profiles.ts";
import { statusOf } from "../client/status.ts";
import { examine } from "../run/doctor.ts";
import { hideIn, ownSecrets, withoutOwn, type DescribedPolicy } from "./hide.ts";
import { tar, type TextFile } from "./tar.ts";

export interface Bundle {
  file: string;
  /** Its parts; with why one could not be had. */
  parts: { name: string; problem?: string }[];
}

const folder = "sluice-support";

export async function makeBundle(
  api: GatewayApi,
  selection: Selection,
  file: string,
  progress: (text: string) => void,
): Promise<Bundle> {
  const files: TextFile[] = [];
  const parts: Bundle["parts"] = [];
  const { profile } = await profileOf(selection);
  const secrets = ownSecrets(profile.auth);
  const put = async (name: string, read: () => Promise<unknown>): Promise<unknown> => {
    progress(`${name} …`);
    let value: unknown;
    try {
      value = await read();
      parts.push({ name });
    } catch (error) {
      value = { problem: reason(error) };
      parts.push({ name, problem: withoutOwn(reason(error).split("\n")[0]!, secrets) });
    }
    files.push({ name: `${folder}/${name}.yaml`, text: withoutOwn(stringify(value), secrets) });
    return value;
  };
  const get = async (path: string) => (await api.send("GET", path)).body;

  await put("machine", machine);
  await put("gateway", async () => {
    const { auth, ...rest } = profile;
    return { name: api.name, ...(redactUrls(rest) as object), auth: auth?.type ?? "none" };
  });
  await put("configuration", async () => {
    const { config, file, warnings } = loadConfig();
    return { file: file ?? "none", warnings, values: redacted(config, schema) };
  });
  await put("health", async () => (await api.admin("/api/admin/v1/health")).body);
  const described = await put("policies", () => get("/policies"));
  const { policies = [] } = described as { policies?: DescribedPolicy[] };
  await put("modules", () => get("/modules"));
  await put("canary", () => get("/modules/canary"));
  await put("status", async () => (await statusOf(api)).rows);
  await put("documents", async () => hideIn(await exported(api), policies));
  files.unshift({ name: `${folder}/README.txt`, text: about(parts) });
  await writeFile(file, gzipSync(tar(files, Math.floor(Date.now() / 1_000))), { mode: 0o600 });
  return { file, parts };
}

/** Of variables only the names: what they are set to may be secret. */
async function machine(): Promise<object> {
  const { platform, arch, version, env } = process;
  return {
    made: new Date().toISOString(),
    ...{ platform, arch, node: version },
    variables: Object.keys(env)
      .filter((name) => /^(WSO2AP|GATEWAY|APIP|ENVOY|NO_COLOR|HTTPS?_PROXY)/i.test(name))
      .sort(),
    findings: await examine("data", { writes: false }),
  };
}

const redactUrls = (value: object): unknown => hideIn(value, []);

const about = (parts: Bundle["parts"]): string =>
  [
    "What ap support bundle found. Passwords, keys, tokens and what policies mark as secret are ***; references to",
    "secrets stay. Names, addresses and everything else of the documents are as they are: read them before you send them.",
    "",
    ...parts.map(
      ({ name, problem }) => `${name}.yaml${problem ? `: not to be had: ${problem}` : ""}`,
    ),
    "",
  ].join("\n");
