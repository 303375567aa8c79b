import type { Names } from '../apply/names.ts';
import { NOTHING, type SqlCondition } from './keyset.ts';

/** Null when no integration is asked for; nothing is of one that never was. */
export function integrationIs(
  names: Names,
  integrationId: string | undefined,
): SqlCondition | null {
  if (integrationId === undefined) return null;
  const id = names.find(integrationId);
  return id === undefined ? NOTHING : { sql: 'integration = ?', params: [id] };
}
