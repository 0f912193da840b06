import { Answer, Call, Policy, Reply, Request, Verdict } from "sluice/sdk";
import { Params } from "./params";

class Kept {
  text: string = "";
}

class Node {
  next: Node | null = null;
}

/** Fails in the way that the header `x-fault` names; `call` waits for another service. */
export class Faulty extends Policy<Params> {
  kept: Kept = new Kept();

  onRequestHeaders(request: Request): Verdict {
    const fault = request.header("x-fault");
    if (fault === null) return Verdict.Continue;
    if (fault == "loop") spin();
    else if (fault == "recursion") request.headers.set("x-depth", descend(1).toString());
    else if (fault == "allocation") request.headers.set("x-size", hoard().toString());
    else if (fault == "assertion") assert(false, "told to fail");
    else if (fault == "throw") throw new Error("thrown");
    else if (fault == "bounds") request.headers.set("x-item", pick([1, 2, 3], 7).toString());
    else if (fault == "division") request.headers.set("x-part", divide(7, 0).toString());
    else if (fault == "keep") this.kept.text = request.path;
    else if (fault == "pause") return Verdict.Pause;
    else if (fault == "tired") return request.respond(tired(request));
    else if (fault == "call") return request.call(new Call("slow", "GET", "/").timeout(60000));
    return Verdict.Continue;
  }

  onRequestAnswer(request: Request, answer: Answer): Verdict {
    if (request.header("x-then") == "fail") assert(false, "told to fail after the answer");
    return request.respond(new Reply(200).body("answered " + answer.status.toString()));
  }
}

function spin(): void {
  let i: u32 = 0;
  while (true) {
    i = i * 7 + 1;
    if (i == 3) return;
  }
}

function descend(n: i32): i32 {
  return n > 0 ? descend(n + 1) + descend(n + 2) : n;
}

function hoard(): i32 {
  let head: Node | null = null;
  let size = 0;
  while (size < 2000000000) {
    const block = new Uint8Array(1 << 20);
    size += block.length;
    const node = new Node();
    node.next = head;
    head = node;
  }
  return size;
}

/** A reply that takes some fuel to write for the host, after as many rounds of a loop as `x-rounds` says. */
function tired(request: Request): Reply {
  const reply = new Reply(200);
  const value = "a".repeat(1300);
  for (let i = 0; i < 10; i++) reply.header("x-long", value);
  const rounds = <u32>parseInt(request.header("x-rounds")!);
  let sum: u32 = 0;
  for (let i: u32 = 0; i < rounds; i++) sum = sum * 7 + i;
  return reply.header("x-sum", sum.toString());
}

function pick(list: i32[], at: i32): i32 {
  return list[at];
}

function divide(a: i32, b: i32): i32 {
  return a / b;
}
