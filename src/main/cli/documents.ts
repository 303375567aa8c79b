import { readFile, writeFile } from 'node:fs/promises';
import type { CommandInput } from '../../shared/contract.ts';
import type { ImportReport } from '../../shared/config-document.ts';
import { sleep } from '../engine/clock.ts';
import { fromYaml, toYaml } from '../server/yaml-document.ts';
import { EXIT, type Context } from './context.ts';
import { table } from './table.ts';
import { show } from './terminal.ts';

/** The configuration as a file: written, and read again. */

const WATCH_EVERY_MS = 1000;

interface ExportOptions {
  readonly format: 'yaml' | 'json';
  readonly output?: string;
}

export async function exportConfig(
  { api, terminal, json }: Context,
  { format, output }: ExportOptions,
): Promise<void> {
  const document = await api['config.export']({});
  const text =
    json || format === 'json' ? `${JSON.stringify(document, null, 2)}\n` : toYaml(document);
  if (output === undefined) terminal.write(text);
  else await writeFile(output, text, { mode: 0o600 });
}

/** Takes the file, and with `watch` again whenever its text changes; a wrong text is then said, and waited out. */
export async function importConfig(
  context: Context,
  file: string,
  { watch }: { readonly watch: boolean },
): Promise<void> {
  let last: string | null = null;
  for (;;) {
    const text = await readFile(file, 'utf8');
    if (text !== last) await take(context, text, watch);
    if (!watch) return;
    last = text;
    await sleep(context.clock, WATCH_EVERY_MS);
  }
}

async function take(context: Context, text: string, watch: boolean): Promise<void> {
  const { api, terminal, json, exit } = context;
  try {
    // What it must be is said by the engine, which also knows documents of other versions.
    const document = fromYaml(text) as CommandInput<'config.import'>;
    const report = await api['config.import'](document);
    show(terminal, json, report, (one) => reportText(context, one));
    if (report.skipped.length > 0) exit(EXIT.error);
  } catch (error) {
    const isOfText = error instanceof Error && 'code' in error && error.code === 'validation';
    if (!watch || !isOfText) throw error;
    terminal.warn(`${error.message}\n`);
  }
}

function reportText({ t }: Context, report: ImportReport): string {
  const rows = (['imported', 'changed', 'unchanged'] as const).flatMap((kind) =>
    report[kind].map((id) => [t(`cli.${kind}`), id, '']),
  );
  const skipped = report.skipped.map(({ id, why }) => [t('cli.skipped'), id, why]);
  return table(['', 'ID', ''], [...rows, ...skipped]);
}
