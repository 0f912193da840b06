import {
  Answer,
  Body,
  Call,
  Exchange,
  LogLevel,
  Place,
  Policy,
  Reply,
  Request,
  Response,
  Verdict,
} from "sluice/sdk";
import { base64 } from "sluice/sdk/std/encoding/base64";
import { JsonWriter, jsonString } from "sluice/sdk/std/json/writer";
import { problemOfTarget } from "sluice/sdk/std/net/path";
import { Url } from "sluice/sdk/std/net/url";
import { Advice } from "./advice";
import { Params } from "./params";
import { Asked, CONTEXT, Question, headersText } from "./question";

const FAILED: string = "The interceptor service failed";

/** Shows requests and responses to a service, and does what it says. */
export class InterceptorService extends Policy<Params> {
  private place: Place = new Place();
  private endpoint: string = "";

  configure(): string | null {
    if (this.params.tlsSkipVerify) return "tlsSkipVerify: certificates are always verified";
    const url = Url.parse(this.params.endpoint);
    if (url === null || !url.scheme.length) return "endpoint: expected an http or https URL";
    if (url.query !== null || url.fragment !== null) return "endpoint: expected no query";
    if (this.params.request === null && this.params.response === null) {
      return "expected at least one of: request, response";
    }
    const end = this.params.endpoint.length - (this.params.endpoint.endsWith("/") ? 1 : 0);
    this.endpoint = this.params.endpoint.substring(0, end);
    this.place = Place.find();
    return null;
  }

  takesRequestBody(): bool {
    const down = this.params.response;
    return this.params.request !== null || (down !== null && down.includeRequestBody);
  }

  takesResponseBody(): bool {
    return this.params.response !== null;
  }

  onRequestHeaders(request: Request): Verdict {
    if (!this.takesRequestBody()) this.remember(request);
    return Verdict.Continue;
  }

  onRequestBody(request: Request, body: Body): Verdict {
    this.remember(request);
    const up = this.params.request;
    if (up === null) return Verdict.Continue;
    const question = new Question();
    if (up.includeRequestHeaders) question.raw("requestHeaders", headersText(request.headers));
    if (up.includeRequestBody) question.bytes("requestBody", body.bytes());
    question.raw("invocationContext", request.state<Asked>().invocation);
    return request.call(this.ask("/handle-request", question.finish(request)));
  }

  onRequestAnswer(request: Request, answer: Answer): Verdict {
    const advice = new Advice(answer, <i32>this.params.maxresponsesize);
    const problem = advice.problem;
    if (problem === null && advice.directRespond) return respond(request, advice);
    const fault = problem === null ? this.follow(request, advice) : problem;
    if (fault === null) return Verdict.Continue;
    request.log(LogLevel.Warn, fault);
    return this.params.request!.passthroughOnError ? Verdict.Continue : request.deny(500, FAILED);
  }

  onResponseBody(response: Response, body: Body): Verdict {
    const down = this.params.response;
    if (down === null) return Verdict.Continue;
    const asked = response.state<Asked>();
    const question = new Question();
    question.number("responseCode", response.status);
    question.raw("requestHeaders", asked.headers);
    question.raw("requestBody", asked.body);
    if (down.includeResponseHeaders) question.raw("responseHeaders", headersText(response.headers));
    if (down.includeResponseBody) question.bytes("responseBody", body.bytes());
    question.raw("invocationContext", asked.invocation);
    return response.call(this.ask("/handle-response", question.finish(response)));
  }

  onResponseAnswer(response: Response, answer: Answer): Verdict {
    const advice = new Advice(answer, <i32>this.params.maxresponsesize);
    let fault = advice.problem;
    if (fault === null) fault = replaceBody(response.body, advice.body);
    if (fault === null) {
      advice.applyTo(response.headers);
      if (advice.status) response.status = advice.status;
      return Verdict.Continue;
    }
    response.log(LogLevel.Warn, fault);
    return this.params.response!.passthroughOnError ? Verdict.Continue : response.deny(500, FAILED);
  }

  private ask(path: string, question: Uint8Array): Call {
    return Call.to(this.endpoint + path, "POST")
      .header("content-type", "application/json")
      .timeout(this.params.timeoutMillis)
      .sendBytes(question);
  }

  /** What the question about the response will tell of the request, before anything is changed. */
  private remember(request: Request): void {
    const asked = request.state<Asked>();
    asked.invocation = this.invocation(request);
    const down = this.params.response;
    if (down === null) return;
    if (down.includeRequestHeaders) asked.headers = headersText(request.headers);
    if (down.includeRequestBody) asked.body = '"' + base64(request.body.bytes()) + '"';
  }

  private invocation(request: Request): string {
    const writer = new JsonWriter();
    writer.beginObject();
    const id = request.attribute("request.id");
    member(writer, "requestId", id === null ? "" : id);
    member(writer, "scheme", request.scheme);
    member(writer, "method", request.method);
    member(writer, "path", request.path);
    member(writer, "apiName", this.place.apiName);
    member(writer, "apiVersion", this.place.apiVersion);
    member(writer, "apiBasePath", this.place.apiContext);
    writer.endObject();
    return writer.finishText();
  }

  /** Null if all of it was done; why nothing was, otherwise. */
  private follow(request: Request, advice: Advice): string | null {
    const path = advice.path;
    if (path !== null) {
      const problem = problemOfTarget(path);
      if (problem !== null) return "pathToRewrite: " + problem;
    }
    const problem = replaceBody(request.body, advice.body);
    if (problem !== null) return problem;
    advice.applyTo(request.headers);
    if (path !== null) request.path = this.place.context + withQuery(path, request.query);
    const upstream = advice.upstream;
    if (upstream !== null) request.toUpstream(upstream);
    const context = advice.context;
    if (context !== null) request.context.metadata.set(CONTEXT, context);
    return null;
  }
}

function member(writer: JsonWriter, key: string, value: string): void {
  writer.key(key);
  writer.text(value);
}

/** The path with the request's own query, unless it brings one. */
function withQuery(path: string, query: string): string {
  return path.includes("?") || !query.length ? path : path + "?" + query;
}

function respond(request: Request, advice: Advice): Verdict {
  const reply = new Reply(advice.status ? advice.status : 200);
  for (let i = 0; i < advice.replaced.length; i += 2) {
    reply.header(advice.replaced[i], advice.replaced[i + 1]);
  }
  for (let i = 0; i < advice.added.length; i += 2) {
    reply.header(advice.added[i], advice.added[i + 1]);
  }
  const body = advice.body;
  return request.respond(body === null ? reply : reply.data(body));
}

function replaceBody(body: Body, bytes: Uint8Array | null): string | null {
  if (bytes === null || body.replaceBytes(bytes)) return null;
  return "body: there is none that could be replaced";
}
