/** What expressions can name, looked up when they ask. */
import { Identity, Place, Request } from "sluice/sdk";
import { Activation } from "sluice/sdk/std/cel/activation";
import { Declarations, list, map } from "sluice/sdk/std/cel/types";
import { EntriesValue, ItemsValue, Kind, MapValue, Value } from "sluice/sdk/std/cel/value";
import { Query } from "sluice/sdk/std/net/query";
import { PathTemplate } from "./path-template";

export function declarations(): Declarations {
  return new Declarations()
    .variable("path", map(Kind.String))
    .variable("request.Method", Kind.String)
    .variable("request.Path", Kind.String)
    .variable("request.Host", Kind.String)
    .variable("request.Scheme", Kind.String)
    .variable("request.Headers", map(list(Kind.String)))
    .variable("request.Query", map(list(Kind.String)))
    .variable("request.Metadata", map(Kind.String))
    .variable("auth.Authenticated", Kind.Bool)
    .variable("auth.AuthType", Kind.String)
    .variable("auth.Subject", Kind.String)
    .variable("auth.Issuer", Kind.String)
    .variable("auth.Audience", list(Kind.String))
    .variable("auth.Scopes", list(Kind.String))
    .variable("auth.CredentialID", Kind.String)
    .variable("auth.Consumer", Kind.String)
    .variable("auth.Groups", list(Kind.String))
    .variable("auth.Properties", map(Kind.String))
    .variable("source.Address", Kind.String)
    .variable("api.Name", Kind.String)
    .variable("api.Version", Kind.String);
}

export class Facts extends Activation {
  constructor(
    private request: Request,
    private template: PathTemplate,
    private place: Place,
  ) {
    super();
  }

  find(name: string): Value | null {
    if (name == "path") return texts(this.template.match(this.request.pathname));
    return new Record(name, this.request, this.place);
  }
}

class Record extends MapValue {
  constructor(
    private name: string,
    private request: Request,
    private place: Place,
  ) {
    super();
  }

  size(): i32 {
    return 0;
  }

  keyAt(index: i32): Value {
    return Value.null();
  }

  field(name: string): Value | null {
    if (this.name == "auth") return ofCaller(this.request.context.identity, name);
    if (this.name == "request") return ofRequest(this.request, name);
    if (this.name == "api") {
      return Value.string(name == "Name" ? this.place.apiName : this.place.apiVersion);
    }
    const address = this.request.attribute("source.address");
    return address === null ? null : Value.string(withoutPort(address));
  }
}

function ofRequest(request: Request, name: string): Value | null {
  if (name == "Method") return Value.string(request.method);
  if (name == "Path") return Value.string(request.path);
  if (name == "Host") return Value.string(request.host);
  if (name == "Scheme") return Value.string(request.scheme);
  if (name == "Headers") return new HeadersFact(request);
  if (name == "Query") return queryFact(request.query);
  return texts(request.context.metadata);
}

/** Without a caller all of it is missing, so that nothing equals it by mistake. */
function ofCaller(caller: Identity | null, name: string): Value | null {
  if (name == "Authenticated") return Value.bool(caller !== null);
  if (caller === null) return null;
  if (name == "AuthType") return Value.string(caller.kind);
  if (name == "Subject") return known(caller.subject);
  if (name == "Issuer") return known(caller.issuer);
  if (name == "CredentialID") return known(caller.credentialId);
  if (name == "Consumer") return known(caller.consumer);
  if (name == "Audience") return items(caller.audience);
  if (name == "Scopes") return items(caller.scopes);
  if (name == "Groups") return items(caller.groups);
  return texts(caller.properties);
}

function known(text: string): Value | null {
  return text.length ? Value.string(text) : null;
}

function items(list: string[]): Value {
  const values: Value[] = [];
  for (let i = 0; i < list.length; i++) values.push(Value.string(list[i]));
  return new ItemsValue(values);
}

function texts(map: Map<string, string>): Value {
  const values = new EntriesValue();
  const keys = map.keys();
  for (let i = 0; i < keys.length; i++) {
    values.set(Value.string(keys[i]), Value.string(map.get(keys[i])));
  }
  return values;
}

function queryFact(text: string): Value {
  const query = Query.parse(text);
  const values = new EntriesValue();
  for (let i = 0; i < query.length; i++) {
    const name = query.nameAt(i);
    if (name !== null && values.field(name) === null) {
      values.set(Value.string(name), items(query.all(name)));
    }
  }
  return values;
}

/** Names in lower case. */
class HeadersFact extends MapValue {
  constructor(private request: Request) {
    super();
  }

  size(): i32 {
    return this.request.headers.names().length;
  }

  keyAt(index: i32): Value {
    return Value.string(this.request.headers.names()[index]);
  }

  field(name: string): Value | null {
    const values = this.request.headers.all(name);
    return values.length ? items(values) : null;
  }
}

function withoutPort(address: string): string {
  const colon = address.lastIndexOf(":");
  return colon < 0 ? address : address.substring(0, colon);
}
