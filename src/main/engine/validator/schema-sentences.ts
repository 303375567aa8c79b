import type { ErrorObject } from 'ajv/dist/2020.js';
import { say, type Part, type Sentence, type SentenceWith } from '../../../shared/sentences.ts';

/** What a keyword of JSON Schema found wrong with a record, as a sentence. */

/** Of a list of allowed values, so much is told. */
const MOST_VALUES_CHARACTERS = 200;

/** `field` is dotted; `$` stands for the record as a whole. */
export function sentenceOf(error: ErrorObject, field: string): Sentence {
  const { keyword } = error;
  if (keyword === 'required' || keyword === 'dependentRequired')
    return say('fieldMissing', { field });
  if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties')
    return say('fieldNotAllowed', { field });
  const what = (field === '$' ? say('theRecord') : say('quoted', { field })).says;
  return aboutValue(error, what);
}

function aboutValue({ keyword, params }: ErrorObject, what: Part): Sentence {
  const given = params as Readonly<Record<string, unknown>>;
  const limited = LIMITS[keyword];
  if (limited !== undefined) return say(limited, { what, limit: Number(given['limit']) });
  const plain = PLAIN[keyword];
  if (plain !== undefined) return say(plain, { what });
  switch (keyword) {
    case 'type':
      return say('mustBeType', { what, type: String(given['type']) });
    case 'multipleOf':
      return say('mustBeMultiple', { what, limit: Number(given['multipleOf']) });
    case 'enum':
      return say('mustBeOneOf', { what, values: listed(given['allowedValues']) });
    case 'format':
      return say('mustMatchFormat', { what, format: String(given['format']) });
    case 'pattern':
      return say('mustMatchPattern', { what, pattern: String(given['pattern']) });
    case 'uniqueItems':
      return say('mustBeUnique', { what, first: Number(given['j']), second: Number(given['i']) });
    case 'if':
      return say('mustMatchBranch', { what, branch: String(given['failingKeyword']) });
    default:
      return say('mustOther', { what, rule: keyword });
  }
}

const LIMITS: Readonly<Record<string, SentenceWith<'what' | 'limit'>>> = {
  minimum: 'mustBeAtLeast',
  maximum: 'mustBeAtMost',
  exclusiveMinimum: 'mustBeMore',
  exclusiveMaximum: 'mustBeLess',
  minLength: 'mustNotBeShorter',
  maxLength: 'mustNotBeLonger',
  minItems: 'mustNotHaveFewerItems',
  maxItems: 'mustNotHaveMoreItems',
  minProperties: 'mustNotHaveFewerFields',
  maxProperties: 'mustNotHaveMoreFields',
};

const PLAIN: Readonly<Record<string, SentenceWith<'what'>>> = {
  const: 'mustBeConstant',
  anyOf: 'mustMatchAny',
  oneOf: 'mustMatchOne',
  not: 'mustNotMatch',
  contains: 'mustContain',
  propertyNames: 'mustName',
  'false schema': 'mustNotBe',
};

function listed(values: unknown): string {
  const text = Array.isArray(values) ? values.map((one) => JSON.stringify(one)).join(', ') : '';
  return text.length <= MOST_VALUES_CHARACTERS ? text : `${text.slice(0, MOST_VALUES_CHARACTERS)}…`;
}
