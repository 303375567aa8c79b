import type { JsonValue } from '../../../../shared/values.ts';

type JsonObject = { readonly [key: string]: JsonValue };

/**
 * Names of identifying fields, best first; within a rank the order of the record decides. The idea of going by names
 * and then asking the data is dlt's.
 */
const RANKS: readonly RegExp[] = [
  /^(?:id|_id)$/i,
  /^(?:uuid|guid|key|chave|node_id)$/i,
  /(?:^|_)(?:id|uuid|guid)$|[a-z]I[dD]$/,
  /^(?:code|codigo|código|cod|symbol|simbolo|símbolo|sigla|ticker|sku|slug|isbn|isin|ean|cnpj|cpf|iata|icao|cca3|iso|hash|sha|number|numero|número)$/i,
  /(?:_|^)(?:code|codigo|symbol|key|number)$|[a-z](?:Code|Symbol|Key|Number)$/,
  /^(?:date|data|day|dia|timestamp|datetime|time|t|period|periodo|período|datetime_utc|dateTime|datahora\w*)$/i,
  /^(?:base|currency|moeda|name|nome|title|titulo|url|href)$/i,
];
const DATE_RANK = 5;

/** Field names that identify each record of the sample; empty when none do. */
export function suggestKey(records: readonly JsonValue[]): readonly string[] {
  const objects = records.filter(isObject);
  const [first] = objects;
  if (!first || objects.length < records.length) return [];
  const ranked = rankedFields(first, objects);
  const single = ranked.find(
    ({ name, rank }) => isUnique(objects, [name]) && isStrong(rank, objects),
  );
  if (single) return [single.name];
  return pairOf(ranked, objects) ?? [];
}

interface RankedField {
  readonly name: string;
  readonly rank: number;
}

function rankedFields(first: JsonObject, objects: readonly JsonObject[]): RankedField[] {
  return Object.keys(first)
    .map((name) => ({ name, rank: RANKS.findIndex((pattern) => pattern.test(name)) }))
    .filter(({ name, rank }) => rank >= 0 && objects.every((one) => isScalar(one[name])))
    .sort((a, b) => a.rank - b.rank);
}

/** With one record everything is unique: then a date alone identifies it only when nothing else does. */
function isStrong(rank: number, objects: readonly JsonObject[]): boolean {
  return objects.length > 1 || rank < DATE_RANK;
}

function pairOf(
  ranked: readonly RankedField[],
  objects: readonly JsonObject[],
): readonly string[] | null {
  for (const one of ranked) {
    for (const other of ranked) {
      if (one.rank < other.rank && isUnique(objects, [one.name, other.name]))
        return [one.name, other.name];
    }
  }
  const [only] = ranked;
  return ranked.length === 1 && only && isUnique(objects, [only.name]) ? [only.name] : null;
}

function isUnique(objects: readonly JsonObject[], names: readonly string[]): boolean {
  const seen = new Set(objects.map((one) => JSON.stringify(names.map((name) => one[name]))));
  return seen.size === objects.length;
}

function isScalar(value: JsonValue | undefined): boolean {
  return typeof value === 'string' ? value !== '' : typeof value === 'number';
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
