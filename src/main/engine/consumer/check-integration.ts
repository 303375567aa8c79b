import { asError, type Problem } from '../../../shared/errors.ts';
import type { FieldValue, Integration } from '../../../shared/integration.ts';
import type { JsonValue } from '../../../shared/values.ts';
import type { CheckProblem } from '../pool/protocol.ts';
import { secretsUsed } from './auth/authenticator.ts';
import { readAuthority } from './http/authority.ts';
import { literalOrigin } from './address-part.ts';
import { originOf, type Vault } from './secrets/vault.ts';
import { conditionProblems, hasMarkup, templateProblems } from './template.ts';

/**
 * What is wrong with an integration's address, templates and secrets, found before it is saved. Its rules (paths,
 * schemas, key) are the validator's to judge.
 */
export function checkIntegration(integration: Integration, vault: Vault): CheckProblem[] {
  return [
    ...[
      ...addressProblems(integration.request.url, 'request.url'),
      ...tokenAddressProblems(integration),
      ...requestTemplateProblems(integration),
      ...usageProblems(integration),
      ...authorityProblems(integration),
    ].map((problem) => ({ ...problem, code: 'validation' as const })),
    ...secretProblems(integration, vault),
  ];
}

/** What is wrong with a job's `when`. */
export function checkCondition(condition: string): CheckProblem[] {
  return conditionProblems(condition).map((message) => ({
    path: 'when',
    message,
    code: 'validation',
  }));
}

function addressProblems(address: string, path: string): Problem[] {
  const told = (message: string): Problem[] => [{ path, message }];
  const literal = hasMarkup(address) ? literalPart(address) : address.trim();
  if (literal === null) return [];
  if (/^[a-z][a-z0-9+.-]*:/i.test(literal) && !/^https?:/i.test(literal))
    return told(`'${shown(address)}' is not called: only http and https are.`);
  if (!URL.canParse(literal))
    return told(
      `'${shown(address)}' is not an address. It looks like https://api.example.com/items.`,
    );
  const url = new URL(literal);
  if (!/^https?:\/\//i.test(literal))
    return told(`'${shown(address)}' is not an address: after http: come two slashes.`);
  if (url.username !== '' || url.password !== '')
    return told(
      'Credentials do not belong into an address. Store the password as a secret and choose basic.',
    );
  return [];
}

/** The part before the first template, closed so that it can be parsed; null when it is no whole origin. */
function literalPart(address: string): string | null {
  const head = address.slice(0, address.search(/\{\{|\{%/)).trim();
  return head === '' || /^https?:\/\/[^/?#]*$/i.test(head) ? null : head;
}

function shown(address: string): string {
  return address.length > 200 ? `${address.slice(0, 200)}...` : address;
}

function tokenAddressProblems({ auth }: Integration): Problem[] {
  if (auth.kind === 'oauth2-client-credentials')
    return plainAddress(auth.tokenUrl, 'auth.tokenUrl');
  if (auth.kind === 'login') return plainAddress(auth.request.url, 'auth.request.url');
  return [];
}

function plainAddress(address: string, path: string): Problem[] {
  if (hasMarkup(address)) return [{ path, message: 'An address for tokens cannot be a template.' }];
  return addressProblems(address, path);
}

function requestTemplateProblems({ request }: Integration): Problem[] {
  return [
    ...templates(request.url, 'request.url'),
    ...Object.entries(request.query).flatMap(([name, value]) =>
      templates(value, `request.query.${name}`),
    ),
    ...Object.entries(request.headers).flatMap(([name, value]) =>
      headerProblems(value, `request.headers.${name}`),
    ),
    ...bodyTemplates(request.body, 'request.body'),
  ];
}

function templates(source: string, path: string): Problem[] {
  return templateProblems(source).map((message) => ({ path, message }));
}

function headerProblems(value: FieldValue, path: string): Problem[] {
  if (typeof value !== 'string') return [];
  // eslint-disable-next-line no-control-regex -- exactly these are refused
  if (/[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/.test(value))
    return [
      {
        path,
        message: 'A header cannot hold line breaks, control characters or letters beyond Latin-1.',
      },
    ];
  return templates(value, path);
}

function bodyTemplates(value: JsonValue, path: string): Problem[] {
  if (typeof value === 'string') return templates(value, path);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => bodyTemplates(part, `${path}.${name}`));
}

function usageProblems({ request, records, pagination, incremental }: Integration): Problem[] {
  const problems: Problem[] = [];
  const isBodyless = request.method === 'GET' || request.method === 'HEAD';
  if (isBodyless && request.body !== null)
    problems.push({ path: 'request.body', message: `A ${request.method} request has no body.` });
  if (records === null && pagination.kind !== 'none')
    problems.push({
      path: 'pagination',
      message: 'Without records there are no pages: pagination must be none.',
    });
  if (records === null && incremental !== null)
    problems.push({
      path: 'incremental',
      message: 'Without records there is nothing to read incrementally.',
    });
  if (incremental?.in === 'body' && isBodyless)
    problems.push({
      path: 'incremental.in',
      message: `A ${request.method} request has no body to set this in.`,
    });
  return problems;
}

function authorityProblems({ tls }: Integration): Problem[] {
  if (tls.caFile === null) return [];
  try {
    readAuthority(tls.caFile);
    return [];
  } catch (error) {
    return [{ path: 'tls.caFile', message: asError(error).message }];
  }
}

function secretProblems(integration: Integration, vault: Vault): CheckProblem[] {
  const uses = secretsUsed(integration);
  const [first] = uses;
  if (first === undefined) return [];
  if (
    uses.some(({ address }) => address === integration.request.url) &&
    literalOrigin(integration.request.url) === null
  )
    return [
      {
        path: 'request.url',
        code: 'validation',
        message:
          'With secrets, scheme and host must be written out: a template may not decide where a secret goes.',
      },
    ];
  return uses.flatMap(({ name, address, path }) => secretProblem(vault, name, address, path));
}

function secretProblem(vault: Vault, name: string, address: string, path: string): CheckProblem[] {
  const told = (message: string): CheckProblem[] => [{ path, message, code: 'unknown-reference' }];
  const secret = vault.get(name);
  if (secret === undefined) return told(`There is no secret '${name}'.`);
  const origin = literalOrigin(address);
  if (origin === null || originOf(secret.origin) === origin) return [];
  return told(`The secret '${name}' belongs to ${secret.origin}; it cannot be sent to ${origin}.`);
}
