import { Answer, Call, Cell, Policy, Request, Verdict } from "sluice/sdk";
import { Params } from "./params";

class Names {
  list: string[] = [];
}

class Tries {
  count: i32 = 0;
}

export class Refresher extends Policy<Params> {
  names: Cell<Names> = new Cell<Names>();
  asking: bool = false;

  configure(): string | null {
    this.tickMs = this.params.everyMs;
    return null;
  }

  onSetup(): void {
    this.ask();
  }

  onTick(): void {
    if (this.params.everyMs) this.ask();
  }

  onRefresh(answer: Answer): void {
    this.asking = false;
    if (answer.status != 200) return;
    const names = new Names();
    const parts = answer.text().split(",");
    for (let i = 0; i < parts.length; i++) names.list.push(parts[i]);
    this.names.set(names);
  }

  onRequestHeaders(request: Request): Verdict {
    const tries = request.state<Tries>();
    if (this.params.waitMs && tries.count++ == 0) return request.after(this.params.waitMs);
    const names = this.names.get();
    if (names === null) {
      if (tries.count++ > 2) return request.deny(503, "no names");
      this.ask();
      return request.again();
    }
    request.headers.set("x-names", names.list.join("|"));
    return Verdict.Continue;
  }

  private ask(): void {
    if (this.asking) return;
    this.asking = this.refresh(new Call("names", "GET", "/names").timeout(30000));
  }
}
