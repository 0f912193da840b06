/**
 * Operations that are told apart by headers or query parameters: which of them a request is for is noted before any
 * policy runs. Envoy looks for the route again when a policy changes headers, and by what the policy left there the
 * request would go on as another operation's, past the policies of that one.
 */
import type { RestApi } from "../model/rest-api.ts";
import { any, type JsonObject } from "../xds/protos.ts";

/** What a client sends under this name is dropped. */
export const pinHeader = "x-sluice-operation";
const name = "operation";
const message = "envoy.extensions.filters.http.header_mutation.v3";

/** In every listener without a word, so that routes can say who they are. */
export const pinFilter = { name, typed_config: any(`${message}.HeaderMutation`) };

/** The name under which an operation is noted; null in an API in which no policy could lead from one to another. */
export const pinOf = ({ name, operations }: RestApi, index: number): string | null =>
  operations.some(({ headers, queryParams }) => headers.length + queryParams.length > 0)
    ? `${name}/${index}`
    : null;

/** What the filter does on a route of this operation. */
export const noting = (pin: string): JsonObject => ({
  [name]: any(`${message}.HeaderMutationPerRoute`, {
    mutations: {
      request_mutations: [
        {
          append: {
            header: { key: pinHeader, value: pin.replaceAll("%", "%%") },
            append_action: "OVERWRITE_IF_EXISTS_OR_ADD",
          },
        },
      ],
    },
  }),
});

/** Matches a request that was noted as one for this operation, whatever became of it. */
export const isPinned = (pin: string): JsonObject => ({
  name: pinHeader,
  string_match: { exact: pin },
});

/** Matches a request that is looked at for the first time. */
export const notPinned: JsonObject = { name: pinHeader, present_match: true, invert_match: true };
