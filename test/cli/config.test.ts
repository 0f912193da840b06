/** `ap gateway config print | check`, as it is typed. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { parse } from "yaml";
import { schema } from "../../controller/config/schema/index.ts";
import { ap } from "./ap.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-config-"));
const file = join(folder, "gateway.yaml");
const set: string[] = [];
const env = (name: string, value: string) => {
  process.env[name] = value;
  set.push(name);
};
afterEach(() => {
  for (const name of set.splice(0)) delete process.env[name];
});
afterAll(() => rmSync(folder, { recursive: true }));

const config = (verb: string, text: string) => {
  writeFileSync(file, text);
  return ap("gateway", "config", verb, "--config", file);
};

test("print shows every section with its values, and what it shows is a configuration", async () => {
  const { code, out } = await config("print", "server: {http_port: 8000}");
  expect(code).toBe(0);
  expect(out).toMatch(`# ${file}`);
  const printed = parse(out) as { router: { listener_port: number } };
  expect(printed.router.listener_port).toBe(8000);
  const shown = Object.keys(schema.properties!).filter((name) => schema.properties![name]!.default);
  expect(Object.keys(printed)).toEqual(expect.arrayContaining(shown));
  const again = await config("check", out.replace("http_port: 8000", ""));
  expect([again.code, again.out]).toEqual([0, `${file}: valid\n`]);
});

test("print shows no secret, wherever it came from", async () => {
  env("GATEWAY_SERVER__ADMIN_TOKEN", "hunter2-of-the-environment");
  env("SHOP_DB", "hunter2-of-a-token");
  const text = `controller: {storage: {connection: 'postgres://gw:{{ env "SHOP_DB" }}@db/gw'}}`;
  const { code, out, err } = await config("print", text);
  expect(code).toBe(0);
  expect(out + err).not.toContain("hunter2");
  expect(out).toContain("postgres://gw:***@db/gw");
});

test("check says what the environment breaks by the variable's name, and does not say a secret", async () => {
  env("GATEWAY_HTTP_PORT", "many");
  env("GATEWAY_ROUTER__LISENER_PORT", "1");
  env("GATEWAY_SERVER__ADMIN_TOKEN", "hunter2");
  const { code, out, err } = await config("check", "");
  expect([code, out]).toEqual([1, ""]);
  expect(err).toContain(
    'router.listener_port: expected a port from 0 to 65535, found "many" (from GATEWAY_HTTP_PORT)',
  );
  expect(err).toContain("GATEWAY_ROUTER__LISENER_PORT: expected GATEWAY_ and the path of a key");
  expect(err).not.toContain("hunter2");
});

test("check names the path of an unknown key, and of one that does nothing", async () => {
  const unknown = await config("check", "controller: {server: {api_prot: 1}}");
  expect(unknown.code).toBe(1);
  expect(unknown.err).toContain("controller.server.api_prot: is not a key; did you mean api_port?");
  const idle = await config("check", "controller: {event_hub: {poll_interval: 1s}}");
  expect([idle.code, idle.err]).toEqual([
    0,
    expect.stringContaining("controller.event_hub has no effect"),
  ]);
});

test("another verb, or a file that is not there, is refused", async () => {
  const verb = await config("show", "");
  expect([verb.code === 0, verb.err]).toEqual([
    false,
    expect.stringContaining("expected print or check"),
  ]);
  const absent = await ap("gateway", "config", "check", "--config", join(folder, "absent.yaml"));
  expect([absent.code === 0, absent.err]).toEqual([false, expect.stringContaining("absent.yaml")]);
});
