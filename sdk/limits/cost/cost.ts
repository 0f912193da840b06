/** What a request counts for: one, unless a policy reads it from somewhere. */
import { Body } from "../../body";
import { Request } from "../../request";
import { Response } from "../../response";

/** No single request counts for more than this. */
const MOST: f64 = 1e15;

export class Cost {
  /** What is counted when no source says anything. */
  fallback: f64 = 1;

  /** True if only the response tells: then all of it is charged when that is here. */
  get atResponse(): bool {
    return false;
  }

  get needsRequestBody(): bool {
    return false;
  }

  get needsResponseBody(): bool {
    return false;
  }

  /** What the request says; not a number if it says nothing. */
  ofRequest(request: Request, body: Body | null): f64 {
    return NaN;
  }

  ofResponse(response: Response, body: Body | null): f64 {
    return NaN;
  }

  /** In whole numbers, rounded up: a part of one is not free. */
  whole(said: f64): i64 {
    const amount = isNaN(said) ? this.fallback : said;
    return <i64>Math.ceil(max(0.0, min(amount, MOST)));
  }
}

/** Both, where only one may be known. */
export function sum(a: f64, b: f64): f64 {
  return isNaN(a) ? b : isNaN(b) ? a : a + b;
}
