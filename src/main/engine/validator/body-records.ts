import type { JsonValue } from '../../../shared/values.ts';
import { countKeys } from './duplicate-keys.ts';
import { compilePath, type JsonPath } from './json-path.ts';
import { type ListSlice, sliceList } from './list-slices.ts';
import { type OpenBody, parseRange, parseWhole, type Trees } from './parse-body.ts';
import { brokenRule, Refusal } from './refusal.ts';
import { extractValues, selectRecords } from './select-records.ts';

/** The records of a body, one after the other, and what the pagination wants to know of the rest. */
export interface BodyRecords {
  readonly count: number;
  /** False when the path leads nowhere in this body, which is not the same as an empty list. */
  readonly isThere: boolean;
  readonly extracted: Readonly<Record<string, JsonValue>>;
  /** Keys of all objects that are not in the records; null when the records are not kept apart from the rest. */
  readonly keysOutside: number | null;
  /** Keys of all objects of the body, where records are not kept apart. */
  readonly keysInAll: number;
  /** Calls back for each record, in order. Throws a `Refusal` when one is no JSON. */
  readonly each: (visit: (record: Trees, index: number) => void) => void;
}

/**
 * From here on a body is parsed record by record. Smaller ones are parsed whole, which is faster by a little and
 * takes little memory.
 */
const SLICED_BYTES = 1024 * 1024;

export function bodyRecords(
  body: OpenBody,
  path: JsonPath,
  extract: readonly string[],
  slicedFrom = SLICED_BYTES,
): BodyRecords {
  const names = body.bytes.length >= slicedFrom ? namesTo(path) : null;
  const isApart = names !== null && extract.every((text) => leadsElsewhere(text, names));
  const slice = isApart ? sliceList(body.bytes, names) : null;
  return slice ? slicedRecords(body, slice, extract) : wholeRecords(body, path, extract);
}

function wholeRecords(body: OpenBody, path: JsonPath, extract: readonly string[]): BodyRecords {
  const parsed = parseWhole(body);
  const { loose, exact, list } = selectRecords(path, parsed);
  return {
    count: exact.length,
    isThere: list !== null || exact.length > 0,
    extracted: extracted(extract, parsed, body.mark),
    keysOutside: list === null ? null : countKeys(parsed.exact, list),
    get keysInAll() {
      return countKeys(parsed.exact);
    },
    each(visit) {
      for (let index = 0; index < exact.length; index++)
        visit({ loose: loose[index] ?? null, exact: exact[index] ?? null }, index);
    },
  };
}

function slicedRecords(body: OpenBody, slice: ListSlice, extract: readonly string[]): BodyRecords {
  const { items } = slice;
  const rest = parseRest(body, slice);
  return {
    count: items.length / 2,
    isThere: true,
    extracted: extracted(extract, rest, body.mark),
    keysOutside: countKeys(rest.exact),
    keysInAll: 0,
    each(visit) {
      const numbers = new InexactNumbers(body.scan.inexact);
      for (let index = 0; index < items.length; index += 2) {
        const start = items[index] ?? 0;
        const end = items[index + 1] ?? 0;
        visit(parseRange(body, start, end, numbers.before(start, end)), index / 2);
      }
    },
  };
}

/** The body with an empty list in the place of its records. */
function parseRest(body: OpenBody, { start, end }: ListSlice): Trees {
  const bytes = Buffer.concat([body.bytes.subarray(0, start), body.bytes.subarray(end)]);
  const numbers = body.scan.inexact;
  const inexact: number[] = [];
  for (let pair = 0; pair < numbers.length; pair += 2) {
    const [from = 0, to = 0] = [numbers[pair], numbers[pair + 1]];
    if (from < start) inexact.push(from, to);
    else if (from >= end) inexact.push(from - (end - start), to - (end - start));
  }
  const textOf = (from: number, to: number) => bytes.toString('utf8', from, to);
  return parseWhole({ ...body, bytes, textOf, scan: { ...body.scan, inexact } });
}

/** Hands out the inexact numbers, which are pairs of offsets, in the order of the records. */
class InexactNumbers {
  readonly #offsets: readonly number[];
  #at = 0;

  constructor(offsets: readonly number[]) {
    this.#offsets = offsets;
  }

  /** Those that begin from `start` up to `end`; each call goes on where the last one ended. */
  before(start: number, end: number): readonly number[] {
    const offsets = this.#offsets;
    while (this.#at < offsets.length && (offsets[this.#at] ?? 0) < start) this.#at += 2;
    const first = this.#at;
    while (this.#at < offsets.length && (offsets[this.#at] ?? 0) < end) this.#at += 2;
    return first === this.#at ? NONE : offsets.slice(first, this.#at);
  }
}

const NONE: readonly number[] = [];

/** The names of a path that only goes down by name, with or without `[*]` at its end. */
function namesTo(path: JsonPath): readonly string[] | null {
  if (path.kind !== 'simple') return null;
  const { steps } = path;
  const before = steps.at(-1)?.kind === 'every' ? steps.slice(0, -1) : steps;
  const names = before.flatMap((step) => (step.kind === 'name' ? [step.name] : []));
  return names.length === before.length ? names : null;
}

/** True when a path surely does not look into the list to which the names lead. */
function leadsElsewhere(text: string, names: readonly string[]): boolean {
  let path: JsonPath;
  try {
    path = compilePath(text);
  } catch {
    return true; // reported when it is used
  }
  if (path.kind !== 'simple') return false;
  return names.some((name, index) => {
    const step = path.steps[index];
    return step?.kind === 'index' || (step?.kind === 'name' && step.name !== name);
  });
}

function extracted(
  paths: readonly string[],
  trees: Trees,
  mark: string | null,
): Readonly<Record<string, JsonValue>> {
  try {
    return extractValues(paths, { ...trees, mark });
  } catch (thrown) {
    if (thrown instanceof Refusal) throw thrown;
    throw brokenRule('pagination', thrown);
  }
}
