import type { Problem } from '../../../shared/errors.ts';
import type { Integration } from '../../../shared/integration.ts';
import { SaidError, say, toldBy } from '../../../shared/sentences.ts';
import { compilePath } from './json-path.ts';
import { compileSchema } from './record-schema.ts';
import { pathsOf } from './rules.ts';

/**
 * What is wrong with the rules of an integration, found before it is saved: one sentence a field. Needs the compilers,
 * so it runs where pages are worked on. Addresses, secrets and templates are the consumer's to judge.
 */
export function checkRules(integration: Integration): readonly Problem[] {
  const { records, schema, warnSchema, key, incremental, pagination, request } = integration;
  const problems: Problem[] = [];
  const attempt = (path: string, compile: () => unknown) => {
    try {
      compile();
    } catch (thrown) {
      problems.push({ path, ...toldBy(thrown) });
    }
  };
  if (records) attempt('records.path', () => compilePath(records.path));
  if (schema) attempt('schema', () => compileSchema(schema));
  if (warnSchema) attempt('warnSchema', () => compileSchema(warnSchema));
  for (const path of pathsOf(pagination))
    attempt(
      pagination.kind === 'page-number' ? 'pagination.totalPagesPath' : 'pagination.path',
      () => compilePath(path),
    );
  key.forEach((name, index) => attempt(`key.${index}`, () => checkField(name)));
  if (new Set(key).size < key.length) problems.push({ path: 'key', ...say('keyTwice') });
  if (incremental) attempt('incremental.field', () => checkField(incremental.field));
  if (request.method === 'HEAD' && records)
    problems.push({ path: 'records', ...say('headRecords') });
  return problems;
}

/** A dotted field name; people who know JSONPath write `$.id`, which would never be found. */
function checkField(name: string): void {
  if (/^\$[.[]/.test(name)) throw new SaidError(say('fieldIsPath', { name }));
  if (name.split('.').some((step) => step === ''))
    throw new SaidError(say('fieldHasGap', { name }));
}
