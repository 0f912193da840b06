/** An upstream that is real: the request goes on over HTTP, the answer comes back as it comes. */
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Upstream, UpstreamAnswer, UpstreamRequest } from "../http/upstream.ts";

export function proxyTo(url: string): Upstream {
  const base = new URL(url);
  const send = base.protocol === "https:" ? httpsRequest : httpRequest;
  const prefix = base.pathname.replace(/\/$/, "");
  return (request: UpstreamRequest) =>
    new Promise<UpstreamAnswer>((resolve, reject) => {
      const call = send({
        host: base.hostname,
        port: base.port,
        method: request.method,
        path: prefix + request.path,
        headers: request.headers.filter(([name]) => name !== "transfer-encoding").flat(),
      });
      call.on("error", reject);
      call.on("response", (response) => {
        const { rawHeaders } = response;
        const headers = Array.from({ length: rawHeaders.length / 2 }, (_, i): [string, string] => [
          rawHeaders[2 * i]!.toLowerCase(),
          rawHeaders[2 * i + 1]!,
        ]);
        resolve({ status: response.statusCode!, headers, body: response });
      });
      call.end(request.body);
    });
}
