/** What only two keys together can get wrong. */
import { isBcrypt, maxPasswordBytes } from "../people/password.ts";
import type { Fail, FieldError } from "../errors.ts";
import { checkAccess, checkCertificate } from "./access/check.ts";
import { cipherSuites } from "./cipher-suites.ts";
import { checkObserve } from "./observe/check.ts";
import type { Config } from "./schema/index.ts";
import { checkAuthentication, checkRoutes } from "./short-form/check.ts";
import { checkNetworks } from "./networks.ts";

export function checkTogether(config: Config): FieldError[] {
  const errors: FieldError[] = [];
  const fail = (field: string, message: string) => void errors.push({ field, message });
  checkPorts(config, fail);
  checkToken(config, fail);
  checkTls(config, fail);
  checkUsers(config, fail);
  checkOwnPolicies(config, fail);
  checkRoutes(config, fail);
  checkAuthentication(config, fail);
  checkNetworks(config, fail);
  checkAccess(config, fail);
  checkObserve(config, fail);
  return errors;
}

const minTokenLength = 16;

function checkToken({ server }: Config, fail: Fail): void {
  if (server.admin_token && server.admin_token.length < minTokenLength)
    fail("server.admin_token", `expected at least ${minTokenLength} characters`);
  if (!/^[\x21-\x7e]*$/.test(server.admin_token))
    fail("server.admin_token", "expected visible ASCII characters without spaces");
}

function checkPorts({ controller, router, policy_engine: engine }: Config, fail: Fail): void {
  const { server, admin_server: admin, metrics } = controller;
  const wanted: [string, number, boolean][] = [
    ["controller.server.api_port", server.api_port, true],
    ["controller.server.xds_port", server.xds_port, true],
    ["controller.admin_server.port", admin.port, admin.enabled],
    ["controller.metrics.port", metrics.port, metrics.enabled],
    ["policy_engine.metrics.port", engine.metrics.port, metrics.enabled],
    ["policy_engine.admin.port", engine.admin.port, engine.admin.enabled],
    ["router.listener_port", router.listener_port, router.http_enabled],
    ["router.https_port", router.https_port, router.https_enabled],
    ["router.envoy_admin_port", router.envoy_admin_port, true],
  ];
  const taken = new Map<number, string>();
  for (const [field, port, used] of wanted) {
    if (!used || port === 0) continue;
    const other = taken.get(port);
    if (other) fail(field, `expected a port of its own, found ${port}, which is ${other}`);
    taken.set(port, field);
  }
}

function checkTls({ router }: Config, fail: Fail): void {
  const { downstream_tls: tls } = router;
  checkCertificate("router.downstream_tls", tls, fail);
  tls.cipher_suites.forEach((suite, i) => {
    if (!Object.hasOwn(cipherSuites, suite))
      fail(
        `router.downstream_tls.cipher_suites[${i}]`,
        `expected one of ${Object.keys(cipherSuites).join(", ")}, found "${suite}"`,
      );
  });
  if (tls.minimum_protocol_version > tls.maximum_protocol_version)
    fail(
      "router.downstream_tls.minimum_protocol_version",
      "expected at most maximum_protocol_version",
    );
}

/** Documents go without one by its name. */
function checkOwnPolicies({ router }: Config, fail: Fail): void {
  router.policies.forEach(({ name, mandatory }, i) => {
    const first = router.policies.findIndex((policy) => policy.name === name);
    if (router.policies[first]!.mandatory !== mandatory)
      fail(
        `router.policies[${i}].mandatory`,
        `expected the same as router.policies[${first}].mandatory, which is of the same policy, found ${mandatory}`,
      );
  });
}

function checkUsers({ controller }: Config, fail: Fail): void {
  const { basic, idp } = controller.auth;
  const seen = new Set<string>();
  basic.users.forEach((user, i) => {
    const field = `controller.auth.basic.users[${i}]`;
    if (Boolean(user.password) === Boolean(user.password_hash))
      fail(field, "expected exactly one of password and password_hash");
    if (user.username.includes(":")) fail(`${field}.username`, "expected a name without a colon");
    if (seen.has(user.username)) fail(`${field}.username`, `is there twice: ${user.username}`);
    seen.add(user.username);
    const hash = user.password_hash || (user.password_hashed ? user.password : "");
    if (!hash && !isBcrypt(user.password) && Buffer.byteLength(user.password) > maxPasswordBytes)
      fail(`${field}.password`, `expected at most ${maxPasswordBytes} bytes`);
    if (hash && !isBcrypt(hash)) fail(field, "expected a bcrypt hash such as $2b$12$…");
  });
  if (!idp.enabled) return;
  if (!idp.issuer) fail("controller.auth.idp.issuer", "is required when idp is enabled");
  if (!/^https:\/\/|^http:\/\/(localhost|127\.|\[::1\])/.test(idp.jwks_url))
    fail("controller.auth.idp.jwks_url", "expected an https URL, or http on this machine");
  for (const role of Object.keys(idp.role_mapping))
    if (!["admin", "developer", "consumer"].includes(role))
      fail(`controller.auth.idp.role_mapping.${role}`, "expected admin, developer or consumer");
  const all = Object.values(idp.role_mapping).filter((values) => values.includes("*"));
  if (all.length > 1) fail("controller.auth.idp.role_mapping", "expected * once");
}
