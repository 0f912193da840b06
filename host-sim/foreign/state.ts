/** Foreign functions that change the request's state. */
import { Status } from "../../sdk/abi.ts";
import { fields } from "../properties/protobuf.ts";
import { setFilterState, type FilterStateType } from "../state/filter-state.ts";
import type { ForeignFunctions } from "./foreign-function.ts";

const nothing = new Uint8Array(0);

/** The only objects that Envoy lets a module make by name. */
const registered = new Set(["envoy.string", "envoy.tcp_proxy.cluster"]);

const text = (value: Uint8Array | bigint | undefined): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : "";

const kinds: FilterStateType["kind"][] = ["bytes", "string", "message", "message"];

export const state: ForeignFunctions = {
  set_envoy_filter_state(vm, argument) {
    const found = fields(argument);
    if (!found) return Status.BadArgument;
    const field = Object.fromEntries(found);
    const path = text(field[1]);
    if (!registered.has(path)) return Status.NotFound;
    const { stream } = vm.context;
    if (!stream) return Status.NotFound;
    const type: FilterStateType = { readonly: false, kind: "string" };
    setFilterState(stream.exchange.filterState, path, text(field[2]), type);
    return nothing;
  },

  clear_route_cache(vm) {
    vm.context.stream?.exchange.clearRouteCache();
    return nothing;
  },

  /** Each name once. What a stream declares, Envoy keeps there and never looks at. */
  declare_property(vm, argument) {
    const found = fields(argument);
    if (!found) return Status.BadArgument;
    const field = Object.fromEntries(found);
    const { root, stream } = vm.context;
    const name = text(field[1]);
    const { declared } = stream ?? root;
    if (declared.has(name)) return Status.BadArgument;
    declared.set(name, {
      readonly: Boolean(field[2]),
      kind: kinds[Number(field[3] ?? 0n)] ?? "bytes",
    });
    return nothing;
  },
};
