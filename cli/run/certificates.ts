/** Certificates in files: when one changes, its port shows the new one, and no connection is lost. */
import { unwatchFile, watchFile } from "node:fs";
import type { Config } from "../../controller/config/schema/index.ts";
import { reason } from "../../controller/errors.ts";
import type { Log } from "../../controller/log.ts";

export interface Following {
  files: readonly string[];
  /** Reads them; false when nothing differs. Certificate and key are written one after the other: it throws in between. */
  renew(): boolean;
  log: Log;
  intervalMs?: number;
}

/** Until the returned function is called. */
export function followCertificates({ files, renew, log, intervalMs = 2_000 }: Following) {
  const look = () => {
    try {
      if (renew()) log("other certificates are shown from now on", "info");
    } catch (error) {
      log(`the certificates stay as they are: ${reason(error)}`);
    }
  };
  for (const file of files) watchFile(file, { persistent: false, interval: intervalMs }, look);
  // What was written before the first look at a file is no change to whoever watches it.
  const once = setTimeout(look, intervalMs).unref();
  return () => {
    clearTimeout(once);
    files.forEach((file) => unwatchFile(file, look));
  };
}

export const certificateFiles = ({ controller, router }: Config): string[] =>
  [router.downstream_tls, controller.server.xds_tls]
    .flatMap(({ cert_path, key_path, client_ca_path }) => [cert_path, key_path, client_ca_path])
    .filter((file) => file !== "");
