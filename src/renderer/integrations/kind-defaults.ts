import {
  authSchema,
  paginationSchema,
  type Auth,
  type Pagination,
} from '../../shared/integration.ts';

export const AUTH_KINDS = [
  'none',
  'api-key',
  'bearer',
  'basic',
  'oauth2-client-credentials',
  'login',
] as const satisfies readonly Auth['kind'][];

export const PAGINATION_KINDS = [
  'none',
  'page-number',
  'offset',
  'cursor-body',
  'cursor-header',
  'next-url-body',
  'link-header',
] as const satisfies readonly Pagination['kind'][];

/** What must be said has no default; it starts with a word that the contract lets through and is then taken out. */
const NEEDED = 'x';

/** A sign-in of a kind with the contract's defaults; what the person must fill in is empty. */
export function emptyAuth(kind: Auth['kind']): Auth {
  switch (kind) {
    case 'none':
      return { kind };
    case 'api-key':
      return { kind, in: 'header', name: 'X-Api-Key', secret: '' };
    case 'bearer':
      return { kind, secret: '' };
    case 'basic':
      return { kind, username: '', secret: '' };
    case 'oauth2-client-credentials': {
      const given = { kind, tokenUrl: NEEDED, clientId: NEEDED, secret: NEEDED };
      return { ...authSchema.parse(given), kind, tokenUrl: '', clientId: '', secret: '' } as Auth;
    }
    case 'login': {
      const given = { kind, request: { url: NEEDED }, tokenPath: '$.token' };
      const filled = authSchema.parse(given);
      return filled.kind === 'login'
        ? { ...filled, request: { ...filled.request, url: '' } }
        : filled;
    }
  }
}

/** A pagination of a kind with the contract's defaults and a likely path. */
export function emptyPagination(kind: Pagination['kind']): Pagination {
  const paths: Partial<Record<Pagination['kind'], object>> = {
    'cursor-body': { path: '$.next_cursor' },
    'cursor-header': { header: 'X-Next-Cursor' },
    'next-url-body': { path: '$.next' },
  };
  return paginationSchema.parse({ kind, ...paths[kind] });
}
