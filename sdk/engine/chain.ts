/**
 * A route's policies, in order, built once and used by every request of the route. Lives in a region
 * of its own; counted while streams use it, so that it can be given back whole.
 */
import { Cursor } from "../params/cursor";
import { Offer, checkAlternative } from "./alternatives";
import { building } from "./building";
import { compileCondition } from "./conditions/hook";
import { Handles, Link } from "./link";
import { Registration, findPolicy, registrations } from "./registry";
import { dropRegion, enterRegion, leaveRegion, openChain, regionBytes } from "./runtime/index";

/** More policies than this in one chain are refused. */
const MOST_LINKS: i32 = 64;

export class Chain {
  links: StaticArray<Link> = new StaticArray<Link>(0);
  /** Union of the links' handlers. */
  handles: i32 = 0;
  region: usize = 0;
  /** What counts it: the streams that use it, and the root or the cache that holds it. */
  users: i32 = 1;
  lastUse: u32 = 0;
  /** The secrets that it was made of, 0 if of none: see `feed/secrets`. */
  secrets: usize = 0;
  /** True if a condition looks at the request when the response is here. */
  looksBack: bool = false;
  /** Whether the gateway keeps records of its requests, as `recorded` in the text says. */
  recorded: bool = false;

  /** Bytes that it occupies. */
  size(): usize {
    return regionBytes(this.region);
  }
}

/**
 * Takes the parameters that the cursor stands at and makes the policy; notes problems in the cursor.
 * Only what is made here goes into the chain's region: the cursor and its text stay the callback's.
 */
function link(region: usize, registration: Registration, cursor: Cursor, at: i32): Link {
  building.offers = 0;
  enterRegion(region);
  const policy = registration.build(cursor);
  if (!cursor.failed) {
    const problem = policy.configure();
    if (problem !== null) cursor.note(problem);
  }
  let handles = registration.handles;
  if (!cursor.failed) {
    if (!policy.takesRequestBody()) handles &= ~(<i32>Handles.RequestBody);
    if (!policy.takesResponseBody()) handles &= ~(<i32>Handles.ResponseBody);
  }
  const made = new Link(policy, registration.name, registration.major(), handles, at);
  leaveRegion();
  return made;
}

const EMPTY: StaticArray<u8> = [0x7b, 0x7d];

/** The alternatives that `chooser` has just offered go before it. */
function addAlternatives(region: usize, chooser: Link, links: Link[], cursor: Cursor): void {
  if (!building.offers) return;
  const offers = changetype<Offer[]>(building.offers);
  chooser.at = links.length + offers.length;
  for (let i = 0; i < offers.length; i++) {
    const offer = offers[i];
    const registration = findPolicy(offer.name, offer.version);
    if (registration === null) {
      cursor.note(noPolicy(offer.name, offer.version));
      return;
    }
    const params = new Cursor(Uint8Array.wrap(String.UTF8.encode(offer.params)));
    const made = link(region, registration, params, links.length);
    if (!params.finish()) cursor.note(offer.name + ": " + params.error);
    else if (building.offers) cursor.note(offer.name + ": expected one that offers none itself");
    else checkAlternative(made, cursor);
    if (cursor.failed) return;
    made.decider = chooser.at;
    made.condition = chooser.condition;
    links.push(made);
  }
}

function noPolicy(name: string, version: string): string {
  return "there is no policy " + name + " " + version + " in this module";
}

/** An entry of a chain: its parameters are read last, whatever the order of the keys. */
function entry(region: usize, cursor: Cursor, at: i32): Link | null {
  let name = "";
  let version = "";
  let condition = "";
  let params = Uint8Array.wrap(changetype<ArrayBuffer>(EMPTY), 0, 2);
  cursor.enterObject();
  while (cursor.nextKey()) {
    if (cursor.key == "name") name = cursor.text();
    else if (cursor.key == "version") version = cursor.text();
    else if (cursor.key == "params") params = cursor.raw();
    else if (cursor.key == "executionCondition") condition = cursor.text();
    else cursor.skip();
  }
  if (cursor.failed) return null;
  if (!name.length) {
    cursor.missing("name");
    return null;
  }
  const registration = findPolicy(name, version);
  if (registration === null) {
    cursor.note(noPolicy(name, version));
    return null;
  }
  const inner = new Cursor(params);
  const made = link(region, registration, inner, at);
  if (inner.finish()) {
    if (condition.length) {
      enterRegion(region);
      // A copy of the text: what is compiled keeps it.
      made.condition = compileCondition("".concat(condition), cursor);
      leaveRegion();
    }
    return made;
  }
  cursor.note(name + ": " + inner.error);
  return null;
}

function listed(region: usize, cursor: Cursor): Link[] {
  const links: Link[] = [];
  cursor.enterObject();
  while (cursor.nextKey()) {
    if (cursor.key == "recorded") {
      building.recorded = cursor.bool();
      continue;
    }
    if (cursor.key != "policies") {
      cursor.skip();
      continue;
    }
    cursor.enterArray();
    building.at = -1;
    while (cursor.nextItem()) {
      building.at++;
      const made = entry(region, cursor, links.length);
      if (made === null) continue;
      if (isDefined(ALTERNATIVES)) addAlternatives(region, made, links, cursor);
      if (links.length >= MOST_LINKS) cursor.note("has more than 64 policies");
      links.push(made);
    }
  }
  return links;
}

/** Why the last chain could not be built; a text in the memory of the callback that tried. */
export let problem: usize = 0;

/**
 * The chain that `text` describes, or null with the reason in `problem`. With `alone`, the text is the
 * parameters of the module's only policy. Call it inside a callback.
 */
export function buildChain(text: Uint8Array, alone: bool): Chain | null {
  const region = openChain();
  building.fellowship = 0;
  building.recorded = false;
  const cursor = new Cursor(text);
  building.at = 0;
  const links = alone ? [link(region, registrations[0], cursor, 0)] : listed(region, cursor);
  if (!cursor.finish()) {
    // A new text: the error's own may lie in the region that goes.
    const subject = alone ? registrations[0].name : "chain";
    problem = changetype<usize>(subject + ": " + cursor.error);
    dropRegion(region);
    return null;
  }
  enterRegion(region);
  const chain = new Chain();
  chain.region = region;
  chain.links = StaticArray.fromArray(links);
  chain.recorded = building.recorded;
  for (let i = 0; i < links.length; i++) {
    chain.handles |= links[i].handles;
    const condition = links[i].condition;
    if (condition !== null && condition.looksBack()) chain.looksBack = true;
  }
  leaveRegion();
  return chain;
}
