/**
 * A route is declared, never registered by hand: address, who may call it, and what it does.
 * One without `allow` does not compile; test/server/access.test.ts walks the whole table.
 */
import type { Context } from './context.ts';
import type { Memo } from './idempotency.ts';
import type { Rule } from './policy.ts';
import type { Reader } from './reader.ts';
import type { z } from 'zod';
import type { Reply } from './reply.ts';
import type { SearchTable } from './search.ts';

export interface Upload {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** name of the form's field that it came in */
  readonly field?: string;
  /** as its sender called it; to be believed for display only */
  readonly contentType?: string;
}

/** One request, as a handler sees it: nothing of Express. */
export interface Asked {
  readonly context: Context;
  readonly reader: Reader;
  readonly params: Readonly<Record<string, string>>;
  /** query parameters that came exactly once */
  readonly query: Readonly<Record<string, string | undefined>>;
  /** parsed JSON, or undefined */
  readonly body: unknown;
  readonly files: readonly Upload[];
  readonly header: (name: string) => string | undefined;
  /** path with query, as it came */
  readonly target: string;
  /** network address of the caller */
  readonly address: string;
  /** what a creating call remembers for its repetition after a crash */
  readonly memo: Memo;
  /** aborts when the caller goes away */
  readonly signal: AbortSignal;
}

export type Handler = (asked: Asked) => Promise<Reply> | Reply;

export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: `/${string}`;
  readonly allow: Rule;
  /** `files`: multipart with the field `resources`; `documents`: multipart with any fields; `form`: the fields of an HTML form; default JSON for post, put and patch */
  readonly reads?: 'json' | 'bytes' | 'files' | 'documents' | 'form' | 'nothing';
  /** something new comes of it: an `Idempotency-Key` makes it once */
  readonly creates?: true;
  /** `house`: a command that no case's history holds, so the audit writes it down when it was done */
  readonly records?: 'house';
  /** what its JSON body must look like: the schema that the handler checks with, told in the interface document */
  readonly body?: z.ZodType;
  /** a search: the list whose filters and sorts it takes */
  readonly searches?: SearchTable;
  /** names of what may stand behind the `?` */
  readonly query?: readonly string[];
  /** one sentence for the interface document; default: made from the address */
  readonly summary?: string;
  readonly handler: Handler;
}
