import { SaidError, say } from '../../../shared/sentences.ts';
import type { JsonValue } from '../../../shared/values.ts';
import type { Part } from './request-part.ts';
import { compileTemplate } from './template.ts';

/** The body of a request: text, JSON whose texts are templates, or a form. */

export type RenderedBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'json' | 'form'; readonly value: JsonValue };
export interface BodyText {
  readonly text: string;
  readonly type: string;
}

const FORM_TYPE = 'application/x-www-form-urlencoded';

/** The declared body, compiled. */
export function bodyPart(body: JsonValue, contentType: string | null): Part<RenderedBody> {
  if (body === null) return { isConstant: true, render: () => ({ kind: 'none' }) };
  if (typeof body === 'string') {
    const template = compileTemplate(body);
    return {
      isConstant: template.isConstant,
      render: (scope) => ({ kind: 'text', text: template.render(scope) }),
    };
  }
  const kind = contentType?.startsWith(FORM_TYPE) === true ? 'form' : 'json';
  const value = jsonPart(body);
  return { ...value, render: (scope) => ({ kind, value: value.render(scope) }) };
}

/** Texts inside a JSON body are templates; rendering them as JSON keeps quotes and line breaks harmless. */
function jsonPart(value: JsonValue): Part<JsonValue> {
  if (typeof value === 'string') return compileTemplate(value);
  if (typeof value !== 'object' || value === null) return { isConstant: true, render: () => value };
  if (isList(value)) {
    const parts = value.map(jsonPart);
    return {
      isConstant: parts.every((part) => part.isConstant),
      render: (scope) => parts.map((part) => part.render(scope)),
    };
  }
  const fields = Object.entries(value).map(([name, field]) => [name, jsonPart(field)] as const);
  return {
    isConstant: fields.every(([, part]) => part.isConstant),
    render: (scope) => Object.fromEntries(fields.map(([name, part]) => [name, part.render(scope)])),
  };
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** The text to be sent, with the extra fields set at its top; null = no body. Throws when they cannot be set. */
export function bodyText(
  body: RenderedBody,
  extra: Readonly<Record<string, JsonValue>>,
): BodyText | null {
  switch (body.kind) {
    case 'none':
      return Object.keys(extra).length === 0 ? null : jsonBody(extra);
    case 'text':
      return withExtraText(body.text, extra);
    case 'form':
      return formBody({ ...fieldsOf(body.value), ...extra });
    case 'json':
      return jsonBody(
        Object.keys(extra).length === 0 ? body.value : { ...fieldsOf(body.value), ...extra },
      );
  }
}

function fieldsOf(value: JsonValue): Readonly<Record<string, JsonValue>> {
  if (typeof value === 'object' && value !== null && !isList(value)) return value;
  throw new SaidError(say('bodyNoObject'));
}

function withExtraText(text: string, extra: Readonly<Record<string, JsonValue>>): BodyText {
  const looksLikeJson = /^\s*[[{]/.test(text);
  if (Object.keys(extra).length === 0)
    return { text, type: looksLikeJson ? 'application/json' : 'text/plain; charset=utf-8' };
  return jsonBody({ ...fieldsOf(JSON.parse(text) as JsonValue), ...extra });
}

function jsonBody(value: JsonValue): BodyText {
  return { text: JSON.stringify(value), type: 'application/json' };
}

/** Form fields as URLSearchParams writes them; a list repeats its name. */
export function formBody(fields: Readonly<Record<string, JsonValue>>): BodyText {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? (value as readonly JsonValue[]) : [value]) {
      if (one !== null)
        parameters.append(name, typeof one === 'object' ? JSON.stringify(one) : String(one));
    }
  }
  return { text: parameters.toString(), type: FORM_TYPE };
}
