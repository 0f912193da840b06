/**
 * The certificate that a port shows, with its key and whose certificates it asks of clients. It can be replaced while the
 * port is in use: connections that there are stay, new ones see the new one.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { reason, UserError } from "../errors.ts";

/** PEM texts. */
export interface TlsMaterial {
  certificate: string;
  key: string;
  clientAuthority?: string;
}

export class TlsIdentity<T extends TlsMaterial = TlsMaterial> {
  private readonly listeners: ((material: T) => void)[] = [];

  /** `name` is how its owner calls it in messages. */
  constructor(
    private readonly name: string,
    private material: T,
  ) {
    check(name, material);
  }

  get current(): T {
    return this.material;
  }

  onRenewal(listener: (material: T) => void): void {
    this.listeners.push(listener);
  }

  /** Throws, changing nothing, if it is no good. False when it is what there is. */
  renew(material: T): boolean {
    const { certificate, key, clientAuthority } = this.material;
    if (
      certificate === material.certificate &&
      key === material.key &&
      clientAuthority === material.clientAuthority
    )
      return false;
    check(this.name, material);
    if ((clientAuthority === undefined) !== (material.clientAuthority === undefined))
      throw new UserError(
        `${this.name}: whether clients need a certificate changes with a restart`,
      );
    this.material = material;
    for (const listener of this.listeners) listener(material);
    return true;
  }
}

function check(name: string, { certificate, key, clientAuthority }: TlsMaterial): void {
  const read = <R>(what: string, parse: () => R): R => {
    try {
      return parse();
    } catch (error) {
      throw new UserError(`${name}: expected ${what} in PEM: ${reason(error)}`);
    }
  };
  const leaf = read("a certificate", () => new X509Certificate(certificate));
  const own = read("a private key", () => createPrivateKey(key));
  if (!leaf.checkPrivateKey(own))
    throw new UserError(`${name}: the key is not that of the certificate ${leaf.subject}`);
  if (clientAuthority !== undefined)
    read("the clients' authority", () => new X509Certificate(clientAuthority));
}
