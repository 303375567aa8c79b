import type { Format, Translate } from '../../shared/i18n/index.ts';
import type { HeldBack, RunDetail } from '../../shared/run.ts';

interface Speech {
  readonly t: Translate;
  readonly format: Format;
}

/** How a run that succeeded differs from what is usual, in sentences. */
export function unusualSentences(
  { unusual }: Pick<RunDetail, 'unusual'>,
  { t, format }: Speech,
): string[] {
  const said: string[] = [];
  const rounded = (usual: number) => format.number(Math.round(usual));
  if (unusual?.fewRecords) {
    const { received, usual } = unusual.fewRecords;
    const records = t('words.record', { count: received });
    said.push(t('runs.one.unusual.records', { records, usual: rounded(usual) }));
  }
  if (unusual?.fewPages) {
    const { pages: count, usual } = unusual.fewPages;
    const pages = t('words.page', { count });
    said.push(t('runs.one.unusual.pages', { pages, usual: rounded(usual) }));
  }
  return said;
}

/** Why nothing was marked as vanished. */
export function heldBackSentence({ vanished, of, why }: HeldBack, { t, format }: Speech): string {
  if (why === 'no-list')
    return t('runs.one.heldBack.noList', { records: t('words.record', { count: of }) });
  const records = t('words.record', { count: vanished });
  return t('runs.one.heldBack.share', { records, of: format.number(of) });
}
