/** Bytes over a socket, for requests that no HTTP client would send. */
import { connect } from "node:net";

export interface RawAnswer {
  /** Status codes of all answers that came, in order. */
  statuses: number[];
  text: string;
  closed: boolean;
}

/** Sends the bytes and listens until the other side closes or stays silent for `quietMs`. */
export function raw(port: number, bytes: string | Buffer, quietMs = 400): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    const end = (closed: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      const statuses = [...text.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map(([, code]) =>
        Number(code),
      );
      resolve({ statuses, text, closed });
    };
    let timer = setTimeout(() => end(false), quietMs);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      clearTimeout(timer);
      timer = setTimeout(() => end(false), quietMs);
    });
    socket.on("close", () => end(true));
    socket.on("error", () => {});
  });
}
