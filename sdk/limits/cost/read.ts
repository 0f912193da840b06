/** Costs as parameters describe them. Any class with these fields will do. */
import { JsonPath } from "../../std/json/path";
import { RequestExpression } from "../expression";
import { Problems } from "../problems";
import { Cost } from "./cost";
import {
  BodySource,
  ExpressionSource,
  HeaderSource,
  MetadataSource,
  Source,
  SourcedCost,
} from "./sources";

export class CostReader {
  constructor(private problems: Problems) {}

  read<T>(extraction: T | null, where: string): Cost {
    if (extraction === null || !extraction.enabled) return new Cost();
    const sources: Source[] = [];
    if (!extraction.sources.length) this.problems.note(where + ".sources: expected at least one");
    for (let i = 0; i < extraction.sources.length; i++) {
      const one = extraction.sources[i];
      const path = where + ".sources[" + i.toString() + "]";
      const source = this.source(one.type, one.key, one.jsonPath, one.expression, path);
      source.multiplier = one.multiplier;
      source.late = one.type.startsWith("response_");
      sources.push(source);
    }
    const cost = new SourcedCost(sources);
    cost.fallback = extraction.default_;
    return cost;
  }

  private source(
    type: string,
    key: string,
    jsonPath: string,
    expression: string,
    path: string,
  ): Source {
    if (type.endsWith("_body")) return this.body(jsonPath, path);
    if (type.endsWith("_cel")) return this.expression(expression, path);
    if (!key.length) this.problems.note(path + ".key: expected a name, for the type " + type);
    return type.endsWith("_header") ? new HeaderSource(key) : new MetadataSource(key);
  }

  private body(text: string, path: string): Source {
    const parsed = JsonPath.parse(text);
    if (!parsed.valid) this.problems.note(path + ".jsonPath: " + parsed.error);
    return new BodySource(parsed);
  }

  private expression(text: string, path: string): Source {
    const problem = RequestExpression.problem(text, true);
    const expression = RequestExpression.compile(text);
    if (problem === null && expression !== null) return new ExpressionSource(expression);
    this.problems.note(path + ".expression: " + (problem === null ? "is not valid" : problem));
    return new HeaderSource("");
  }
}
