import { readFile, stat, writeFile } from 'node:fs/promises';
import type { CommandInput } from '../../shared/contract.ts';
import type { ImportReport } from '../../shared/config-document.ts';
import { PontualError } from '../../shared/errors.ts';
import { spoken, toldBy } from '../../shared/sentences.ts';
import { sleep } from '../engine/clock.ts';
import { fromYaml, toYaml } from '../server/yaml-document.ts';
import { EXIT, type Context } from './context.ts';
import { inParts } from './document-parts.ts';
import { table } from './table.ts';
import { show } from './terminal.ts';

/** The configuration as a file: written, and read again. */

const WATCH_EVERY_MS = 1000;
const MIB = 1024 * 1024;
/** Far more than thousands of jobs need; anything larger was named by mistake. */
const MOST_FILE_BYTES = 64 * MIB;

interface ExportOptions {
  readonly format: 'yaml' | 'json';
  readonly output?: string;
}

export async function exportConfig(
  { api, terminal, json, t }: Context,
  { format, output }: ExportOptions,
): Promise<void> {
  const document = await api['config.export']({});
  const text =
    json || format === 'json' ? `${JSON.stringify(document, null, 2)}\n` : toYaml(document);
  if (output === undefined) terminal.write(text);
  else {
    await writeFile(output, text, { mode: 0o600 });
    const { integrations, jobs } = document;
    const counts = { integrations: integrations.length, jobs: jobs.length };
    terminal.warn(`${t('cli.exported', { file: output, ...counts })}\n`);
  }
}

/** Takes the file, and with `watch` again whenever its text changes; a wrong text is then said, and waited out. */
export async function importConfig(
  context: Context,
  file: string,
  { watch }: { readonly watch: boolean },
): Promise<void> {
  let last: string | null = null;
  if (watch) context.terminal.warn(`${context.t('cli.watching', { file })}\n`);
  for (;;) {
    const text = await textOf(context, file, watch);
    if (text !== null && text !== last) await take(context, text, watch);
    if (!watch) return;
    last = text ?? last;
    await sleep(context.clock, WATCH_EVERY_MS);
  }
}

/** null: it is not there at this moment, as between an editor's removing and renaming. */
async function textOf(
  { t }: Pick<Context, 't'>,
  file: string,
  watch: boolean,
): Promise<string | null> {
  try {
    const { size } = await stat(file);
    if (size > MOST_FILE_BYTES)
      throw new PontualError(
        'too-large',
        t('cli.fileTooLarge', { file, mib: MOST_FILE_BYTES / MIB }),
      );
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (watch && code === 'ENOENT') return null;
    if (code === 'ENOENT') throw new PontualError('not-found', t('cli.noFile', { file }));
    if (code === 'EISDIR') throw new PontualError('not-found', t('cli.isFolder', { file }));
    if (code === 'EACCES') throw new PontualError('forbidden', t('cli.fileForbidden', { file }));
    throw error;
  }
}

async function take(context: Context, text: string, watch: boolean): Promise<void> {
  const { terminal, json, exit } = context;
  try {
    // What it must be is said by the engine, which also knows documents of other versions.
    const report = await importAll(context, fromYaml(text));
    show(terminal, json, report, (one) => reportText(context, one));
    if (report.skipped.length > 0 && !watch) exit(EXIT.error);
  } catch (error) {
    const isOfText = error instanceof Error && 'code' in error && error.code === 'validation';
    if (!watch || !isOfText) throw error;
    terminal.warn(`${spoken(toldBy(error), context.locale)}\n`);
  }
}

/** In as many requests as the size of one allows; the reports become one. */
async function importAll({ api }: Context, document: unknown): Promise<ImportReport> {
  const { parts, refused } = inParts(document);
  const reports: ImportReport[] = [];
  for (const part of parts)
    reports.push(await api['config.import'](part as CommandInput<'config.import'>));
  const of = <K extends keyof ImportReport>(kind: K) => reports.map((report) => report[kind]);
  const ofRefused = (kind: 'integration' | 'job') =>
    refused.filter((item) => item.kind === kind).length;
  return {
    imported: of('imported').flat(),
    changed: of('changed').flat(),
    unchanged: of('unchanged').flat(),
    skipped: [...of('skipped').flat(), ...refused],
    counts: {
      integrations: of('counts').reduce(
        (sum, one) => sum + one.integrations,
        ofRefused('integration'),
      ),
      jobs: of('counts').reduce((sum, one) => sum + one.jobs, ofRefused('job')),
    },
  };
}

function reportText({ t, locale }: Context, report: ImportReport): string {
  const rows = (['imported', 'changed', 'unchanged'] as const).flatMap((kind) =>
    report[kind].map((id) => [t(`cli.${kind}`), id, '']),
  );
  const skipped = report.skipped.map(({ id, why, whySays: says }) => [
    t('cli.skipped'),
    id,
    spoken({ message: why, says }, locale),
  ]);
  const all = [...rows, ...skipped];
  if (all.length === 0) return t('cli.emptyDocument');
  return table([t('cli.columns.result'), t('cli.columns.id'), t('cli.columns.why')], all);
}
