import { z } from 'zod';
import { refusals } from './i18n/en/refusals.ts';

/** Small shapes that every other one is made of. All objects of the contract are strict: an unknown field is refused. */

/** Chosen by the user or made from the name: lower-case letters, digits and dashes, 1 to 63 characters. */
export const idSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, refusals.badId);

/** ISO 8601 UTC with milliseconds: `2026-11-21T12:00:00.000Z`. */
export const instantSchema = z.iso.datetime({ precision: 3 });

/** ISO 8601 with `Z` or an offset, as people write it. */
export const instantInputSchema = z.iso.datetime({ offset: true });

export const nameSchema = z.string().trim().min(1, refusals.nameNeeded).max(200);
export const textSchema = z.string().max(10_000);
export const countSchema = z.number().int().min(0);

export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Any JSON value. Deep values are not walked: depth and size are limited where bytes arrive. */
export const jsonSchema = z.custom<JsonValue>((value) => value !== undefined, refusals.jsonNeeded);
export const jsonObjectSchema = z.custom<{ readonly [key: string]: JsonValue }>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  refusals.jsonObjectNeeded,
);

export const listQuery = {
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(500).optional(),
};

/** A page of a list; only `nextCursor: null` ends it, a page may hold fewer items than `limit`. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });
}
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}
