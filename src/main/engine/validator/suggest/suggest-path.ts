import type { JsonValue } from '../../../../shared/values.ts';

type JsonObject = { readonly [key: string]: JsonValue };

interface Candidate {
  readonly path: string;
  readonly score: number;
}

/** Names under which APIs put their records. */
const USUAL_NAMES =
  /^(?:items?|data|dados|results?|resultados?|records?|registros?|rows|content|conteudo|entries|values?|list|lista|hits|docs|documents|elements|objects|products|produtos|orders|pedidos|users|events|posts|collection|member|payload|response|observations|series)$/i;

const DEEPEST = 4;
/** Fewer objects under names of their own (`{"BTC":{...},"ETH":{...}}`) are rather parts of one record. */
const FEWEST_IN_MAP = 2;

/** The JSONPath of the records: the best list of objects, else a map of like objects, else the body itself. */
export function suggestPath(body: JsonValue): string {
  if (Array.isArray(body)) return '$[*]';
  const best = candidates(body, '$', 0).reduce<Candidate | null>(
    (first, one) => (first === null || one.score > first.score ? one : first),
    null,
  );
  return best?.path ?? '$';
}

/** `$.a['b c']`: a JSONPath of names. */
export function pathTo(parent: string, name: string): string {
  if (/^[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*$/.test(name)) return `${parent}.${name}`;
  return `${parent}['${name.replace(/[\\']/g, '\\$&')}']`;
}

function candidates(value: JsonValue, path: string, depth: number): Candidate[] {
  if (!isObject(value) || depth >= DEEPEST) return [];
  return Object.entries(value).flatMap(([name, child]) => {
    const at = pathTo(path, name);
    if (Array.isArray(child)) {
      const score = listScore(child as readonly JsonValue[], name, depth);
      return score === null ? [] : [{ path: `${at}[*]`, score }];
    }
    if (isMap(child)) return [{ path: `${at}[*]`, score: 20 - depth }];
    return candidates(child, at, depth + 1);
  });
}

/** Objects are what records are made of; a usual name, more items and less depth speak for a list. */
function listScore(list: readonly JsonValue[], name: string, depth: number): number | null {
  const named = USUAL_NAMES.test(name) ? 10 : 0;
  if (list.length === 0) return named > 0 ? named - depth : null;
  if (list.every(isObject)) return 30 + named + Math.min(list.length, 20) - 2 * depth;
  if (list.every(Array.isArray)) return 10 + named - depth;
  return named > 0 ? named - depth : null;
}

function isMap(value: JsonValue | undefined): boolean {
  if (!isObject(value)) return false;
  const children = Object.values(value);
  if (children.length < FEWEST_IN_MAP || !children.every(isObject)) return false;
  const [first, ...others] = children.map((child) => Object.keys(child));
  if (!first || first.length < 2) return false;
  return others.every(
    (keys) => 2 * keys.filter((key) => first.includes(key)).length > first.length,
  );
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
