/** Keys as parameters describe them. Each policy has its own class of parameters: any with these fields will do. */
import { Place } from "../../place";
import { Regex } from "../../std/regex/regex";
import { RequestExpression } from "../expression";
import { Problems } from "../problems";
import { ExpressionPart } from "./expression-part";
import { Key, KeyPart } from "./key";
import { MatchPart } from "./match-part";
import {
  AddressPart,
  ConstantPart,
  HeaderPart,
  IdentityPart,
  MetadataPart,
  RoutePart,
} from "./parts";

/** Where keys are read: what is the same for all of them. */
export class KeyReader {
  constructor(
    private place: Place,
    /** Whether the client is believed when it says its address. */
    private forwarded: bool,
    private problems: Problems,
  ) {}

  /** The key of these extractions; where there are none the route's, or of all routes one. */
  read<T>(extractions: T[], where: string, gatewayWide: bool = false): Key {
    const parts: KeyPart[] = [];
    for (let i = 0; i < extractions.length; i++) {
      const path = where + "[" + i.toString() + "]";
      const one = extractions[i];
      const part = this.part(one.type, one.key, one.expression, path);
      const match = one.match;
      parts.push(match === null ? part : this.matching(part, match.value, path));
    }
    if (!parts.length) parts.push(gatewayWide ? new ConstantPart("") : this.route());
    return new Key(parts);
  }

  /** True if the API itself is part of the key, so that all of its routes count together. */
  static isApiWide<T>(extractions: T[]): bool {
    for (let i = 0; i < extractions.length; i++) if (extractions[i].type == "apiname") return true;
    return false;
  }

  private part(type: string, key: string, expression: string, path: string): KeyPart {
    if (type == "ip") return new AddressPart(this.forwarded);
    if (type == "apiname") return new ConstantPart(this.place.apiName);
    if (type == "apiversion") return new ConstantPart(this.place.apiVersion);
    if (type == "routename") return this.route();
    if (type == "consumer") return new IdentityPart("consumer");
    if (type == "cel") return this.expression(expression, path);
    if (!key.length) this.problems.note(path + ".key: expected a name, for the type " + type);
    if (type == "header") return new HeaderPart(key);
    if (type == "metadata") return new MetadataPart(key);
    if (type == "constant") return new ConstantPart(key);
    return new IdentityPart(key);
  }

  private route(): KeyPart {
    const name = this.place.routeName;
    return name.length ? new ConstantPart(name) : new RoutePart();
  }

  private expression(text: string, path: string): KeyPart {
    const problem = RequestExpression.problem(text, false);
    const expression = RequestExpression.compile(text);
    if (problem === null && expression !== null) return new ExpressionPart(expression);
    this.problems.note(path + ".expression: " + (problem === null ? "is not valid" : problem));
    return new ConstantPart("");
  }

  private matching(part: KeyPart, pattern: string, path: string): KeyPart {
    const regex = Regex.compile(pattern, "");
    if (regex !== null) return new MatchPart(part, regex);
    const why = Regex.problem(pattern, "");
    this.problems.note(path + ".match.value: " + (why === null ? "is not valid" : why));
    return part;
  }
}
