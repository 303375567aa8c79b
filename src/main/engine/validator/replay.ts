import type { Clock } from '../clock.ts';
import type { QuarantineRow } from '../store/ops.ts';
import { workOnPage } from './page.ts';
import type { PlanRules, ProcessedPage } from './page-types.ts';

/** Refused records that are held against today's rules, without calling the API. */
export interface ReplayRequest {
  readonly rules: PlanRules;
  readonly items: readonly ReplayItem[];
}

export interface ReplayItem {
  readonly id: string;
  readonly reason: QuarantineRow['reason'];
  /** JSON text of the record, digits as sent. */
  readonly raw: string;
}

export interface ReplayResult {
  /** What a page of these records would have given: packed records, counts, and today's faults. */
  readonly page: ProcessedPage;
  readonly acceptedIds: readonly string[];
  readonly stillInvalidIds: readonly string[];
}

/**
 * Judges refused records again. Those that were too big are not judged: only their beginning was kept, so they come
 * back with the next read or not at all. `page.error` is set when the rules themselves cannot be used.
 */
export function replay({ rules, items }: ReplayRequest, clock: Clock): ReplayResult {
  const whole = items.filter((item) => item.reason !== 'size');
  const cut = items.filter((item) => item.reason === 'size');
  const { page, refused } = workOnPage(
    {
      rules: rulesForList(rules),
      body: Buffer.from(`[${whole.map((item) => item.raw).join(',')}]`),
      contentType: null,
      page: 0,
      extract: [],
      sample: null,
    },
    clock,
  );
  const isRefused = new Set(refused);
  const isInvalid = (index: number) => page.error !== null || isRefused.has(index);
  return {
    page,
    acceptedIds: whole.filter((_item, index) => !isInvalid(index)).map(({ id }) => id),
    stillInvalidIds: [...whole.filter((_item, index) => isInvalid(index)), ...cut].map(
      ({ id }) => id,
    ),
  };
}

/** The records were selected before; one that is bad again must not spoil the others. */
function rulesForList(rules: PlanRules): PlanRules {
  return {
    ...rules,
    fingerprint: `${rules.fingerprint} replayed`,
    recordPath: '$',
    invalidAction: 'quarantine',
    maxDepth: rules.maxDepth + 1,
  };
}
