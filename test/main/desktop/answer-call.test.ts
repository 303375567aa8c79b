import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createCallAnswerer, type CallReport } from '../../../src/main/desktop/answer-call.ts';
import { command } from '../../../src/shared/command.ts';
import { notFound } from '../../../src/shared/errors.ts';
import type { Locale } from '../../../src/shared/i18n/index.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const entry = { doc: '', method: 'POST', path: '' } as const;
const table = {
  double: command({
    ...entry,
    input: z.strictObject({ value: z.number().max(10), by: z.number().default(2) }),
    output: z.number(),
  }),
  fail: command({ ...entry, input: z.strictObject({ how: z.string() }), output: z.null() }),
};

function setupCalls(locale: Locale = 'en') {
  const clock = new ManualClock();
  const reports: CallReport[] = [];
  const callers: string[] = [];
  const call = createCallAnswerer({
    table,
    handlers: {
      double: ({ value, by }, { via }) => {
        callers.push(via);
        clock.advance(7);
        return Promise.resolve(value * by);
      },
      fail: ({ how }) =>
        Promise.reject(how === 'known' ? notFound('job', 'x') : new Error('disk on fire')),
    },
    clock,
    locale: () => locale,
    report: (report) => reports.push(report),
  });
  return { call, reports, callers };
}

describe('a call of the window', () => {
  it('is answered by its handler, with defaults filled in, as the person at the window', async () => {
    const { call, reports, callers } = setupCalls();
    expect(await call('double', { value: 4 })).toEqual({ ok: true, value: 8 });
    expect(callers).toEqual(['gui']);
    expect(reports).toEqual([{ name: 'double', durationMs: 7, unexpected: null }]);
  });

  it('is refused field by field when its input breaks the contract', async () => {
    const { call, callers } = setupCalls();
    const answer = await call('double', { value: '4', extra: true });
    expect(answer).toMatchObject({ ok: false, error: { code: 'validation' } });
    const paths = answer.ok ? [] : answer.error.details.map(({ path }) => path);
    expect(paths).toEqual(['value', 'extra']);
    expect(callers).toEqual([]);
  });

  it('is refused in the language of the person', async () => {
    const refuse = async (locale: Locale) => {
      const answer = await setupCalls(locale).call('double', { value: 11 });
      return answer.ok ? '' : answer.error.details[0]?.message;
    };
    expect(await refuse('en')).toMatch(/^Too big/);
    expect(await refuse('pt-BR')).toMatch(/^Grande demais/);
  });

  it.each(['constructor', '__proto__', 'toString', 'nothing', 7, null, undefined])(
    'names a command of the contract, not %j',
    async (name) => {
      const { call } = setupCalls();
      expect(await call(name, {})).toMatchObject({ ok: false, error: { code: 'not-found' } });
    },
  );

  it('carries at most 1 MiB', async () => {
    const { call } = setupCalls();
    const fits = await call('fail', { how: 'x'.repeat(1024 * 1024 - 20) });
    expect(fits).toMatchObject({ error: { code: 'internal' } });
    const tooMuch = await call('fail', { how: 'é'.repeat(512 * 1024) });
    expect(tooMuch).toMatchObject({ ok: false, error: { code: 'too-large' } });
  });

  it('gets an expected error whole, and the report stays quiet about it', async () => {
    const { call, reports } = setupCalls();
    const answer = await call('fail', { how: 'known' });
    expect(answer).toEqual({
      ok: false,
      error: { code: 'not-found', message: "There is no job 'x'.", details: [] },
    });
    expect(reports[0]?.unexpected).toBeNull();
  });

  it('gets a sentence for an unexpected error, and the report gets the error', async () => {
    const { call, reports } = setupCalls();
    expect(await call('fail', { how: 'unknown' })).toEqual({
      ok: false,
      error: { code: 'internal', message: 'disk on fire', details: [] },
    });
    expect(reports[0]?.unexpected?.message).toBe('disk on fire');
  });
});
