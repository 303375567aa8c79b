import { exec } from 'jsonpath-rfc9535';
import parse from 'jsonpath-rfc9535/parser';
import { SaidError, say, type Sentence } from '../../../shared/sentences.ts';
import type { JsonValue } from '../../../shared/values.ts';

/** A place in a tree: keys and indexes from the root. */
export type Steps = readonly (string | number)[];

/**
 * A JSONPath (RFC 9535). Most paths only go down by name and end in `[*]`; these are walked directly and cost nothing.
 * The rest - filters, slices, descendants, functions - is left to the library and may take long on purpose.
 */
export type JsonPath =
  | { readonly kind: 'simple'; readonly text: string; readonly steps: readonly SimpleStep[] }
  | { readonly kind: 'full'; readonly text: string };

type SimpleStep =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'every' };

const cache = new Map<string, JsonPath>();
const CACHE_SIZE = 1000;

/** Throws an Error whose message says what is wrong, with the place in the text. */
export function compilePath(text: string): JsonPath {
  const known = cache.get(text);
  if (known) return known;
  const { segments } = parsePath(text);
  refuseUnknownFunctions(segments, text);
  const steps = segments.map(simpleStep);
  const path: JsonPath = steps.every((step) => step !== null)
    ? { kind: 'simple', text, steps }
    : { kind: 'full', text };
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(text, path);
  return path;
}

/** The places that a path selects, in document order. */
export function selectPlaces(path: JsonPath, root: JsonValue): Steps[] {
  const places: Steps[] = [];
  if (path.kind === 'full')
    exec(root as never, path.text, (_value, place) => places.push(place.map(unescapeKey)));
  else walk(root, path.steps, 0, [], places);
  return places;
}

/**
 * The list whose items a simple path selects: `$.data.items[*]` leads to `data.items`. null when the path ends
 * otherwise or the list is not there.
 */
export function selectList(path: JsonPath, root: JsonValue): readonly JsonValue[] | null {
  if (path.kind !== 'simple') return null;
  const { steps } = path;
  const before = steps.at(-1)?.kind === 'every' ? steps.slice(0, -1) : steps;
  let value: JsonValue | undefined = root;
  for (const step of before) {
    if (step.kind === 'every' || value === undefined) return null;
    value = childAt(value, step.kind === 'name' ? step.name : step.index);
  }
  return Array.isArray(value) ? (value as readonly JsonValue[]) : null;
}

export function valueAt(root: JsonValue, place: Steps): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const step of place) {
    if (value === undefined) return undefined;
    value = childAt(value, step);
  }
  return value;
}

/** Own members only: `constructor` or `__proto__` of an object that does not have it is nothing. */
export function childAt(value: JsonValue, step: string | number): JsonValue | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    const list = value as readonly JsonValue[];
    return typeof step === 'number' ? list.at(step) : undefined;
  }
  if (typeof step === 'number' || !Object.hasOwn(value, step)) return undefined;
  return (value as { readonly [key: string]: JsonValue })[step];
}

function walk(
  value: JsonValue,
  steps: readonly SimpleStep[],
  depth: number,
  place: Steps,
  found: Steps[],
): void {
  const step = steps[depth];
  if (step === undefined) {
    found.push(place);
    return;
  }
  for (const key of keysOf(value, step)) {
    const child = childAt(value, key);
    if (child !== undefined) walk(child, steps, depth + 1, [...place, key], found);
  }
}

function keysOf(value: JsonValue, step: SimpleStep): Iterable<string | number> {
  if (step.kind === 'name') return [step.name];
  if (step.kind === 'index') return [step.index];
  if (typeof value !== 'object' || value === null) return [];
  return Array.isArray(value) ? value.keys() : Object.keys(value);
}

type Segment = ReturnType<typeof parse>['segments'][number];

function parsePath(text: string): ReturnType<typeof parse> {
  try {
    return parse(text);
  } catch (thrown) {
    throw new SaidError(syntaxProblem(text, thrown), { cause: thrown });
  }
}

/** The generated parser lists everything it would have accepted; the place is what helps. */
function syntaxProblem(path: string, thrown: unknown): Sentence {
  const { location, found } = thrown as {
    location?: { start: { offset: number } };
    found?: string | null;
  };
  if (!location) return say('pathUnreadable', { path, why: (thrown as Error).message });
  const position = location.start.offset + 1;
  return found === null || found === undefined
    ? say('pathEndsEarly', { path, position })
    : say('pathOutOfPlace', { path, found, position });
}

/** Functions of RFC 9535 (2.4) and how many arguments each takes. */
const FUNCTIONS: Readonly<Record<string, number>> = {
  length: 1,
  count: 1,
  value: 1,
  match: 2,
  search: 2,
};

/** The library takes a function that does not exist for one that selects nothing. */
function refuseUnknownFunctions(part: unknown, text: string): void {
  if (typeof part !== 'object' || part === null) return;
  const { type, name, arguments: given } = part as Record<string, unknown>;
  if (type === 'FunctionExpr' && typeof name === 'string' && Array.isArray(given)) {
    const wanted = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (wanted === undefined) throw new SaidError(say('pathNoFunction', { path: text, name }));
    if (wanted !== given.length)
      throw new SaidError(say('pathArguments', { path: text, name, count: wanted }));
  }
  for (const child of Object.values(part)) refuseUnknownFunctions(child, text);
}

function simpleStep({ type, node }: Segment): SimpleStep | null {
  if (type !== 'ChildSegment') return null;
  if (node.type === 'WildcardSelector') return { kind: 'every' };
  if (node.type === 'MemberNameShorthand') return { kind: 'name', name: node.value };
  const [selector, ...others] = node.selectors;
  if (!selector || others.length > 0) return null;
  if (selector.type === 'WildcardSelector') return { kind: 'every' };
  if (selector.type === 'NameSelector') return { kind: 'name', name: selector.value };
  if (selector.type === 'IndexSelector') return { kind: 'index', index: selector.value };
  return null;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** The library gives keys as they are written in a normalized path (RFC 9535, 2.7). */
function unescapeKey(step: string | number): string | number {
  if (typeof step === 'number' || !step.includes('\\')) return step;
  return step.replace(/\\(?:u([0-9a-f]{4})|(.))/g, (_all, code?: string, letter?: string) =>
    code === undefined
      ? (SHORT_ESCAPES[letter ?? ''] ?? letter ?? '')
      : String.fromCharCode(parseInt(code, 16)),
  );
}
