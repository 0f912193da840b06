/**
 * The policies that are linked into this module. The generated entry registers each at start-up; the
 * list lives as long as the module and never changes afterwards.
 */
import { Handlers } from "../policy";
import { Cursor } from "../params/cursor";

/** Builds a policy from its parameters, which the cursor stands at. Errors are noted in the cursor. */
export type Factory = (params: Cursor) => Handlers;

export class Registration {
  constructor(
    public name: string,
    /** Full version, `1.2.3`; chains name its major, `v1`. */
    public version: string,
    public handles: i32,
    public build: Factory,
  ) {}

  major(): string {
    const dot = this.version.indexOf(".");
    return "v" + (dot < 0 ? this.version : this.version.substring(0, dot));
  }
}

export const registrations: Registration[] = [];

export function register(name: string, version: string, handles: i32, build: Factory): void {
  registrations.push(new Registration(name, version, handles, build));
}

/** What is to be done once per process, before any worker serves. */
export const preparations: (() => void)[] = [];

export function prepare(task: () => void): void {
  preparations.push(task);
}

/** The registration of this name and major version; an empty version is the only or newest one. */
export function findPolicy(name: string, major: string): Registration | null {
  let found: Registration | null = null;
  for (let i = 0; i < registrations.length; i++) {
    const one = registrations[i];
    if (one.name == name && (!major.length || one.major() == major)) found = one;
  }
  return found;
}
