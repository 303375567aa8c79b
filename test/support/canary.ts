import type { IntegrationInput } from '../../src/shared/integration.ts';
import type { ReceivedRequest } from './api-server.ts';

/** A secret to be looked for, an API that echoes it in every place and form, and integrations that send it there. */
export const SECRET = 'c4n4ry/S3cret+"wörd"\\&=%?x';
/** Unlike every other text, in every form but base64. */
const STEM = 'c4n4ry';

const forms = [
  SECRET,
  encodeURIComponent(SECRET),
  JSON.stringify(SECRET).slice(1, -1),
  Buffer.from(SECRET).toString('base64'),
  Buffer.from(SECRET).toString('base64url'),
  Buffer.from(`user:${SECRET}`).toString('base64'),
];

/** What gives the secret away in a text, in whatever form; empty when nothing does. */
export function traces(text: string): string[] {
  const cores = [0, 1, 2].map((shift) =>
    Buffer.from(`${'-'.repeat(shift)}${SECRET}`)
      .toString('base64')
      .slice(4, -4),
  );
  return [STEM, ...forms, ...cores].filter((form) => text.includes(form));
}

/** An API that gives back what it was sent, in every form that it knows, in every place that it has. */
export function echo({ path, headers, query }: ReceivedRequest) {
  const body = {
    items: forms.map((form, id) => ({ id, text: form, price: id % 2 ? form : id })),
    next: query.has('c') ? null : SECRET,
    sent: headers['authorization'],
  };
  const told = { 'x-echo': encodeURIComponent(SECRET), etag: `"${encodeURIComponent(SECRET)}"` };
  switch (path) {
    case '/items':
      return { body, headers: told };
    case '/error':
      return { status: 500, body: forms.join(' '), headers: told };
    case '/away':
      return { status: 302, headers: { location: `/lost?key=${encodeURIComponent(SECRET)}` } };
    case '/lost':
      return { status: 404, body: `<html>${forms.join('<br>')}</html>` };
    default:
      return { body: forms.join('\n') };
  }
}

const basic = { kind: 'basic', username: 'user', secret: 'canary' } as const;
const inQuery = { kind: 'api-key', in: 'query', name: 'key', secret: 'canary' } as const;

/** By path of the API: how the secret is sent there, and what is declared besides. */
const WAYS: readonly {
  readonly path: string;
  readonly auth: IntegrationInput['auth'];
  readonly more: Partial<IntegrationInput>;
}[] = [
  {
    path: '/items',
    auth: basic,
    more: {
      records: { path: '$.items[*]' },
      schema: { properties: { price: { type: 'number' } } },
      pagination: { kind: 'cursor-body', path: '$.next', parameter: 'c' },
    },
  },
  { path: '/items', auth: inQuery, more: { records: { path: '$.items[*]' }, key: ['text'] } },
  { path: '/error', auth: basic, more: {} },
  { path: '/away', auth: inQuery, more: {} },
  { path: '/called', auth: basic, more: { records: null } },
];

/** The declared integrations, one for each way. */
export function echoedIntegrations(origin: string) {
  return WAYS.map(({ path, auth, more }, index) => ({
    id: `echo-${index}`,
    name: `Echo ${index}`,
    request: { url: `${origin}${path}` },
    auth,
    retry: { maxAttempts: 1 },
    ...more,
  }));
}
