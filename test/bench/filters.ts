/** The filters that the bench sets against each other: all do the same two header writes. */

const type = (name: string): string => `type.googleapis.com/${name}`;

export function wasm(
  name: string,
  bytes: Uint8Array,
  rootId: string,
  configuration: object | null,
): object {
  return {
    name: `wasm-${name}`,
    typed_config: {
      "@type": type("envoy.extensions.filters.http.wasm.v3.Wasm"),
      config: {
        name,
        root_id: rootId,
        failure_policy: "FAIL_RELOAD",
        allow_on_headers_stop_iteration: true,
        vm_config: {
          vm_id: name,
          runtime: "envoy.wasm.runtime.v8",
          code: { local: { inline_bytes: Buffer.from(bytes).toString("base64") } },
        },
        ...(configuration && {
          configuration: {
            "@type": type("google.protobuf.StringValue"),
            value: JSON.stringify(configuration),
          },
        }),
      },
    },
  };
}

export const native = {
  name: "native",
  typed_config: {
    "@type": type("envoy.extensions.filters.http.header_mutation.v3.HeaderMutation"),
    mutations: {
      request_mutations: [
        {
          append: {
            header: { key: "x-a", value: "1" },
            append_action: "OVERWRITE_IF_EXISTS_OR_ADD",
          },
        },
      ],
      response_mutations: [
        {
          append: {
            header: { key: "x-b", value: "2" },
            append_action: "OVERWRITE_IF_EXISTS_OR_ADD",
          },
        },
      ],
    },
  },
};

export const lua = {
  name: "lua",
  typed_config: {
    "@type": type("envoy.extensions.filters.http.lua.v3.Lua"),
    default_source_code: {
      inline_string:
        'function envoy_on_request(h) h:headers():replace("x-a", "1") end\n' +
        'function envoy_on_response(h) h:headers():replace("x-b", "2") end',
    },
  },
};

export const setHeaders = (a: string, b: string): object => ({
  request: { headers: [{ name: a, value: "1" }] },
  response: { headers: [{ name: b, value: "2" }] },
});

/** `recorded`: in a gateway that makes events of requests. */
export const chain = (policies: { name: string; params: object }[], recorded = false): object => ({
  filter_metadata: {
    sluice: {
      chain: JSON.stringify({
        ...(recorded && { recorded }),
        policies: policies.map((one) => ({ version: "v1", ...one })),
      }),
    },
  },
});

export const disabled = (name: string): object => ({
  [name]: {
    "@type": type("envoy.config.route.v3.FilterConfig"),
    disabled: true,
  },
});
