import { checkInput } from '../../shared/check-input.ts';
import type { Command } from '../../shared/command.ts';
import { invalid, type Problem } from '../../shared/errors.ts';
import type { Locale } from '../../shared/i18n/index.ts';
import { say } from '../../shared/sentences.ts';

/** The parts of a request that make up a command's input. */
export interface RequestParts {
  readonly path: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** undefined: no body was sent. */
  readonly body: unknown;
  readonly header: (name: string) => string | undefined;
}

/** The checked and filled input; throws a validation error with every problem at its field. */
export function commandInput(command: Command, parts: RequestParts, locale: Locale): unknown {
  return checkInput(command.input, mergeParts(command, parts), locale);
}

/** Whether the fields that are not in the path are read from the query. */
export function readsQuery(command: Pick<Command, 'method'>): boolean {
  return command.method === 'GET' || command.method === 'DELETE';
}

function mergeParts(command: Command, { path, query, body, header }: RequestParts): object {
  const problems: Problem[] = [];
  const fields = readsQuery(command) ? query : bodyFields(body);
  if (readsQuery(command) && body !== undefined && body !== null)
    problems.push({ path: '', ...say('takesNoBody') });
  if (!readsQuery(command))
    for (const name of Object.keys(query)) problems.push({ path: name, ...say('takesBody') });
  for (const [name, value] of Object.entries(path))
    if (Object.hasOwn(fields, name) && fields[name] !== value)
      problems.push({ path: name, ...say('pathSays', { value: JSON.stringify(value) }) });
  if (problems.length > 0) throw invalid(problems);
  return { ...fields, ...headerFields(command, header), ...path };
}

function bodyFields(body: unknown): Readonly<Record<string, unknown>> {
  if (body === undefined) return {};
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Readonly<Record<string, unknown>>;
  throw invalid([{ path: '', ...say('bodyMustBeObject') }]);
}

function headerFields(command: Command, header: RequestParts['header']): object {
  const fields: Record<string, string> = {};
  for (const [name, field] of Object.entries(command.headers ?? {})) {
    const value = header(name);
    if (value !== undefined) fields[field] = value;
  }
  return fields;
}
