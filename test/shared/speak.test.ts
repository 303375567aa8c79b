import { describe, expect, it } from 'vitest';
import { contract } from '../../src/shared/contract.ts';
import { say } from '../../src/shared/sentences.ts';
import { speakerOf } from '../../src/shared/speak.ts';
import { sampleRun } from '../support/sample-run.ts';

const inPortuguese = (name: keyof typeof contract, value: unknown): unknown => {
  const speak = speakerOf(contract[name].output);
  if (speak === null) throw new Error(`${name} says nothing.`);
  return speak(value, 'pt-BR');
};
const error = {
  code: 'http-status',
  kind: 'config',
  ...say('status403', { status: 403 }),
} as const;
const SPOKEN = '403: a API não permite isto a estas credenciais.';

describe('an answer in the language of who asked', () => {
  it('says every error in it, and leaves everything else as it is', () => {
    const run = { ...sampleRun(), error };
    const page = { items: [run, { ...run, error: null }], nextCursor: null };
    expect(inPortuguese('runs.list', page)).toEqual({
      ...page,
      items: [
        { ...run, error: { ...error, message: SPOKEN } },
        { ...run, error: null },
      ],
    });
  });

  it('keeps the text of what was stored without a note', () => {
    const old = { ...sampleRun(), error: { code: 'x', kind: 'data', message: 'As it was.' } };
    expect(inPortuguese('runs.list', { items: [old], nextCursor: null })).toEqual({
      items: [old],
      nextCursor: null,
    });
  });

  it('says notes beside fields of other names, and lists of them one by one', () => {
    const hint = say('hintPages');
    expect(
      inPortuguese('integrations.test', {
        error: null,
        invalid: [],
        hints: ['As sent.', hint.message],
        hintsSays: [null, hint.says],
      }),
    ).toMatchObject({
      hints: ['As sent.', expect.stringContaining('A resposta parece') as string],
    });
    const { message: stateReason, says: stateReasonSays } = say('diskFull', { detail: 'ENOSPC' });
    expect(inPortuguese('status', { stateReason, stateReasonSays })).toMatchObject({
      stateReason: 'O disco está cheio. Libere espaço; a coleta continua por si só. (ENOSPC)',
    });
  });

  it('never looks into data of the person', () => {
    const data = { message: 'mine', says: say('noPlan').says };
    const record = { key: '1', data };
    const spoken = inPortuguese('integrations.test', { records: [record], hints: [], invalid: [] });
    expect((spoken as { records: unknown[] }).records[0]).toBe(record);
    for (const name of ['records.list', 'records.get', 'settings.get', 'config.export'] as const)
      expect(speakerOf(contract[name].output)).toBeNull();
  });

  it('is found once for a schema', () => {
    const { output } = contract['runs.get'];
    expect(speakerOf(output)).toBe(speakerOf(output));
  });
});
