/** The platforms of the file with the known gateways. */
import { CommandError, Exit } from "../errors.ts";
import { changeBook, currentPlatform, readProfiles, type Platform } from "./profiles.ts";

export interface KnownPlatform {
  name: string;
  gateways: string[];
  current: boolean;
}

/** The current one is in it even before anything was written down. */
export async function listPlatforms(): Promise<KnownPlatform[]> {
  const profiles = await readProfiles();
  const inUse = currentPlatform(profiles);
  const all: Record<string, Platform> = { [inUse]: {}, ...profiles.platforms };
  return Object.entries(all).map(([name, { gateways = {} }]) => ({
    ...{ name, gateways: Object.keys(gateways) },
    current: name === inUse,
  }));
}

export const addPlatform = (name: string): Promise<void> =>
  changeBook((book) => {
    if (book.platforms?.[name])
      throw new CommandError("AP-CONFLICT", `there is a platform '${name}'`, Exit.Conflict);
    (book.platforms ??= {})[name] = {};
    book.currentPlatform = name;
  });

export const usePlatform = (name: string): Promise<void> =>
  changeBook((book) => {
    refuseUnknown(book.platforms, name);
    book.currentPlatform = name;
  });

export const removePlatform = (name: string): Promise<void> =>
  changeBook((book) => {
    refuseUnknown(book.platforms, name);
    delete book.platforms?.[name];
    if (book.currentPlatform === name) delete book.currentPlatform;
  });

function refuseUnknown(platforms: object = {}, name: string): void {
  if (Object.hasOwn(platforms, name)) return;
  const known = Object.keys(platforms).join(", ") || "none";
  throw new CommandError(
    "AP-NOT-FOUND",
    `there is no platform '${name}'; there are: ${known}`,
    Exit.NotFound,
    `ap platform add --display-name ${name}`,
  );
}
