/**
 * From the text of a schema to nodes. Each schema is compiled once, so that references may go round in
 * circles. What is wrong is said with the address of the schema and the keyword.
 */
import { buildArrays } from "./build/array";
import { buildLogic, buildReference, buildUnevaluated } from "./build/logic";
import { buildObjects } from "./build/object";
import { buildScalars } from "./build/scalar";
import { DynamicRefKeyword } from "./keywords/logic";
import { Node } from "./run";
import { Place, Registry, textOf } from "./registry";
import { Schemas, Source } from "./source";
import { fragmentOf } from "./uri";
import { Kind } from "./value/tape";

const MOST_NODES: i32 = 10000;

export class Compiler extends Schemas {
  problem: string = "";
  /** Some schema asks for what was not looked at. */
  marks: bool = false;
  /** Some reference depends on who refers. */
  dynamic: bool = false;
  private nodes: Map<usize, Node> = new Map<usize, Node>();

  constructor(private registry: Registry) {
    super();
    this.problem = registry.problem;
  }

  fail(place: Place, keyword: string, problem: string): void {
    if (this.problem.length) return;
    const where = this.registry.resources[place.resource];
    this.problem = (where.length ? where + ": " : "") + keyword + ": " + problem;
  }

  nodeAt(place: Place): Node {
    const tape = place.document.tape;
    const address = tape.start(place.at);
    if (this.nodes.has(address)) return this.nodes.get(address);
    const node = new Node(this.registry.resourceAt(place));
    this.nodes.set(address, node);
    const kind = tape.kind(place.at);
    if (kind == Kind.Boolean) node.never = !tape.isTrue(place.at);
    else if (kind != Kind.Object) this.fail(place, "schema", "expected an object, true or false");
    else if (this.nodes.size > MOST_NODES) this.fail(place, "schema", "more than 10000 schemas");
    else this.fill(node, new Place(place.document, place.at, node.resource));
    return node;
  }

  private fill(node: Node, place: Place): void {
    const source = new Source(this, place);
    buildReference(source, node);
    // Before 2019 a reference hides all that stands beside it.
    if (source.isSeven && source.has("$ref")) return;
    this.buildDynamicReference(source, node);
    buildScalars(source, node);
    buildArrays(source, node);
    buildObjects(source, node);
    buildLogic(source, node);
    if (buildUnevaluated(source, node)) this.marks = true;
  }

  referred(from: Place, reference: string, keyword: string): Node {
    const place = this.registry.find(from.resource, reference);
    if (place) return this.nodeAt(place);
    this.fail(from, keyword, '"' + reference + '" names no schema that was given');
    return new Node(from.resource);
  }

  /** Only a reference to a dynamic anchor is one itself. */
  private buildDynamicReference(source: Source, node: Node): void {
    const at = source.isSeven ? -1 : source.of("$dynamicRef", Kind.String, "a reference");
    if (at < 0) return;
    const reference = source.tape.text(at);
    const target = this.referred(source.place, reference, "$dynamicRef");
    const place = this.registry.find(source.place.resource, reference);
    const name = fragmentOf(reference);
    const anchors: (Node | null)[] = [];
    if (place && name !== null && this.isDynamic(place, name)) {
      this.dynamic = true;
      for (let i = 0; i < this.registry.resources.length; i++) {
        const anchor = this.registry.dynamicAnchor(i, name);
        anchors.push(anchor ? this.nodeAt(anchor) : null);
      }
    }
    node.keywords.push(new DynamicRefKeyword(target, anchors));
  }

  private isDynamic(place: Place, name: string): bool {
    const tape = place.document.tape;
    const anchor = textOf(tape, tape.member(place.at, "$dynamicAnchor"));
    return anchor !== null && anchor == name;
  }
}
