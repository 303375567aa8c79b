import type { FieldValue, Integration } from '../../../shared/integration.ts';
import { SaidError, say } from '../../../shared/sentences.ts';
import { ACCEPTED_ENCODINGS } from './http/decoding.ts';
import type { Part } from './request-part.ts';
import { compileTemplate, type Template } from './template.ts';

const USER_AGENT = 'Pontual/0.1';

/** The declared headers but those that hold a secret, and what is sent when nothing else is declared. */
export function headersPart(
  request: Integration['request'],
  callOnly: boolean,
): Part<Record<string, string>> {
  const templates: (readonly [string, Template])[] = [];
  for (const [name, value] of Object.entries(request.headers)) {
    if (!isSecretRef(value)) templates.push([name.toLowerCase(), compileTemplate(value)]);
  }
  const defaults = {
    accept: callOnly ? '*/*' : 'application/json, */*;q=0.5',
    'accept-encoding': ACCEPTED_ENCODINGS,
    'user-agent': USER_AGENT,
  };
  return {
    isConstant: templates.every(([, template]) => template.isConstant),
    render: (scope) => {
      const headers: Record<string, string> = { ...defaults };
      for (const [name, template] of templates) {
        const value = headerValue(name, template.render(scope));
        if (value !== '') headers[name] = value;
      }
      return headers;
    },
  };
}

export function isSecretRef(value: unknown): value is { readonly secret: string } {
  return typeof value === 'object' && value !== null && 'secret' in value;
}

/** Header values are bytes; text beyond Latin-1 and line breaks have no place there. */
function headerValue(name: string, value: string): string {
  const text = value.trim();
  // eslint-disable-next-line no-control-regex -- exactly these are refused
  if (/[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/.test(text))
    throw new SaidError(say('headerImpossible', { name }));
  return text;
}

export function contentTypeOf(headers: Readonly<Record<string, FieldValue>>): string | null {
  const entry = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type');
  return typeof entry?.[1] === 'string' ? entry[1].toLowerCase() : null;
}
