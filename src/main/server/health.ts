import type { Locale } from '../../shared/i18n/index.ts';
import { spoken, type Said } from '../../shared/sentences.ts';
import type { AppState } from '../../shared/status.ts';

/** What the program knows of its own condition, at once and without asking the store. */
export interface Health {
  readonly state: AppState;
  /** Why it is not well, in words; null when it is. */
  readonly reason: string | null;
  readonly says?: Said | undefined;
}

export interface HealthAnswer {
  readonly status: 200 | 503;
  readonly body: {
    readonly status: 'UP' | 'DOWN';
    readonly state?: AppState;
    readonly reason?: string | null;
    readonly components?: Readonly<Record<string, { readonly status: string }>>;
  };
}

/** Paused is what somebody wanted, so it is well; everything that keeps runs from happening otherwise is not. */
const WELL: ReadonlySet<AppState> = new Set(['running', 'paused']);
const STORE_IS_DOWN: ReadonlySet<AppState> = new Set(['starting', 'degraded', 'read-only']);

/** The whole program. Details are for those who have the token. */
export function programHealth(health: Health, withDetails: boolean, locale: Locale): HealthAnswer {
  const { state } = health;
  const isWell = WELL.has(state);
  const status = isWell ? 'UP' : 'DOWN';
  const details = {
    state,
    reason: reasonIn(health, locale),
    components: { db: { status: storeStatus(state) }, redis: { status: 'UNKNOWN' } },
  };
  return { status: isWell ? 200 : 503, body: { status, ...(withDetails ? details : {}) } };
}

/** The store alone. */
export function storeHealth(health: Health, withDetails: boolean, locale: Locale): HealthAnswer {
  const { state } = health;
  const status = storeStatus(state);
  const details = { state, reason: reasonIn(health, locale) };
  return { status: status === 'UP' ? 200 : 503, body: { status, ...(withDetails ? details : {}) } };
}

function reasonIn({ reason, says }: Health, locale: Locale): string | null {
  return reason === null ? null : spoken({ message: reason, says }, locale);
}

function storeStatus(state: AppState): 'UP' | 'DOWN' {
  return STORE_IS_DOWN.has(state) ? 'DOWN' : 'UP';
}
