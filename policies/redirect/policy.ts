import { Place, Policy, Reply, Request, Verdict } from "sluice/sdk";
import { joinPath } from "sluice/sdk/std/net/path";
import { Params } from "./params";

/** Sends the client to another URL. */
export class Redirect extends Policy<Params> {
  /** What `path.mode: prefix` replaces. */
  private prefix: string = "";

  configure(): string | null {
    const status = this.params.statusCode;
    if (status > 303 && status < 307) {
      return "statusCode: expected 301, 302, 303, 307 or 308, found " + status.toString();
    }
    this.prefix = Place.find().prefix;
    return null;
  }

  onRequestHeaders(request: Request): Verdict {
    const query = request.query;
    const url =
      this.origin(request) + this.path(request.pathname) + (query.length ? "?" + query : "");
    return request.respond(new Reply(this.params.statusCode).header("location", url));
  }

  /** Scheme, host and port. */
  private origin(request: Request): string {
    const to = this.params;
    const from = request.scheme;
    const scheme = to.scheme === null ? from : to.scheme!;
    const host = request.host;
    const colon = host.lastIndexOf(":");
    const end = colon > host.lastIndexOf("]") ? colon : host.length;
    const name = to.hostname === null ? host.substring(0, end) : to.hostname!;
    const kept = scheme == from && end < host.length ? host.substring(end + 1) : "";
    const port = to.port ? to.port.toString() : kept;
    const usual = scheme == "https" ? "443" : "80";
    return scheme + "://" + name + (port.length && port != usual ? ":" + port : "");
  }

  private path(path: string): string {
    const to = this.params.path;
    if (to === null) return path;
    return to.mode == "full" ? to.value : joinPath(to.value, this.behindPrefix(path));
  }

  private behindPrefix(path: string): string {
    return path.startsWith(this.prefix) ? path.substring(this.prefix.length) : path;
  }
}
