import { Liquid, Tokenizer, TypeGuards, type Template as ParsedTemplate } from 'liquidjs';
import { say, toldBy, type Said, type Sentence } from '../../../shared/sentences.ts';

/**
 * Liquid templates in addresses, query values, headers and bodies. A template sees the known names only, reads no
 * files, and is stopped when it renders for too long: it runs on the thread that owns the sockets.
 */

/** What a template may name; an array lists the fields that it may go on with, null = anything. */
const KNOWN_NAMES: ReadonlyMap<string, readonly string[] | null> = new Map([
  ['now', []],
  ['scheduledFor', []],
  ['lastSuccess', []],
  ['instance', []],
  ['instances', []],
  ['job', ['id', 'name']],
  ['context', ['marketplace', 'category', 'region']],
  ['input', null],
]);

const RENDER_LIMIT_MS = 100;
const MEMORY_LIMIT = 4_000_000;
const PARSE_LIMIT_CHARS = 1_000_000;

const limits = {
  strictFilters: true,
  ownPropertyOnly: true,
  renderLimit: RENDER_LIMIT_MS,
  memoryLimit: MEMORY_LIMIT,
  parseLimit: PARSE_LIMIT_CHARS,
  // An empty set of named templates instead of the file system.
  templates: {},
};

const plain = withoutFiles(new Liquid(limits));
/** For the path of an address: a value can add text to it, never another segment, query or fragment. */
const inPath = withoutFiles(
  new Liquid({ ...limits, outputEscape: (value: unknown) => encodeURIComponent(asText(value)) }),
);

function withoutFiles(engine: Liquid): Liquid {
  for (const tag of ['include', 'render', 'layout', 'block'])
    Reflect.deleteProperty(engine.tags, tag);
  return engine;
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
}

/** The names that a template sees. */
export type Scope = object;

export interface Template {
  /** Text without markup: the same in every request. */
  readonly isConstant: boolean;
  /** Throws when the template fails on these values (a filter that refuses, a limit). */
  readonly render: (scope: Scope) => string;
}

export function hasMarkup(text: string): boolean {
  return text.includes('{{') || text.includes('{%');
}

/** Compiles a template; throws an Error whose message says what is wrong with it. */
export function compileTemplate(source: string, where: 'text' | 'path' = 'text'): Template {
  if (!hasMarkup(source)) return { isConstant: true, render: () => source };
  const engine = where === 'path' ? inPath : plain;
  const parsed = engine.parse(source);
  return { isConstant: false, render: (scope) => renderText(engine, parsed, scope) };
}

function renderText(engine: Liquid, parsed: ParsedTemplate[], scope: Scope): string {
  return String(engine.renderSync(parsed, scope));
}

/** What is wrong with a template, as sentences; empty when it may be saved. */
export function templateProblems(source: string): readonly Sentence[] {
  if (!hasMarkup(source)) return [];
  try {
    return unknownNames(plain.parse(source));
  } catch (error) {
    return [say('templateUnreadable', { why: firstLine(error) })];
  }
}

function unknownNames(parsed: ParsedTemplate[]): readonly Sentence[] {
  const problems = new Map<string, Sentence>();
  const add = (sentence: Sentence) => problems.set(sentence.message, sentence);
  for (const [root, field] of plain.globalVariableSegmentsSync(parsed)) {
    const name = String(root);
    const fields = KNOWN_NAMES.get(name);
    if (fields === undefined) {
      add(say('templateUnknownName', { name, known: [...KNOWN_NAMES.keys()].join(', ') }));
    } else if (fields !== null && typeof field === 'string' && !fields.includes(field)) {
      add(
        fields.length === 0
          ? say('templatePlainValue', { name, field })
          : say('templateNoField', { name, field, known: fields.join(', ') }),
      );
    }
  }
  return [...problems.values()];
}

/** What a failed template says of itself: of a sentence of ours all of it, of the library's the first line. */
export function firstLine(error: unknown): string | Said {
  const { message, says } = toldBy(error);
  return says ?? message.split('\n', 1)[0] ?? '';
}

const FALSE_TEXTS = new Set(['', 'false', '0', 'null', 'nil']);

/**
 * A condition is a Liquid expression (`context.region == "BR"`) or a template whose text is then read as true or false.
 * Throws when it cannot be evaluated.
 */
export function evaluateCondition(source: string, scope: Scope): boolean {
  const text = compileTemplate(conditionTemplate(source)).render(scope).trim();
  return !FALSE_TEXTS.has(text.toLowerCase());
}

/** What is wrong with a condition; empty when it may be saved. */
export function conditionProblems(source: string): readonly Sentence[] {
  if (source.trim() === '') return [say('conditionNeeded')];
  const problems = templateProblems(conditionTemplate(source));
  if (problems.length > 0 || hasMarkup(source) || isWhole(source)) return problems;
  return [say('conditionBroken', { condition: source })];
}

/** Whether values and operators take turns; the library makes something of `input.n >` and `input.n <> 3`, too. */
function isWhole(condition: string): boolean {
  let isValueNext = true;
  for (const token of new Tokenizer(condition).readExpressionTokens()) {
    const operator = TypeGuards.isOperatorToken(token) ? token.operator : null;
    if (isValueNext && operator === 'not') continue;
    if (isValueNext !== (operator === null) || operator === 'not') return false;
    isValueNext = operator !== null;
  }
  return !isValueNext;
}

function conditionTemplate(source: string): string {
  return hasMarkup(source) ? source : `{% if ${source} %}true{% endif %}`;
}
