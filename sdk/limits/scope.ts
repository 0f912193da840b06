/**
 * Who counts in the same records: the part of their names that says where the policy stands. APIs of two
 * kinds may have one handle.
 */
import { Place } from "../place";

/**
 * `api`: all routes of the API, if the policy stands in the API's list or the key is the API's. Otherwise
 * one route's policy counts for itself. With `gatewayWide`, every policy of the gateway that names the same
 * quota counts in the same record.
 */
export function scopeOf(
  place: Place,
  kind: string,
  apiWide: bool = false,
  gatewayWide: bool = false,
): string {
  if (gatewayWide) return kind + " gateway";
  const own = place.ordinal ? " " + place.ordinal.toString() : "";
  if (place.attachedTo == "api" || apiWide) return kind + " api " + place.scope + own;
  return kind + " route " + place.apiKind + "/" + place.routeName + own;
}
