import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { RE2JS } from 're2js';
import { SaidError, say, toldBy, type Said, type Sentence } from '../../../shared/sentences.ts';
import type { JsonValue } from '../../../shared/values.ts';
import { sentenceOf } from './schema-sentences.ts';

/** One way in which a record breaks its schema. */
export interface SchemaIssue {
  /** The keyword of the schema: `type`, `required`, `format`... */
  readonly rule: string;
  /** Dotted, `[]` for any item of a list, `$` for the record as a whole. */
  readonly field: string;
  /** Where the offending value is; it may be absent (a required member). */
  readonly place: readonly string[];
  readonly message: string;
  readonly says: Said;
}

export interface RecordSchema {
  readonly isValid: (record: JsonValue) => boolean;
  /** All issues of a refused record, at most `MOST_ISSUES`. */
  issues(record: JsonValue): readonly SchemaIssue[];
}

type JsonObject = { readonly [key: string]: JsonValue };

/** A record with thousands of faults says nothing new after the first few. */
const MOST_ISSUES = 20;

const OPTIONS = {
  // Unknown keywords and formats are ignored, as the specification asks.
  strict: false,
  logger: false,
  // `required: ["constructor"]` must not be satisfied by what every object inherits.
  ownProperties: true,
  addUsedSchema: false,
  code: { regExp: linearRegExp() },
} as const;

/** Making one costs 20 ms, for the schema of schemas; so each thread makes the two it needs once. */
let quick: Ajv2020 | null = null;
let thorough: Ajv2020 | null = null;

/**
 * Compiles a JSON Schema 2020-12 with formats. Records are first asked for a yes or no, which stops at the first
 * fault; only a refused one is looked at as a whole. Throws an Error whose message is for the person.
 */
export function compileSchema(schema: JsonObject): RecordSchema {
  const source = withoutDialect(schema);
  quick ??= createCompiler(false);
  const check = compile(quick, source);
  let explain: ValidateFunction | null = null;
  return {
    isValid: check as (record: JsonValue) => boolean,
    issues(record) {
      thorough ??= createCompiler(true);
      explain ??= compile(thorough, source);
      explain(record);
      const issues = (explain.errors ?? []).slice(0, MOST_ISSUES).map(issueOf);
      return issues.length > 0 ? issues : [WHOLE_RECORD];
    },
  };
}

/** `false` as a schema refuses without naming anything. */
const WHOLE_RECORD: SchemaIssue = {
  rule: 'schema',
  field: '$',
  place: [],
  ...say('breaksSchema'),
};

function createCompiler(allErrors: boolean): Ajv2020 {
  const ajv = new Ajv2020({ ...OPTIONS, allErrors });
  addFormats.default(ajv);
  ajv.addFormat('url', isUrl);
  return ajv;
}

/** In place of the one format of ajv-formats whose time grows with the square of the text. */
function isUrl(text: string): boolean {
  return /^(?:https?|ftp):\/\/\S+$/i.test(text) && URL.canParse(text);
}

function compile(ajv: Ajv2020, schema: JsonObject): ValidateFunction {
  try {
    return ajv.compile(schema);
  } catch (thrown) {
    throw new SaidError(readable(thrown), { cause: thrown });
  } finally {
    // The compiler would keep every schema for ever, and refuse a second one with the same $id.
    ajv.removeSchema(schema);
  }
}

function readable(thrown: unknown): Sentence {
  const { message, says } = toldBy(thrown);
  // What the engine of patterns refuses is a sentence already.
  if (says !== undefined) return { message, says };
  return message.includes("can't resolve reference")
    ? say('schemaOutside', { why: message })
    : say('schemaUnusable', { why: message.replace('schema is invalid: ', '') });
}

/** Schemas written for an older draft are read as 2020-12; what changed since then is reported by keyword. */
function withoutDialect(schema: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => keyword !== '$schema'));
}

/**
 * Patterns run in an engine whose time grows with the text alone: `^(a+)+$` is harmless. Look-around and
 * back-references do not exist in it and are refused when the schema is compiled.
 */
function linearRegExp() {
  const engine = (pattern: string) => {
    try {
      return RE2JS.compile(RE2JS.translateRegExp(pattern));
    } catch (thrown) {
      const why = (thrown as Error).message;
      throw new SaidError(say('patternUnsupported', { pattern, why }), { cause: thrown });
    }
  };
  engine.code = 'linearRegExp'; // used only when validators are written out as source, which is not done here
  return engine;
}

function issueOf(error: ErrorObject): SchemaIssue {
  const place = error.instancePath.split('/').slice(1).map(unescapePointer);
  const params = error.params as Record<string, unknown>;
  const member =
    params['missingProperty'] ?? params['additionalProperty'] ?? params['unevaluatedProperty'];
  if (typeof member === 'string') place.push(member);
  const field = fieldName(place);
  return {
    rule: error.keyword,
    field,
    place,
    ...sentenceOf(error, field),
  };
}

function fieldName(place: readonly string[]): string {
  if (place.length === 0) return '$';
  return place.reduce((name, step) => {
    if (/^\d+$/.test(step)) return `${name}[]`;
    return name === '' ? step : `${name}.${step}`;
  }, '');
}

function unescapePointer(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
