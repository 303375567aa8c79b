import { asError, type Problem } from '../../../shared/errors.ts';
import type { FieldValue, Integration } from '../../../shared/integration.ts';
import { say, type Sentence } from '../../../shared/sentences.ts';
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
  return conditionProblems(condition).map((sentence) => ({
    path: 'when',
    ...sentence,
    code: 'validation',
  }));
}

function addressProblems(address: string, path: string): Problem[] {
  const told = (sentence: Sentence): Problem[] => [{ path, ...sentence }];
  const literal = hasMarkup(address) ? literalPart(address) : address.trim();
  if (literal === null) return [];
  if (/^[a-z][a-z0-9+.-]*:/i.test(literal) && !/^https?:/i.test(literal))
    return told(say('notCalled', { address: shown(address) }));
  if (!URL.canParse(literal)) return told(say('noAddress', { address: shown(address) }));
  const url = new URL(literal);
  if (!/^https?:\/\//i.test(literal))
    return told(say('slashesMissing', { address: shown(address) }));
  if (url.username !== '' || url.password !== '') return told(say('credentialsInAddress'));
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
  if (hasMarkup(address)) return [{ path, ...say('tokenAddressTemplate') }];
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
  return templateProblems(source).map((sentence) => ({ path, ...sentence }));
}

function headerProblems(value: FieldValue, path: string): Problem[] {
  if (typeof value !== 'string') return [];
  // eslint-disable-next-line no-control-regex -- exactly these are refused
  if (/[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/.test(value))
    return [{ path, ...say('badHeader') }];
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
    problems.push({ path: 'request.body', ...say('noBody', { method: request.method }) });
  if (records === null && pagination.kind !== 'none')
    problems.push({ path: 'pagination', ...say('noPages') });
  if (records === null && incremental !== null)
    problems.push({ path: 'incremental', ...say('nothingIncremental') });
  if (incremental?.in === 'body' && isBodyless)
    problems.push({ path: 'incremental.in', ...say('noBodyToSet', { method: request.method }) });
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
    return [{ path: 'request.url', code: 'validation', ...say('templateInOrigin') }];
  return uses.flatMap(({ name, address, path }) => secretProblem(vault, name, address, path));
}

function secretProblem(vault: Vault, name: string, address: string, path: string): CheckProblem[] {
  const told = (sentence: Sentence): CheckProblem[] => [
    { path, ...sentence, code: 'unknown-reference' },
  ];
  const secret = vault.get(name);
  if (secret === undefined) return told(say('noSecret', { name }));
  const origin = literalOrigin(address);
  if (origin === null || originOf(secret.origin) === origin) return [];
  return told(say('secretElsewhere', { name, owner: secret.origin, origin }));
}
