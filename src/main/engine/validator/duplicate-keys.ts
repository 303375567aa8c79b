import type { JsonValue } from '../../../shared/values.ts';

/**
 * JSON does not forbid an object to repeat a key, and parsers keep the last value in silence. Comparing the colons of
 * the text with the keys of the tree tells for nothing whether that happened; only then the text is searched.
 */

/** Keys of all objects in a tree, except those below `without`. */
export function countKeys(tree: JsonValue, without: unknown = null): number {
  if (typeof tree !== 'object' || tree === null || tree === without) return 0;
  const children: readonly JsonValue[] = Object.values(tree);
  let keys = Array.isArray(tree) ? 0 : children.length;
  for (const child of children) keys += countKeys(child, without);
  return keys;
}

/** How often each key was repeated within one object. `text` is valid JSON. */
export function repeatedKeys(text: string): ReadonlyMap<string, number> {
  const repeated = new Map<string, number>();
  const open: (Set<string> | null)[] = [];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"(?:\s*:)?|[[\]{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (token.endsWith(':')) {
      const key = JSON.parse(token.slice(0, token.lastIndexOf('"') + 1)) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) repeated.set(key, (repeated.get(key) ?? 0) + 1);
      keys?.add(key);
    }
  }
  return repeated;
}
