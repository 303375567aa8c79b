import type { Auth, FieldValue, Integration } from '../../shared/integration.ts';
import type { JsonValue } from '../../shared/values.ts';

/**
 * A page of a run as a line for a shell. Secrets come as variables, `$SECRET_NAME`, never as values; a body that is a
 * template is given as it was declared.
 */
export function curlOf(integration: Pick<Integration, 'request' | 'auth'>, url: string): string {
  const { request, auth } = integration;
  const parts = [
    request.method === 'GET' ? 'curl' : `curl -X ${request.method}`,
    quoted(withSecretQuery(url, auth)),
    ...Object.entries(request.headers).map(([name, value]) => header(name, value)),
    ...signIn(auth),
    ...body(request.body),
  ];
  return parts.join(' \\\n  ');
}

function signIn(auth: Auth): string[] {
  switch (auth.kind) {
    case 'api-key':
      return auth.in === 'header' ? [header(auth.name, { secret: auth.secret })] : [];
    case 'bearer':
      return [`-H "Authorization: Bearer ${variable(auth.secret)}"`];
    case 'basic':
      return [`-u ${quoted(`${auth.username}:`)}"${variable(auth.secret)}"`];
    case 'oauth2-client-credentials':
      return ['-H "Authorization: Bearer $ACCESS_TOKEN"'];
    case 'login':
      return auth.in === 'header' ? [`-H "${escaped(`${auth.name}: ${auth.prefix}`)}$TOKEN"`] : [];
    case 'none':
      return [];
  }
}

/** The stored address has no secret in it; a key that travels in the query is named there. */
function withSecretQuery(url: string, auth: Auth): string {
  return auth.kind === 'api-key' && auth.in === 'query'
    ? url.replace(
        new RegExp(`([?&]${escapeRegExp(encodeURIComponent(auth.name))}=)[^&#]*`),
        '$1***',
      )
    : url;
}

function header(name: string, value: FieldValue): string {
  return typeof value === 'string'
    ? `-H ${quoted(`${name}: ${value}`)}`
    : `-H "${escaped(name)}: ${variable(value.secret)}"`;
}

function body(value: JsonValue): string[] {
  if (value === null) return [];
  if (typeof value === 'string') return [`--data-raw ${quoted(value)}`];
  return [`-H 'Content-Type: application/json'`, `--data-raw ${quoted(JSON.stringify(value))}`];
}

function variable(secret: string): string {
  return `$${secret.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
}

/** In single quotes a shell leaves everything alone. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function escaped(text: string): string {
  return text.replace(/["\\$`]/g, '\\$&');
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
