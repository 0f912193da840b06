/** Compiles the keywords of `keywords/object.ts`. */
import {
  DependentKeyword,
  MembersKeyword,
  NamesKeyword,
  PatternMembers,
  RequiredKeyword,
} from "../keywords/object";
import { Node } from "../run";
import { Source } from "../source";
import { NameTable } from "../value/names";
import { Kind } from "../value/tape";
import { buildCount } from "./array";
import { compilePattern } from "./pattern";

export function buildObjects(source: Source, node: Node): void {
  buildCount(source, node, "Properties", Kind.Object, " properties");
  const required = source.at("required");
  if (required >= 0) {
    node.keywords.push(new RequiredKeyword(null, source.names(required, "required")));
  }
  buildMembers(source, node);
  const names = source.child("propertyNames");
  if (names) node.keywords.push(new NamesKeyword(names));
  if (source.isSeven) {
    buildDependent(source, node, "dependencies");
  } else {
    buildDependent(source, node, "dependentRequired");
    buildDependent(source, node, "dependentSchemas");
  }
}

function buildMembers(source: Source, node: Node): void {
  const keys = source.keys("properties");
  const nodes: Node[] = [];
  for (let i = 0; i < keys.length; i++) nodes.push(source.node(keys[i] + 1));
  const patternKeys = source.keys("patternProperties");
  const patterns: PatternMembers[] = [];
  for (let i = 0; i < patternKeys.length; i++) {
    const pattern = source.tape.text(patternKeys[i]);
    const regex = compilePattern(source, "patternProperties", pattern);
    const inner = source.node(patternKeys[i] + 1);
    if (regex) patterns.push(new PatternMembers(regex, inner));
  }
  const others = source.child("additionalProperties");
  if (!keys.length && !patterns.length && !others) return;
  const table = new NameTable(source.tape, keys);
  node.keywords.push(new MembersKeyword(table, nodes, patterns, others));
}

function buildDependent(source: Source, node: Node, keyword: string): void {
  const tape = source.tape;
  const keys = source.keys(keyword);
  for (let i = 0; i < keys.length; i++) {
    const when = new NameTable(tape, [keys[i]]);
    const value = keys[i] + 1;
    const isList = tape.kind(value) == Kind.Array && keyword != "dependentSchemas";
    if (isList || keyword == "dependentRequired") {
      node.keywords.push(new RequiredKeyword(when, source.names(value, keyword)));
    } else {
      node.keywords.push(new DependentKeyword(when, source.node(value)));
    }
  }
}
