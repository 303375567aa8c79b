/** The screens by their address. Addresses are hashes: `#/runs?outcome=failed`. */
export type Route =
  | { readonly name: 'home' }
  | { readonly name: 'integrations' }
  | { readonly name: 'integration'; readonly id: string | null }
  | { readonly name: 'jobs' }
  | { readonly name: 'job'; readonly id: string }
  | { readonly name: 'job-editor'; readonly id: string | null }
  | { readonly name: 'runs' }
  | { readonly name: 'dead-letters' }
  | { readonly name: 'logs' }
  | { readonly name: 'run'; readonly id: string }
  | { readonly name: 'records' }
  | { readonly name: 'record'; readonly integrationId: string; readonly key: string }
  | { readonly name: 'quarantine' }
  | { readonly name: 'settings' }
  | { readonly name: 'not-found' };

export type Query = Readonly<Record<string, string>>;

export interface Location {
  readonly path: string;
  readonly query: Query;
}

export function parseHash(hash: string): Location {
  const [path = '', search = ''] = hash.replace(/^#/, '').split('?', 2);
  return { path: path === '' ? '/' : path, query: Object.fromEntries(new URLSearchParams(search)) };
}

/** The address of a screen; empty values of the query are left out. */
export function toHash(
  path: string,
  query: Readonly<Record<string, string | null | undefined>> = {},
): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) search.set(name, value);
  const text = search.toString();
  return `#${path}${text === '' ? '' : `?${text}`}`;
}

export function routeOf(path: string): Route {
  const parts = path.split('/').filter(Boolean).map(decodePart);
  const [first, second, third] = parts;
  if (first === undefined) return { name: 'home' };
  if (parts.length === 1) return listRoute(first);
  if (second === undefined) return { name: 'not-found' };
  if (first === 'integrations' && third === undefined)
    return { name: 'integration', id: second === 'new' ? null : second };
  if (first === 'jobs') return jobRoute(second, third);
  if (first === 'runs' && third === undefined) return { name: 'run', id: second };
  if (first === 'records' && third !== undefined)
    return { name: 'record', integrationId: second, key: third };
  return { name: 'not-found' };
}

const LISTS = [
  'integrations',
  'jobs',
  'runs',
  'dead-letters',
  'records',
  'quarantine',
  'logs',
  'settings',
] as const;

function listRoute(name: string): Route {
  const list = LISTS.find((known) => known === name);
  return list === undefined ? { name: 'not-found' } : { name: list };
}

function jobRoute(id: string, action: string | undefined): Route {
  if (id === 'new') return { name: 'job-editor', id: null };
  if (action === undefined) return { name: 'job', id };
  return action === 'edit' ? { name: 'job-editor', id } : { name: 'not-found' };
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a lone % typed into the address
  }
}
