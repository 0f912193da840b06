/**
 * A connection to a syslog server, with TLS or without. With it the server shows a certificate of an authority that is
 * trusted, with the name or the address that it was asked by (RFC 5425, section 5): there is no way to do without.
 */
import { readFile } from "node:fs/promises";
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";

export interface SyslogServer {
  host: string;
  port: number;
  timeoutMs: number;
  tls?: SyslogTls;
}

/** Files in PEM, read at each connection, so that renewed ones are used. */
export interface SyslogTls {
  /** Whom the server's certificate is from; the authorities that Node trusts unless given. */
  caPath?: string;
  /** What this side shows, where the server asks for it. */
  certPath?: string;
  keyPath?: string;
}

/** Settles when the connection stands; `closed` is told when it ends. */
export async function connectSyslog(
  server: SyslogServer,
  secure: boolean,
  closed: () => void,
): Promise<Socket> {
  const { host, port, timeoutMs: timeout } = server;
  const socket = secure
    ? connectTls({ host, port, timeout, ...(await tlsOf(server)) })
    : connectPlain({ host, port, timeout });
  return new Promise((resolve, reject) => {
    socket.once(secure ? "secureConnect" : "connect", () => resolve(socket.setTimeout(0)));
    socket.once("timeout", () => socket.destroy(new Error("no connection in time")));
    socket.on("error", reject);
    socket.once("close", () => {
      closed();
      reject(new Error("it closed the connection"));
    });
    socket.resume();
  });
}

async function tlsOf({ host, tls = {} }: SyslogServer): Promise<ConnectionOptions> {
  const { caPath, certPath, keyPath } = tls;
  return {
    minVersion: "TLSv1.2",
    ...(!isIP(host) && { servername: host }),
    ...(caPath && { ca: await readFile(caPath) }),
    ...(certPath && { cert: await readFile(certPath) }),
    ...(keyPath && { key: await readFile(keyPath) }),
  };
}
