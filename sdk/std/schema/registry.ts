/**
 * The documents that schemas stand in, and what their identifiers name. Only what was given is known:
 * nothing is ever fetched.
 */
import { Draft, listKeywords, mapKeywords, schemaKeywords } from "./draft";
import { Kind, Tape } from "./value/tape";
import { fragmentOf, pointerParts, resolve, withoutFragment } from "./uri";

export class Document {
  constructor(
    readonly tape: Tape,
    readonly draft: Draft,
  ) {}
}

/** A schema: where it stands, and the resource by whose address its references are read. */
export class Place {
  constructor(
    readonly document: Document,
    readonly at: i32,
    readonly resource: i32,
  ) {}
}

export class Registry {
  problem: string = "";
  /** Addresses of resources, each without a fragment. */
  readonly resources: string[] = [];
  private roots: Map<string, Place> = new Map<string, Place>();
  private anchors: Map<string, Place> = new Map<string, Place>();
  private dynamic: Map<string, Place> = new Map<string, Place>();

  /** Reads the identifiers of a document; null, with a problem, if it cannot be a schema. */
  add(tape: Tape, draft: Draft, uri: string): Place {
    const document = new Document(tape, draft);
    const place = this.resource(document, 0, withoutFragment(uri));
    this.walk(place);
    return place;
  }

  private resource(document: Document, at: i32, uri: string): Place {
    const place = new Place(document, at, this.resources.length);
    this.resources.push(uri);
    if (this.roots.has(uri) && uri.length && !this.problem.length) {
      this.problem = '$id: "' + uri + '" names two schemas';
    }
    this.roots.set(uri, place);
    return place;
  }

  private walk(from: Place): void {
    const place = this.identified(from);
    const document = place.document;
    const tape = document.tape;
    if (tape.kind(place.at) != Kind.Object) return;
    const end = tape.next(place.at);
    for (let key = place.at + 1; key < end; key = tape.next(key + 1)) {
      const name = tape.text(key);
      const value = key + 1;
      const kind = tape.kind(value);
      if (schemaKeywords(name) && kind == Kind.Object) {
        this.walk(new Place(document, value, place.resource));
      } else if (listKeywords(name) && kind == Kind.Array) {
        this.walkParts(place, value, 0);
      } else if (mapKeywords(name) && kind == Kind.Object) {
        this.walkParts(place, value, 1);
      }
    }
  }

  private walkParts(place: Place, at: i32, step: i32): void {
    const tape = place.document.tape;
    const end = tape.next(at);
    for (let part = at + 1 + step; part < end; part = tape.next(part) + step) {
      this.walk(new Place(place.document, part, place.resource));
    }
  }

  /** Notes the identifiers of a schema; the same place, in a resource of its own if it begins one. */
  private identified(from: Place): Place {
    const document = from.document;
    const tape = document.tape;
    let place = from;
    const id = this.idOf(document, from.at);
    if (id !== null) {
      const uri = resolve(this.resources[from.resource], id);
      const plain = withoutFragment(uri);
      if (plain != this.resources[from.resource]) place = this.resource(document, from.at, plain);
      const fragment = fragmentOf(uri);
      if (fragment !== null && fragment.length) this.anchors.set(plain + "#" + fragment, place);
    }
    if (document.draft == Draft.Seven) return place;
    const base = this.resources[place.resource] + "#";
    const anchor = textOf(tape, tape.member(place.at, "$anchor"));
    if (anchor !== null) this.anchors.set(base + anchor, place);
    const dynamic = textOf(tape, tape.member(place.at, "$dynamicAnchor"));
    if (dynamic !== null) {
      this.anchors.set(base + dynamic, place);
      this.dynamic.set(base + dynamic, place);
    }
    return place;
  }

  /** Before 2019 a reference hides all that stands beside it. */
  private idOf(document: Document, at: i32): string | null {
    const tape = document.tape;
    if (document.draft == Draft.Seven && tape.member(at, "$ref") >= 0) return null;
    return textOf(tape, tape.member(at, "$id"));
  }

  /** The resource that a schema within `place` stands in, after its own `$id`. */
  resourceAt(place: Place): i32 {
    const id = this.idOf(place.document, place.at);
    if (id === null) return place.resource;
    const uri = withoutFragment(resolve(this.resources[place.resource], id));
    return this.roots.has(uri) ? this.roots.get(uri).resource : place.resource;
  }

  /** What a reference within a resource names; null if that is not here. */
  find(resource: i32, reference: string): Place | null {
    const uri = resolve(this.resources[resource], reference);
    const plain = withoutFragment(uri);
    const fragment = fragmentOf(uri);
    if (fragment === null) return null;
    if (fragment.length && !fragment.startsWith("/")) {
      const anchor = plain + "#" + fragment;
      return this.anchors.has(anchor) ? this.anchors.get(anchor) : null;
    }
    if (!this.roots.has(plain)) return null;
    const root = this.roots.get(plain);
    return fragment.length ? this.follow(root, fragment) : root;
  }

  /** The dynamic anchor of this name in a resource. */
  dynamicAnchor(resource: i32, name: string): Place | null {
    const anchor = this.resources[resource] + "#" + name;
    return this.dynamic.has(anchor) ? this.dynamic.get(anchor) : null;
  }

  private follow(root: Place, pointer: string): Place | null {
    const tape = root.document.tape;
    const parts = pointerParts(pointer);
    let place = root;
    for (let i = 0; i < parts.length; i++) {
      const at =
        tape.kind(place.at) == Kind.Array
          ? itemOf(tape, place.at, parts[i])
          : tape.member(place.at, parts[i]);
      if (at < 0) return null;
      place = new Place(root.document, at, place.resource);
      place = new Place(root.document, at, this.resourceAt(place));
    }
    return place;
  }
}

export function textOf(tape: Tape, at: i32): string | null {
  return at >= 0 && tape.kind(at) == Kind.String ? tape.text(at) : null;
}

function itemOf(tape: Tape, at: i32, index: string): i32 {
  const end = tape.next(at);
  let i = 0;
  for (let item = at + 1; item < end; item = tape.next(item)) {
    if (i.toString() == index) return item;
    i++;
  }
  return -1;
}
