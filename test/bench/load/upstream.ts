/** An upstream in the process of the loader: it costs no switch between processes, and answers requests without a body. */
import { createServer, type Socket } from "node:net";

export interface SmallUpstream {
  port: number;
  close(): void;
}

const answer = Buffer.from("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nhello\n");
const endOfHead = Buffer.from("\r\n\r\n");

export async function smallUpstream(): Promise<SmallUpstream> {
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    let received: Buffer = Buffer.alloc(0);
    open.add(socket);
    socket.on("data", (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      for (let end; (end = received.indexOf(endOfHead)) >= 0;) {
        received = received.subarray(end + endOfHead.length);
        socket.write(answer);
      }
    });
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as { port: number }).port,
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
