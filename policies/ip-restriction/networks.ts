/** A list of networks, read once and asked for each request. */
import { Cidr } from "sluice/sdk/std/net/cidr";
import { IpAddress } from "sluice/sdk/std/net/ip";

export class Networks {
  private list: Cidr[] = [];

  /** Null, or which of `texts` is no address and no network. */
  read(name: string, texts: string[]): string | null {
    for (let i = 0; i < texts.length; i++) {
      const network = Cidr.parse(texts[i]);
      if (network === null) {
        const where = name + "[" + i.toString() + "]";
        return (
          where + ': expected an address or a network such as 10.0.0.0/8, found "' + texts[i] + '"'
        );
      }
      this.list.push(network);
    }
    return null;
  }

  get isEmpty(): bool {
    return this.list.length == 0;
  }

  contain(address: IpAddress): bool {
    for (let i = 0; i < this.list.length; i++) if (this.list[i].contains(address)) return true;
    return false;
  }
}
