/** One operation of an API as it is told to others: what it takes, and what it answers beside what every one can. */
import type { Schema } from "./schema.ts";

export interface Answer {
  description: string;
  /** By media type; none: no body. */
  content?: Readonly<Record<string, Schema>>;
  headers?: readonly string[];
}

export interface Operation {
  summary: string;
  /** Query parameters; none is ever required. */
  query?: Readonly<Record<string, Schema>>;
  headers?: Readonly<Record<string, Schema>>;
  body?: RequestBody;
  answers: Readonly<Record<number, Answer>>;
  /** Whoever passes the list of addresses may ask. */
  isPublic?: true;
}

export interface RequestBody {
  schema: Schema;
  example: unknown;
  /** Nothing may be sent, too. */
  optional?: true;
  /** Whether a field that nobody knows is refused. */
  closed?: true;
}

export const methods = ["get", "post", "put", "delete"] as const;
export type Method = (typeof methods)[number];
export type PathItem = Partial<Record<Method, Operation>>;
export type Paths = Readonly<Record<string, PathItem>>;

export const json = (description: string, schema: Schema, ...headers: string[]): Answer => ({
  description,
  content: { "application/json": schema },
  ...(headers.length > 0 && { headers }),
});
export const nothing = (description: string): Answer => ({ description });
