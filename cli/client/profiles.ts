/**
 * The gateways that this user works with, in `~/.wso2ap/config.yaml`: the file that users of that command line have
 * already. It may hold passwords, so only its owner may read it.
 */
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import { reason } from "../../controller/errors.ts";
import { CommandError, Exit, usage } from "../errors.ts";

export interface Auth {
  type: "none" | "basic" | "bearer";
  username?: string;
  password?: string;
  token?: string;
}

export interface Profile {
  server: string;
  adminServer?: string;
  auth?: Auth;
}

export interface Platform {
  gateways?: Record<string, Profile>;
  activeGateway?: string;
}

export interface Profiles {
  currentPlatform?: string;
  platforms?: Record<string, Platform>;
}

/** Which gateway a command is for; what is left out is the one in use. */
export interface Selection {
  platform?: string;
  gateway?: string;
}

/** What `ap gateway run` starts on this machine. */
const localGateway: Profile = {
  server: "http://localhost:9090",
  adminServer: "http://localhost:9092",
};
const firstPlatform = "default";

export const profilesFile = (): string =>
  join(process.env["HOME"] ?? homedir(), ".wso2ap", "config.yaml");

/** Told once for each command, if others could read what is in the file. */
export async function warnIfReadable(tell: (text: string) => void): Promise<void> {
  const file = profilesFile();
  const found = await stat(file).catch(() => null);
  if (found && process.platform !== "win32" && (found.mode & 0o077) !== 0)
    tell(`warning: ${file} can be read by others: chmod 600 ${file}\n`);
}

export async function readProfiles(): Promise<Profiles> {
  const file = profilesFile();
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  try {
    const read: unknown = parse(text);
    if (read === null) return {};
    if (typeof read === "object" && !Array.isArray(read)) return read as Profiles;
    throw new Error("expected a mapping with platforms");
  } catch (error) {
    throw new CommandError("AP-CONFIG", `${file}: ${reason(error).split("\n")[0]}`, Exit.Failed);
  }
}

async function writeProfiles(profiles: Profiles): Promise<void> {
  const file = profilesFile();
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const made = `${file}.new-${process.pid}`;
  await writeFile(made, stringify(profiles), { mode: 0o600 });
  await rename(made, file);
}

/** Reads, changes and writes; what `change` throws leaves the file as it was. */
export async function changeBook(change: (profiles: Profiles) => void): Promise<void> {
  const profiles = await readProfiles();
  change(profiles);
  await writeProfiles(profiles);
}

export const changeProfiles = (
  { platform }: Selection,
  change: (platform: Platform) => void,
): Promise<void> =>
  changeBook((profiles) => {
    const name = platform ?? currentPlatform(profiles);
    profiles.currentPlatform ??= name;
    const platforms = (profiles.platforms ??= {});
    change((platforms[name] ??= {}));
  });

export const currentPlatform = ({ currentPlatform }: Profiles): string =>
  currentPlatform ?? firstPlatform;

export async function platformOf({ platform }: Selection): Promise<Platform> {
  const profiles = await readProfiles();
  const { gateways = {}, ...rest } =
    profiles.platforms?.[platform ?? currentPlatform(profiles)] ?? {};
  const known = Object.entries(gateways).map(([name, one]) => [name, withoutUserInfo(one)]);
  return { ...rest, gateways: Object.fromEntries(known) as Record<string, Profile> };
}

/** The gateway of a command: named, else the one in use, else the one on this machine. */
export async function profileOf(selection: Selection): Promise<{ name: string; profile: Profile }> {
  const { gateways = {}, activeGateway } = await platformOf(selection);
  const name = selection.gateway ?? activeGateway;
  if (name === undefined) return { name: "local", profile: withEnvironment(localGateway) };
  const profile = gateways[name];
  if (!profile) {
    const known = Object.keys(gateways).join(", ") || "none";
    throw new CommandError(
      "AP-NO-GATEWAY",
      `there is no gateway '${name}'; there are: ${known}`,
      Exit.NotFound,
      `ap gateway add --display-name ${name} --server <url>`,
    );
  }
  return { name, profile: withEnvironment(profile) };
}

/** Credentials that somebody wrote into the address by hand are used, and are never part of what is printed. */
function withoutUserInfo(profile: Profile): Profile {
  const url = URL.canParse(profile.server) ? new URL(profile.server) : null;
  if (!url || (!url.username && !url.password)) return profile;
  const [username, password] = [url.username, url.password].map(decodeURIComponent);
  const server = profile.server.replace(/^(https?:\/\/)[^/@]*@/i, "$1");
  return { ...profile, server, auth: { type: "basic", username: username!, password: password! } };
}

/** What the environment says wins over the file, so that scripts need to write no secret down. */
function withEnvironment(profile: Profile): Profile {
  const { WSO2AP_GW_USERNAME: username, WSO2AP_GW_PASSWORD: password } = process.env;
  const { WSO2AP_GW_TOKEN: token } = process.env;
  if (token) return { ...profile, auth: { type: "bearer", token } };
  if (!username && !password) return profile;
  const old = profile.auth?.type === "basic" ? profile.auth : {};
  return {
    ...profile,
    auth: { ...old, type: "basic", ...(username && { username }), ...(password && { password }) },
  };
}

/** Refuses what is no URL of a server. */
export function serverUrl(text: string, option: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.username || url?.password)
    throw usage(`${option}: expected a URL without credentials`, "--auth basic --username <name>");
  if (url && /^https?:$/.test(url.protocol)) return text.replace(/\/+$/, "");
  throw usage(`${option}: expected a URL such as http://localhost:9090, found '${text}'`);
}
