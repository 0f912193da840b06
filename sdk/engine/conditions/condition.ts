/**
 * `executionCondition`: a CEL expression that is compiled with its chain and evaluated again in every
 * phase of its policy. What it can see is the contract's: `processing.phase`, `request.*`, `response.*`.
 * An error or a value that is not a boolean ends the request with 500: a policy is never skipped by
 * mistake.
 */
import { BufferType } from "../../abi";
import { Context } from "../../context";
import { bufferBytes, bufferSize } from "../../hostcalls/body";
import { textProperty } from "../../hostcalls/property";
import { decode } from "../../hostcalls/text";
import { requestMap } from "../../request";
import { responseMap } from "../../response";
import { Activation } from "../../std/cel/activation";
import { Expression } from "../../std/cel/expression";
import { Declarations, list, map } from "../../std/cel/types";
import { EntriesValue, Kind, MapValue, Value, kindName } from "../../std/cel/value";
import { Cursor } from "../../params/cursor";
import { Chain } from "../chain";
import { complain } from "../abort";
import { stream } from "../live";
import { enterStream, leaveRegion } from "../runtime/index";
import { Fact, Phase, Stream } from "../stream";
import { HeadersValue, firstOf, textsOf } from "./headers-value";
import { Condition, setConditions } from "./hook";

export function enableConditions(): void {
  setConditions(compile, record);
}

/** What expressions about a request can name. */
export function declarations(): Declarations {
  const headers = map(list(Kind.String));
  const metadata = map(Kind.String);
  return new Declarations()
    .variable("processing.phase", Kind.String)
    .variable("request.Headers", headers)
    .variable("request.Path", Kind.String)
    .variable("request.Method", Kind.String)
    .variable("request.RequestID", Kind.String)
    .variable("request.Metadata", metadata)
    .variable("request.Body.Content", Kind.String)
    .variable("request.Body.EndOfStream", Kind.Bool)
    .variable("request.Body.Present", Kind.Bool)
    .variable("response.RequestHeaders", headers)
    .variable("response.RequestPath", Kind.String)
    .variable("response.RequestMethod", Kind.String)
    .variable("response.RequestID", Kind.String)
    .variable("response.ResponseHeaders", headers)
    .variable("response.ResponseStatus", Kind.Int)
    .variable("response.ResponseBody.Content", Kind.String)
    .variable("response.ResponseBody.Present", Kind.Bool)
    .variable("response.Metadata", metadata);
}

function compile(text: string, cursor: Cursor): Condition | null {
  const known = declarations();
  const expression = Expression.compile(text, known);
  if (expression === null) {
    const why = Expression.problem(text, known);
    cursor.note("executionCondition: " + (why === null ? "is not valid" : why));
    return null;
  }
  if (expression.type != Kind.Bool && expression.type != Kind.Dyn) {
    cursor.note(
      "executionCondition: expected a value that is true or false, found " +
        kindName(expression.type),
    );
    return null;
  }
  return new CelCondition(expression, text.includes("equest"));
}

class CelCondition extends Condition {
  constructor(
    private expression: Expression,
    private backward: bool,
  ) {
    super();
  }

  /** An error is a fault: neither running the policy nor skipping it would be right. */
  holds(): bool {
    const value = this.expression.evaluate(new RequestActivation());
    if (value.kind == Kind.Bool) return value.isTrue;
    const why = value.isError ? value.text : "is " + kindName(value.kind) + ", not true or false";
    complain("executionCondition: " + why);
    return false;
  }

  looksBack(): bool {
    return this.backward;
  }
}

/** The request's headers, kept with the stream for conditions of the response. */
class Record {
  texts: string[] = [];
}

function record(one: Stream): void {
  if (changetype<Chain>(one.chain).looksBack) remember(one);
}

/** Keeps the request's headers for expressions that are evaluated in the phases of the response. */
export function remember(one: Stream): void {
  if (one.record) return;
  requestMap.size();
  enterStream();
  const kept = new Record();
  kept.texts = textsOf(requestMap);
  leaveRegion();
  one.record = changetype<usize>(kept);
}

/** `request`, `response` and their bodies: fields are looked up when an expression asks for them. */
class RecordValue extends MapValue {
  constructor(
    private path: string,
    private activation: RequestActivation,
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
    const path = this.path + "." + name;
    if (name.endsWith("Body")) return new RecordValue(path, this.activation);
    return this.activation.look(path);
  }
}

/** The running callback's request, and its response once that is here. */
export class RequestActivation extends Activation {
  private texts: string[] | null = null;

  find(name: string): Value | null {
    return new RecordValue(name, this);
  }

  look(name: string): Value | null {
    const phase = stream().phase;
    const late = phase >= Phase.ResponseHeaders;
    if (name == "processing.phase") return Value.string(phaseName(phase));
    if (name.endsWith("equest.Headers") || name == "response.RequestHeaders")
      return this.requestHeaders(late);
    if (name.endsWith("equest.Path") || name == "response.RequestPath")
      return this.pseudo(":path", late);
    if (name.endsWith("equest.Method") || name == "response.RequestMethod")
      return this.pseudo(":method", late);
    if (name.endsWith("RequestID")) return textValue(textProperty("request.id"));
    if (name.endsWith("Metadata")) return metadata();
    if (name == "request.Body.EndOfStream") return Value.bool(stream().has(Fact.RequestEnded));
    if (name.startsWith("request.Body."))
      return body(name, BufferType.RequestBody, phase == Phase.RequestBody);
    if (!late) return null;
    if (name == "response.ResponseHeaders") return new HeadersValue(textsOf(responseMap));
    if (name == "response.ResponseStatus") return status();
    return body(name, BufferType.ResponseBody, phase == Phase.ResponseBody);
  }

  private request(late: bool): string[] {
    const known = this.texts;
    if (known !== null) return known;
    const at = stream().record;
    const texts = !late
      ? textsOf(requestMap)
      : at
        ? changetype<Record>(at).texts
        : new Array<string>();
    this.texts = texts;
    return texts;
  }

  private requestHeaders(late: bool): Value {
    return new HeadersValue(this.request(late));
  }

  private pseudo(name: string, late: bool): Value | null {
    return textValue(firstOf(this.request(late), name));
  }
}

function textValue(text: string | null): Value | null {
  return text === null ? null : Value.string(text);
}

function phaseName(phase: Phase): string {
  switch (phase) {
    case Phase.RequestHeaders:
      return "request_headers";
    case Phase.ResponseHeaders:
      return "response_headers";
    case Phase.ResponseBody:
    case Phase.ResponseChunk:
    case Phase.ResponseTrailers:
      return "response_body";
    default:
      return "request_body";
  }
}

function status(): Value | null {
  const at = responseMap.find(":status");
  return at < 0 ? null : Value.int(I64.parseInt(responseMap.valueAt(at)));
}

/** `Present` in any phase, `Content` only where the whole body is held. */
function body(name: string, buffer: BufferType, held: bool): Value | null {
  const size = held ? bufferSize(buffer) : 0;
  if (name.endsWith("Present")) return Value.bool(size > 0);
  if (!held) return null;
  const bytes = bufferBytes(buffer);
  return Value.string(decode(bytes.dataStart, bytes.byteLength));
}

function metadata(): Value {
  const values = new EntriesValue();
  const shared = stream().shared;
  if (!shared) return values;
  const texts = changetype<Context>(shared).metadata;
  const keys = texts.keys();
  for (let i = 0; i < keys.length; i++)
    values.set(Value.string(keys[i]), Value.string(texts.get(keys[i])));
  return values;
}
