/** What an allowed origin may do, as the headers that say so. */
import { Params } from "./params";

export class Grants {
  private methods: string[] = [];
  private names: Set<string> = new Set<string>();
  private anyMethod: bool = false;
  private anyName: bool = false;
  private methodList: string = "";
  private nameList: string = "";
  private exposed: string = "";
  private maxAge: string = "";
  private credentials: bool = false;

  read(params: Params): void {
    this.methods = params.allowedMethods;
    this.anyMethod = params.allowedMethods[0] == "*";
    this.methodList = params.allowedMethods.join(", ");
    this.anyName = params.allowedHeaders.length > 0 && params.allowedHeaders[0] == "*";
    this.nameList = params.allowedHeaders.join(", ");
    for (let i = 0; i < params.allowedHeaders.length; i++) {
      this.names.add(params.allowedHeaders[i].toLowerCase());
    }
    this.exposed = params.exposedHeaders.join(", ");
    this.maxAge = params.maxAge.toString();
    this.credentials = params.allowCredentials;
  }

  ofAnswer(origin: string): string[] {
    const headers = this.ofBoth(origin);
    if (this.exposed.length) {
      headers.push("access-control-expose-headers");
      headers.push(this.exposed);
    }
    return headers;
  }

  /** None unless all that is asked for is allowed. `*` is answered by what was asked: with credentials it means nothing. */
  ofPreflight(origin: string, method: string, names: string): string[] {
    if (!this.allowsMethod(method) || !this.allowsNames(names)) return [];
    const headers = this.ofBoth(origin);
    const methods = this.anyMethod && method.length ? method : this.methodList;
    const list = this.anyName && names.length ? names : this.nameList;
    headers.push("access-control-allow-methods");
    headers.push(methods);
    if (list.length) {
      headers.push("access-control-allow-headers");
      headers.push(list);
    }
    headers.push("access-control-max-age");
    headers.push(this.maxAge);
    if (origin != "*") {
      headers.push("vary");
      headers.push("Origin");
    }
    return headers;
  }

  private ofBoth(origin: string): string[] {
    const headers: string[] = ["access-control-allow-origin", origin];
    if (this.credentials) {
      headers.push("access-control-allow-credentials");
      headers.push("true");
    }
    return headers;
  }

  private allowsMethod(method: string): bool {
    return !method.length || this.anyMethod || this.methods.includes(method);
  }

  private allowsNames(names: string): bool {
    if (this.anyName) return true;
    const list = names.split(",");
    for (let i = 0; i < list.length; i++) {
      const name = list[i].trim().toLowerCase();
      if (name.length && !this.names.has(name)) return false;
    }
    return true;
  }
}
