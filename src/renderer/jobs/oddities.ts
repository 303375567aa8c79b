import type { Format, Translate } from '../../shared/i18n/index.ts';
import type { Job } from '../../shared/job.ts';

export interface Speech {
  readonly t: Translate;
  readonly format: Format;
  /** Epoch ms. */
  readonly now: number;
}

/** A single failure is told by the last run. */
const WORTH_A_WORD = 2;

/** What is odd about a job, in sentences; none when it does well, or when nothing is known. */
export function oddities({ health }: Pick<Job, 'health'>, { t, format, now }: Speech): string[] {
  if (!health) return [];
  const { failuresInRow, noNewSince, fewRecords, fewPages, heldBack } = health;
  const said: string[] = [];
  if (failuresInRow >= WORTH_A_WORD) said.push(t('jobs.health.failing', { count: failuresInRow }));
  if (fewRecords !== null)
    said.push(
      t('jobs.health.few', {
        records: t('words.record', { count: fewRecords.received }),
        usual: format.number(Math.round(fewRecords.usual)),
      }),
    );
  if (fewPages !== null)
    said.push(
      t('jobs.health.fewPages', {
        pages: t('words.page', { count: fewPages.pages }),
        usual: format.number(Math.round(fewPages.usual)),
      }),
    );
  if (heldBack !== null)
    said.push(
      t('jobs.health.heldBack', {
        records: t('words.record', { count: heldBack.vanished }),
        of: format.number(heldBack.of),
      }),
    );
  if (noNewSince !== null)
    said.push(t('jobs.health.quiet', { time: format.exact(noNewSince, now) }));
  return said;
}
