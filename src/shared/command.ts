import type { z } from 'zod';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * One command of the contract. Its input is one flat object: over HTTP the path's `{names}`, then the query (GET,
 * DELETE) or the JSON body, then the named headers are put together into it.
 */
export interface Command<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  /** One sentence for the OpenAPI document and the command line. */
  readonly doc: string;
  readonly method: HttpMethod;
  /** Under `/api/v1`, with `{name}` for parts of the input. */
  readonly path: string;
  readonly input: I;
  readonly output: O;
  /** The success status of HTTP; 204 answers without a body. */
  readonly status?: 200 | 201 | 202 | 204;
  /** Header name (lower case) to input field. */
  readonly headers?: Readonly<Record<string, string>>;
  /** `text/plain`: the output is a string and is sent as it is. */
  readonly produces?: 'application/json' | 'text/plain';
  /** Its input or output is a document that people keep in files: taken and given as YAML too. */
  readonly isDocument?: boolean;
  /** A list of records: over HTTP, `format` csv or jsonl answers the whole of it as a file. */
  readonly isExported?: boolean;
  /** May be called while the store is read-only. Every GET may. */
  readonly allowedReadOnly?: boolean;
}

export type CommandTable = Readonly<Record<string, Command>>;

/** Keeps the exact types of one entry of the table. */
export function command<I extends z.ZodType, O extends z.ZodType>(
  entry: Command<I, O>,
): Command<I, O> {
  return entry;
}

/** What a caller gives: defaults may be left out. */
export type InputOf<T extends CommandTable, N extends keyof T> = z.input<T[N]['input']>;
/** What a handler gets: checked and filled. */
export type FilledInputOf<T extends CommandTable, N extends keyof T> = z.output<T[N]['input']>;
export type OutputOf<T extends CommandTable, N extends keyof T> = z.output<T[N]['output']>;

/** A client over any transport: one function a command. */
export type Api<T extends CommandTable> = {
  readonly [N in keyof T]: (input: InputOf<T, N>) => Promise<OutputOf<T, N>>;
};

/** Who calls; decides the run's trigger and is written into it. */
export interface Caller {
  readonly via: 'gui' | 'rest' | 'cli' | 'internal';
}

/** The other side: one handler a command; a missing or an extra one does not compile. */
export type Handlers<T extends CommandTable> = {
  readonly [N in keyof T]: (input: FilledInputOf<T, N>, caller: Caller) => Promise<OutputOf<T, N>>;
};
