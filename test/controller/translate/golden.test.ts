/** Every resource type as Envoy gets it, reviewed as YAML; `vitest run -u` writes the files anew. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { bootstrap } from "../../../controller/agent/bootstrap.ts";
import { installed } from "../../../controller/installed.ts";
import { Deployments } from "../../../controller/deploy/resources/deployments.ts";
import { trafficDefaults } from "../../../controller/deploy/settings.ts";
import { readDocument, resourceKinds } from "../../../controller/model/index.ts";
import { compileApi, type GatewayDefaults } from "../../../controller/translate/compile.ts";
import { gatewayResources } from "../../../controller/translate/gateway.ts";
import { ResourceCache, type Change } from "../../../controller/xds/cache.ts";
import { kinds } from "../../../controller/xds/kinds.ts";
import { loadProtos, type JsonObject } from "../../../controller/xds/protos.ts";
import { moduleFilter } from "../../../controller/xds/resources/module.ts";

const protos = loadProtos();
const ownModule = readFileSync(installed("dist/connection.wasm"), "base64");
const inputs = new URL("./golden/in/", import.meta.url);
const defaults: GatewayDefaults = {
  ...trafficDefaults,
  filters: ["policies"],
  policies: [],
  bodyUse: () => "none",
  services: () => [],
};

/** The resources of a change in push order; each must be what Envoy's protobuf allows. */
function golden(changes: Change[]): string {
  const documents = kinds.flatMap(({ name: kind, message }) =>
    changes
      .filter((change) => change.kind === kind && change.body !== null)
      .map(({ body }) => {
        protos.encode(message, body!);
        return { [kind]: body };
      }),
  );
  const text = stringify(documents, { lineWidth: 120, aliasDuplicateObjects: false });
  return text.replaceAll(ownModule, "(dist/connection.wasm)");
}

/** Collects what is pushed instead of pushing it. */
class Recorder extends ResourceCache {
  readonly changes: Change[] = [];
  override apply(changes: readonly Change[]) {
    this.changes.push(...changes);
    return super.apply(changes);
  }
}

const compile = (file: string, options: Partial<GatewayDefaults> = {}) => {
  const { api } = readDocument(
    resourceKinds[0],
    parse(readFileSync(new URL(file, inputs), "utf8")),
  );
  return compileApi(api, { ...defaults, ...options }).compiled;
};

const deploy = (files: string[], options: Partial<GatewayDefaults> = {}) => {
  const cache = new Recorder(protos);
  new Deployments(cache, defaults.hosts.sandbox).apply(
    files.map((file) => {
      const compiled = compile(file, options);
      return { name: compiled.name, deployed: { compiled, revision: 1 } };
    }),
  );
  return golden(cache.changes);
};

describe("a RestApi's resources", () => {
  test.each(readdirSync(inputs))("%s", async (file) => {
    await expect(deploy([file])).toMatchFileSnapshot(`golden/out/${file}`);
  });

  test("with a policy that reads bodies, and one of the gateway's own", async () => {
    const guard = {
      name: "guard",
      version: "v1",
      executionCondition: null,
      mandatory: true,
      params: {},
      field: "",
    };
    const text = deploy(["plain.yaml"], { policies: [guard], bodyUse: () => "held" });
    await expect(text).toMatchFileSnapshot("golden/out/gateway-policy.yaml");
  });
});

test("APIs that share a first segment share a scope with a tree of prefixes", async () => {
  const cache = new Recorder(protos);
  const names = ["a", "b", "a/in"];
  new Deployments(cache, []).apply(
    names.map((context, i) => {
      const source = parse(readFileSync(new URL("root.yaml", inputs), "utf8"));
      source.metadata.name = `api-${i}`;
      source.spec.context = `/shared/${context}`;
      source.spec.operations = [{ method: "GET", path: "/*" }];
      const { compiled } = compileApi(readDocument(resourceKinds[0], source).api, defaults);
      return { name: compiled.name, deployed: { compiled, revision: 1 } };
    }),
  );
  await expect(golden(cache.changes)).toMatchFileSnapshot("golden/out/shared-scope.yaml");
});

test("the gateway's own listeners, scopes, secrets and module", async () => {
  const module = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
  const changes: Change[] = [
    ...gatewayResources({
      host: "0.0.0.0",
      httpPort: 8080,
      httpsPort: 8443,
      limits: {},
      accessLog: "json",
      errors: "json",
      tls: { certificate: "gateway", clientAuthority: "clients" },
      modules: ["policies"],
      extraFilters: [],
    }),
    {
      kind: "secret",
      name: "gateway",
      body: {
        name: "gateway",
        tls_certificate: {
          certificate_chain: { inline_string: "chain" },
          private_key: { inline_string: "key" },
        },
      },
    },
    {
      kind: "extension",
      name: "policies",
      body: moduleFilter({ name: "policies", bytes: module, rootId: "sluice.gateway" }),
    },
  ];
  await expect(golden(changes)).toMatchFileSnapshot("golden/out/gateway.yaml");
});

test("the bootstrap of an Envoy elsewhere", async () => {
  const json: JsonObject = bootstrap({
    nodeId: "edge-1",
    controllers: [
      { host: "control-1.example", port: 18000 },
      { host: "control-2.example", port: 18000 },
    ],
    adminPort: 9901,
    maxHeapBytes: 1_073_741_824,
  });
  protos.encode("envoy.config.bootstrap.v3.Bootstrap", json);
  const text = stringify(json, { lineWidth: 120, aliasDuplicateObjects: false });
  await expect(text).toMatchFileSnapshot("golden/out/bootstrap.yaml");
});
