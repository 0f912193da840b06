/** The feed as a gRPC call, on the port and with the credentials that an agent has for xDS already. */
import {
  status,
  type Metadata,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServiceDefinition,
} from "@grpc/grpc-js";
import { reason } from "../errors.ts";
import { readFeedQuery } from "../feed/http.ts";
import { FeedBusy, type AskFeed } from "../feed/serve.ts";
import type { Admission } from "./admission.ts";

export const feedPath = "/sluice.Sync/Feed";

const same = (bytes: Buffer): Buffer => bytes;

/** The question is the query of the feed's HTTP form, the answer its body. */
export const feedService: ServiceDefinition = {
  feed: {
    path: feedPath,
    requestStream: false,
    responseStream: false,
    ...{ requestSerialize: same, requestDeserialize: same },
    ...{ responseSerialize: same, responseDeserialize: same },
  },
};

type Call = ServerUnaryCall<Buffer, Buffer>;

export const serveFeedCalls = (ask: AskFeed, admit: (metadata: Metadata) => Admission) => ({
  feed: (call: Call, answer: sendUnaryData<Buffer>): void => {
    const admitted = admit(call.metadata);
    if ("refused" in admitted)
      return answer({ code: status.UNAUTHENTICATED, details: admitted.refused });
    const gone = new AbortController();
    call.on("cancelled", () => gone.abort());
    const work = async () =>
      ask(readFeedQuery(new URLSearchParams(call.request.toString("latin1"))), gone.signal);
    work().then(
      (bytes) => {
        // A token may have been revoked while the answer was held.
        const still = admit(call.metadata);
        if ("refused" in still) answer({ code: status.UNAUTHENTICATED, details: still.refused });
        else answer(null, bytes);
      },
      (error: unknown) => answer({ code: codeOf(error), details: reason(error) }),
    );
  },
});

const codeOf = (error: unknown): status =>
  error instanceof RangeError
    ? status.INVALID_ARGUMENT
    : error instanceof FeedBusy
      ? status.UNAVAILABLE
      : status.INTERNAL;
