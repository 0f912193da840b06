/** Who may call: decided by the token in a call's metadata. */
import type { Metadata } from "@grpc/grpc-js";

/** The gateway's name, null for one without a name, or why it may not. */
export type Admission = { gateway: string | null } | { refused: string };

/** By the token of a call, null without one. */
export type Admit = (token: string | null) => Admission;

export function tokenOf(metadata: Metadata): string | null {
  const [sent] = metadata.get("authorization");
  return /^bearer +(\S+)$/i.exec(String(sent ?? ""))?.[1] ?? null;
}
