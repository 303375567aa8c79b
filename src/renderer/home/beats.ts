import { OUTCOMES } from '../../shared/run.ts';
import type { Translate } from '../../shared/i18n/index.ts';
import type { OverviewData } from './overview.svelte.ts';

export type Heartbeat = OverviewData['heartbeats'][number];

/** What a bar of runs says, for who does not see it: `Succeeded 28, Failed 2`. */
export function beatsInWords({ runs }: Heartbeat, t: Translate): string {
  const told = OUTCOMES.flatMap((outcome) => {
    const count = runs.filter((run) => run.outcome === outcome).length;
    return count === 0 ? [] : [`${t(`words.outcome.${outcome}`)} ${count}`];
  });
  return told.length === 0 ? t('home.jobs.neverRan') : told.join(', ');
}
