import { invalid } from '../../shared/errors.ts';
import { say } from '../../shared/sentences.ts';

/**
 * Bodies are JSON that means one thing only: valid UTF-8, at most so deep, no key twice in one object (parsers keep
 * one of them in silence, and not all the same one), none of the names by which JavaScript objects can be bent.
 */

const MAX_DEPTH = 100;
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__']);
const TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?|[[\]{},]/gs;

/** The value of a body; throws a validation error that names the place. */
export function parseStrictJson(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes);
  checkShape(text);
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = (error as Error).message;
    throw invalid([{ path: '', ...say('bodyInvalidJson', { why }) }]);
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid([{ path: '', ...say('bodyNotUtf8') }]);
  }
}

interface Level {
  /** null for a list. */
  readonly keys: Set<string> | null;
  at: string | number;
}

/** Walks the tokens; what is not valid JSON at all is left for the parser to complain about. */
function checkShape(text: string): void {
  const levels: Level[] = [];
  const pathTo = (key: string) =>
    [...levels.slice(0, -1).map(({ at }) => String(at)), key].join('.');
  for (const [token, colon] of text.matchAll(TOKEN)) {
    const level = levels.at(-1);
    if (token === '{' || token === '[') {
      levels.push(token === '{' ? { keys: new Set(), at: '' } : { keys: null, at: 0 });
      if (levels.length > MAX_DEPTH)
        throw invalid([{ path: '', ...say('bodyTooDeep', { most: MAX_DEPTH }) }]);
    } else if (token === '}' || token === ']') levels.pop();
    else if (token === ',') {
      if (typeof level?.at === 'number') level.at += 1;
    } else if (colon !== undefined && level?.keys) {
      const key = keyOf(token);
      if (FORBIDDEN_KEYS.has(key))
        throw invalid([{ path: pathTo(key), ...say('fieldForbidden', { name: key }) }]);
      if (level.keys.has(key)) throw invalid([{ path: pathTo(key), ...say('fieldTwice') }]);
      level.keys.add(key);
      level.at = key;
    }
  }
}

function keyOf(token: string): string {
  const quoted = token.slice(0, token.lastIndexOf('"') + 1);
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted;
  }
}
