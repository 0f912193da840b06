/**
 * For a policy that lets others try before it: offer them in `configure`. Each is tried in turn until one
 * lets the request through, and then this policy does not run; if all refuse it does, and finds their
 * answers in `refusals`.
 */
import { building } from "../engine/building";
import { Attempts, Offer } from "../engine/alternatives";
import { Reply } from "../reply";
import { Request } from "../request";

/** In `configure`. `params` is the JSON text of the policy's parameters. */
export function offer(name: string, version: string, params: string): void {
  if (!building.offers) building.offers = changetype<usize>(new Array<Offer>());
  changetype<Offer[]>(building.offers).push(new Offer(name, version, params));
}

/** In `onRequestHeaders`: what each alternative would have answered, in their order. */
export function refusals(request: Request): Reply[] {
  return request.state<Attempts>().refusals;
}
