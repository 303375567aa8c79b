import { parseDocument, stringify } from 'yaml';
import { asError, invalid } from '../../shared/errors.ts';
import { say } from '../../shared/sentences.ts';
import { parseStrictJson } from './strict-json.ts';

/** Documents that people keep in files, as YAML. They mean what the same JSON would mean, and no more. */

export const YAML_TYPE = 'application/yaml';
export const YAML_TYPES: readonly string[] = [YAML_TYPE, 'application/x-yaml', 'text/yaml'];

/** Aliases may not multiply a small document into a huge one. */
const MOST_ALIASES = 100;

/** The value of a YAML text; throws a validation error that names the line. */
export function fromYaml(text: string): unknown {
  const document = parseDocument(text, { schema: 'core', uniqueKeys: true });
  const [problem] = document.errors;
  if (problem)
    throw invalid([{ path: '', ...say('yamlInvalid', { why: problem.message.trim() }) }]);
  const json = asJson(() => document.toJS({ maxAliasCount: MOST_ALIASES }));
  // The same rules as for JSON: depth, forbidden names.
  return parseStrictJson(Buffer.from(json));
}

function asJson(read: () => unknown): string {
  try {
    return JSON.stringify(read());
  } catch (thrown) {
    throw invalid([{ path: '', ...say('yamlUnusable', { why: asError(thrown).message }) }]);
  }
}

/** A YAML body; bytes that are not UTF-8 are refused. */
export function parseYamlBody(body: Uint8Array): unknown {
  try {
    return fromYaml(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    if (error instanceof TypeError) throw invalid([{ path: '', ...say('bodyNotUtf8') }]);
    throw error;
  }
}

/** Fields in the order in which they are, long texts unbroken, so that a change of one field is a change of one line. */
export function toYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** Whether an Accept header asks for YAML rather than JSON: the one that it names first. */
export function wantsYaml(accept: string | undefined): boolean {
  for (const part of (accept ?? '').toLowerCase().split(',')) {
    const type = part.split(';')[0]?.trim() ?? '';
    if (YAML_TYPES.includes(type)) return true;
    if (type === 'application/json' || type === '*/*') return false;
  }
  return false;
}
