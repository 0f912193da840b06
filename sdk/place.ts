/**
 * Where a policy stands. Ask in `configure`: it is read off the chain that is being built, and modules
 * in which no policy asks do not have the code for it.
 */
import { building } from "./engine/building";
import { streamAddress } from "./engine/live";
import { registrations } from "./engine/registry";
import { currentRegion, enterRegion, leaveRegion } from "./engine/runtime/index";
import { BufferType } from "./abi";
import { CHAIN_PATH } from "./engine/chains";
import { bufferBytes } from "./hostcalls/body";
import { propertySize, rawProperty, textProperty } from "./hostcalls/property";
import { encode, written } from "./hostcalls/text";
import { Cursor } from "./params/cursor";

export class Place {
  /** The API's handle; empty where a module of one policy has no API. */
  apiName: string = "";
  apiVersion: string = "";
  apiContext: string = "";
  apiKind: string = "";
  /** `api/operation`, the same for every version of the chain; empty outside of a gateway's route. */
  routeName: string = "";
  /** `api` if the policy stands in the API's list, `route` in an operation's. */
  attachedTo: string = "route";
  /** How many policies of the same name and the same list stand before it. */
  ordinal: i32 = 0;
  /** One object for all policies of the chain. */
  chain: Fellowship = new Fellowship();

  /** What the API's keys and subscriptions are found by, kind and handle; empty without an API. */
  get scope(): string {
    return this.apiName.length ? this.apiKind + "/" + this.apiName : "";
  }

  /** The API's context as paths begin with it: empty for the root. */
  get context(): string {
    return this.apiContext == "/" ? "" : this.apiContext;
  }

  /** The context and what the operation's path begins with before its first wildcard or parameter. */
  get prefix(): string {
    const path = this.routeName.indexOf(" /") + 1;
    if (!path) return this.context;
    const operation = this.routeName.substring(path);
    if (operation.endsWith("/*"))
      return this.context + operation.substring(0, operation.length - 2);
    const brace = operation.indexOf("{");
    const end = brace < 0 ? operation.length : operation.lastIndexOf("/", brace);
    return this.context + operation.substring(0, end);
  }

  static find(): Place {
    // A module of one policy outside of a gateway has parameters only.
    if (!streamAddress && registrations.length == 1) return new Place();
    const region = currentRegion();
    // Read in the callback's memory: the chain is to keep the few texts only.
    leaveRegion();
    const read = new Place();
    const route = textProperty("xds.route_name");
    if (route !== null) read.routeName = lastingName(route);
    read.readChain(new Cursor(chainText()));
    enterRegion(region);
    return read.kept();
  }

  /** A copy in the region of the chain. */
  private kept(): Place {
    const place = new Place();
    place.routeName = "".concat(this.routeName);
    place.apiName = "".concat(this.apiName);
    place.apiVersion = "".concat(this.apiVersion);
    place.apiContext = "".concat(this.apiContext);
    place.apiKind = "".concat(this.apiKind);
    place.attachedTo = this.attachedTo == "api" ? "api" : "route";
    place.ordinal = this.ordinal;
    if (building.fellowship) place.chain = changetype<Fellowship>(building.fellowship);
    else building.fellowship = changetype<usize>(place.chain);
    return place;
  }

  private readChain(cursor: Cursor): void {
    cursor.enterObject();
    while (cursor.nextKey()) {
      if (cursor.key == "api") this.readApi(cursor);
      else if (cursor.key == "policies") this.readPolicies(cursor);
      else cursor.skip();
    }
  }

  private readApi(cursor: Cursor): void {
    cursor.enterObject();
    while (cursor.nextKey()) {
      if (cursor.key == "name") this.apiName = cursor.text();
      else if (cursor.key == "version") this.apiVersion = cursor.text();
      else if (cursor.key == "context") this.apiContext = cursor.text();
      else if (cursor.key == "kind") this.apiKind = cursor.text();
      else cursor.skip();
    }
  }

  private readPolicies(cursor: Cursor): void {
    const names: string[] = [];
    const lists: string[] = [];
    cursor.enterArray();
    while (cursor.nextItem()) {
      let name = "";
      let list = this.attachedTo;
      cursor.enterObject();
      while (cursor.nextKey()) {
        if (cursor.key == "name") name = cursor.text();
        else if (cursor.key == "attachedTo") list = cursor.text();
        else cursor.skip();
      }
      names.push(name);
      lists.push(list);
    }
    const at = building.at;
    for (let i = 0; i < at; i++) if (names[i] == names[at] && lists[i] == lists[at]) this.ordinal++;
    this.attachedTo = lists[at];
  }
}

/** The chain that is being built: its route's, or the plugin's own. */
function chainText(): Uint8Array {
  if (!streamAddress) return bufferBytes(BufferType.PluginConfiguration);
  const path = encode(CHAIN_PATH);
  const at = rawProperty(path, written);
  if (!at) return new Uint8Array(0);
  return Uint8Array.wrap(changetype<ArrayBuffer>(at), 0, <i32>propertySize);
}

/** What the policies of one chain tell each other while they are configured. */
export class Fellowship {
  /** How many of them announce limits in the response. */
  announcers: i32 = 0;
}

/** A route's name without what changes with its chain: `api/operation@hash` without the hash. */
export function lastingName(route: string): string {
  const mark = route.lastIndexOf("@");
  return mark < 0 ? route : route.substring(0, mark);
}
