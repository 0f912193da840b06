/** What only shows when the places that events go to are looked at. */
import { isIP } from "node:net";
import type { Fail } from "../../errors.ts";
import { checkCertificate } from "../access/check.ts";
import type { Config } from "../schema/index.ts";
import { addressOf, syslogPort, type OutputSection } from "./options.ts";

export function checkObserve(config: Config, fail: Fail): void {
  for (const at of ["traffic_logging", "security_events"] as const)
    if (config[at].enabled) checkOutputs(at, config[at], fail);
  const { statsd } = config.router;
  if (statsd.enabled) {
    checkAddress("router.statsd.address", statsd.address, 8125, fail);
    // Envoy's sink looks up no names.
    if (!isIP(addressOf(statsd.address, 8125).host))
      fail("router.statsd.address", `expected an IP address, found ${statsd.address}`);
  }
  if (config.tracing.enabled) checkAddress("tracing.endpoint", config.tracing.endpoint, 4317, fail);
}

function checkOutputs(at: string, section: OutputSection, fail: Fail): void {
  const { outputs, file, http, syslog } = section;
  if (outputs.includes("file") && !file.path)
    fail(`${at}.file.path`, "is required for the output file");
  if (outputs.includes("http") && !isHttp(http.url))
    fail(`${at}.http.url`, `expected an http or https URL, found "${http.url}"`);
  for (const name of Object.keys(http.headers))
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
      fail(`${at}.http.headers`, `expected names of headers, found "${name}"`);
  if (outputs.includes("syslog")) checkSyslog(`${at}.syslog`, syslog, fail);
}

function checkSyslog(at: string, syslog: OutputSection["syslog"], fail: Fail): void {
  checkAddress(`${at}.address`, syslog.address, syslogPort(syslog.protocol), fail);
  const { ca_path, cert_path, key_path } = syslog;
  checkCertificate(at, { ca_path, cert_path, key_path }, fail);
  if (syslog.protocol !== "tls" && (ca_path || cert_path))
    fail(`${at}.protocol`, `expected tls beside certificates, found ${syslog.protocol}`);
}

const isHttp = (url: string): boolean =>
  URL.canParse(url) && ["http:", "https:"].includes(new URL(url).protocol);

function checkAddress(field: string, text: string, standard: number, fail: Fail): void {
  const { host, port } = addressOf(text, standard);
  const isHost = isIP(host) || /^[\w.-]+$/.test(host);
  if (!isHost || port < 1 || port > 65_535) fail(field, `expected host:port, found "${text}"`);
}
