import type { JsonValue } from '../../../shared/values.ts';
import { looseValue } from './exact-json.ts';
import { compilePath, type JsonPath, selectList, selectPlaces, valueAt } from './json-path.ts';
import type { ParsedBody, Trees } from './parse-body.ts';

export interface SelectedRecords {
  /** The same records with doubles and with digits as sent; one and the same list when nothing differs. */
  readonly loose: readonly JsonValue[];
  readonly exact: readonly JsonValue[];
  /** The list of the exact tree that holds them all, when there is one. */
  readonly list: readonly JsonValue[] | null;
}

/**
 * The records of a body. A path that leads to one list (`$`, `$.data.items`, `$.data.items[*]`) gives its items; any
 * other gives what it selects.
 */
export function selectRecords(path: JsonPath, body: ParsedBody): SelectedRecords {
  const loose = selectList(path, body.loose);
  if (loose) {
    const exact = body.mark === null ? loose : (selectList(path, body.exact) ?? []);
    return { loose, exact, list: exact };
  }
  const places = selectPlaces(path, body.loose);
  const found = places.map((place) => valueAt(body.loose, place) ?? null);
  if (body.mark === null) return { loose: found, exact: found, list: null };
  const exact = places.map((place) => valueAt(body.exact, place) ?? null);
  return { loose: found, exact, list: null };
}

/** By path: the first value there, or null. Throws when a path is none. */
export function extractValues(
  paths: readonly string[],
  body: Trees & Pick<ParsedBody, 'mark'>,
): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(
    paths.map((text) => {
      const [place] = selectPlaces(compilePath(text), body.loose);
      const value = place === undefined ? null : (valueAt(body.exact, place) ?? null);
      return [text, looseValue(value, body.mark)];
    }),
  );
}
