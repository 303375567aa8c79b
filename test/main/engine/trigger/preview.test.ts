import { describe, expect, test } from 'vitest';
import { previewSchedule, type PreviewedJob } from '../../../../src/main/engine/trigger/preview.ts';
import { scheduleSchema } from '../../../../src/shared/schedule.ts';
import type { ScheduleInput } from '../../../../src/shared/schedule.ts';

const FROM = '2026-11-21T12:00:00.000Z';

function preview(
  schedule: ScheduleInput,
  options: { from?: string; count?: number; locale?: 'en' | 'pt-BR'; job?: PreviewedJob } = {},
) {
  const { instants, description, warnings } = previewSchedule(scheduleSchema.parse(schedule), {
    fromMs: Date.parse(options.from ?? FROM),
    count: options.count ?? 3,
    machineZone: 'America/Sao_Paulo',
    locale: options.locale ?? 'en',
    ...(options.job === undefined ? {} : { job: options.job }),
  });
  return {
    instants: instants.map(
      ({ atMs, dst }) => `${new Date(atMs).toISOString()}${dst === null ? '' : ` ${dst}`}`,
    ),
    description,
    warnings,
  };
}

const newYork = (expression: string): ScheduleInput => ({
  kind: 'cron',
  expression,
  timeZone: 'America/New_York',
});

describe('a schedule in words', () => {
  test.each<[ScheduleInput, string, string]>([
    [{ kind: 'cron', expression: '*/30 * * * * *' }, 'Every 30 seconds', 'A cada 30 segundos'],
    [
      { kind: 'cron', expression: '0 9 * * MON-FRI' },
      'At 09:00, Monday through Friday',
      'Às 09:00, de segunda-feira a sexta-feira',
    ],
    [
      { kind: 'cron', expression: '0 9 * * FRI#L' },
      'At 09:00, on the last Friday of the month',
      'Às 09:00, na última sexta-feira do mês',
    ],
    [{ kind: 'fixed-rate', everyMs: 30_000 }, 'Every 30 seconds', 'A cada 30 segundos'],
    [{ kind: 'fixed-rate', everyMs: 1000 }, 'Every second', 'A cada segundo'],
    [{ kind: 'fixed-rate', everyMs: 86_400_000 }, 'Every day', 'A cada dia'],
    [{ kind: 'fixed-rate', everyMs: 250 }, 'Every 250 milliseconds', 'A cada 250 milissegundos'],
    [
      { kind: 'fixed-rate', everyMs: 5_400_000 },
      'Every 1 hour 30 minutes',
      'A cada 1 hora 30 minutos',
    ],
    [
      { kind: 'fixed-rate', everyMs: 60_000, startAt: '2027-01-01T08:00' },
      'Every minute, counted from 2027-01-01 08:00:00 (America/Sao_Paulo)',
      'A cada minuto, contados a partir de 2027-01-01 08:00:00 (America/Sao_Paulo)',
    ],
    [
      { kind: 'fixed-delay', delayMs: 5000 },
      '5 seconds after the previous run ends',
      '5 segundos após o fim da execução anterior',
    ],
    [
      { kind: 'fixed-delay', delayMs: 0 },
      'Again as soon as the previous run ends',
      'De novo assim que a execução anterior terminar',
    ],
    [
      { kind: 'one-time', at: '2030-01-31T08:00:00Z' },
      'Once, on 2030-01-31 05:00:00 (America/Sao_Paulo)',
      'Uma vez, em 2030-01-31 05:00:00 (America/Sao_Paulo)',
    ],
    [{ kind: 'manual' }, 'Only when started by hand', 'Somente quando iniciado à mão'],
  ])('%j', (schedule, english, portuguese) => {
    expect(preview(schedule).description).toBe(english);
    expect(preview(schedule, { locale: 'pt-BR' }).description).toBe(portuguese);
  });
});

describe('the instants of a preview', () => {
  test('may begin with the very time asked from', () => {
    expect(preview({ kind: 'cron', expression: '0 * * * *' }).instants).toEqual([
      '2026-11-21T12:00:00.000Z',
      '2026-11-21T13:00:00.000Z',
      '2026-11-21T14:00:00.000Z',
    ]);
  });

  test('are marked where the clocks skip the named time', () => {
    expect(preview(newYork('30 2 * * *'), { from: '2027-03-13T12:00Z' }).instants).toEqual([
      '2027-03-14T07:00:00.000Z moved',
      '2027-03-15T06:30:00.000Z',
      '2027-03-16T06:30:00.000Z',
    ]);
  });

  test('are marked where the clocks show the time twice', () => {
    expect(
      preview(newYork('30 1 * * *'), { from: '2026-11-01T04:00Z', count: 2 }).instants,
    ).toEqual(['2026-11-01T05:30:00.000Z repeated-first', '2026-11-02T06:30:00.000Z']);
    expect(preview(newYork('30 * * * *'), { from: '2026-11-01T05:00Z' }).instants).toEqual([
      '2026-11-01T05:30:00.000Z repeated-first',
      '2026-11-01T06:30:00.000Z repeated-second',
      '2026-11-01T07:30:00.000Z',
    ]);
  });

  test('of a rate or a delay begin at once', () => {
    const expected = [
      '2026-11-21T12:00:00.000Z',
      '2026-11-21T12:00:05.000Z',
      '2026-11-21T12:00:10.000Z',
    ];
    expect(preview({ kind: 'fixed-rate', everyMs: 5000 }).instants).toEqual(expected);
    expect(preview({ kind: 'fixed-delay', delayMs: 5000 }).instants).toEqual(expected);
  });

  test('of a manual schedule are none', () => {
    expect(preview({ kind: 'manual' })).toMatchObject({ instants: [], warnings: [] });
  });

  test('can be a thousand', () => {
    const { instants } = preview({ kind: 'cron', expression: '* * * * *' }, { count: 1000 });
    expect(new Set(instants).size).toBe(1000);
  });
});

describe('warnings', () => {
  test.each<[string, ScheduleInput, readonly RegExp[]]>([
    ['nothing about an ordinary schedule', { kind: 'cron', expression: '*/15 * * * *' }, []],
    ['nothing about hourly runs in a zone with daylight saving', newYork('5 * * * *'), []],
    ['nothing about times that the clocks leave alone', newYork('0 9 * * *'), []],
    [
      'a named time that is skipped',
      newYork('30 2 * * *'),
      [
        /On 2027-03-14 the clocks in America\/New_York skip this time; that day it runs at 03:00:00\./,
      ],
    ],
    [
      'a named time that is repeated',
      newYork('30 1 * * *'),
      [/On 2027-11-07 .* twice; it runs the first time only/],
    ],
    [
      'steps in a skipped hour',
      newYork('*/15 2 * * *'),
      [/On 2027-03-14 .* skip some of these times; those do not run/],
    ],
    [
      'steps in a repeated hour',
      newYork('*/15 1 * * *'),
      [/On 2027-11-07 .* twice; it runs both times/],
    ],
    ['both day fields', { kind: 'cron', expression: '0 0 13 * FRI' }, [/match either of them/]],
    ['every second', { kind: 'cron', expression: '* * * * * *' }, [/86,400 times a day/]],
    [
      'a rate of a tenth of a second',
      { kind: 'fixed-rate', everyMs: 100 },
      [/864,000 times a day/],
    ],
    [
      'a step that does not divide the hour',
      { kind: 'cron', expression: '*/45 * * * *' },
      [/starts anew every hour.*"Every 45 minutes" exactly/],
    ],
    [
      'a step that does not divide the day',
      { kind: 'cron', expression: '0 */5 * * *' },
      [/starts anew every day/],
    ],
    [
      'a first run years away',
      { kind: 'cron', expression: '0 0 29 2 *' },
      [/more than a year away: 2028-02-29 00:00:00/],
    ],
    ['no pause at all', { kind: 'fixed-delay', delayMs: 0 }, [/all the time/]],
  ])('%s', (_, schedule, expected) => {
    const { warnings } = preview(schedule);
    expect(warnings).toHaveLength(expected.length);
    expected.forEach((pattern, index) => expect(warnings[index]).toMatch(pattern));
    expect(preview(schedule, { locale: 'pt-BR' }).warnings).toHaveLength(expected.length);
  });

  test('speak Portuguese', () => {
    expect(preview(newYork('30 2 * * *'), { locale: 'pt-BR' }).warnings).toEqual([
      'Em 2027-03-14 os relógios em America/New_York pulam este horário; nesse dia executa às 03:00:00.',
    ]);
    expect(
      preview({ kind: 'cron', expression: '* * * * * *' }, { locale: 'pt-BR' }).warnings,
    ).toEqual(['Executa 86.400 vezes por dia.']);
  });
});

describe('the schedule of a job', () => {
  const job: PreviewedJob = {
    id: 'job',
    createdMs: Date.parse('2026-11-20T09:07:00.000Z'),
    startAt: null,
    endAt: null,
    jitterMs: 0,
    blackouts: [],
  };
  const hourly = { kind: 'fixed-rate', everyMs: 3_600_000 } as const;

  test('counts a rate from when the job was made', () => {
    expect(preview(hourly, { job }).instants).toEqual([
      '2026-11-21T12:07:00.000Z',
      '2026-11-21T13:07:00.000Z',
      '2026-11-21T14:07:00.000Z',
    ]);
  });

  test('of a new job begins now', () => {
    const [first] = preview(hourly, { job: { ...job, id: null, createdMs: null } }).instants;
    expect(first).toBe(FROM);
  });

  test('counts a delay from now, whenever the job was made', () => {
    const [first] = preview({ kind: 'fixed-delay', delayMs: 1000 }, { job }).instants;
    expect(first).toBe(FROM);
  });

  test('keeps to its window and its silences', () => {
    const silent = {
      ...job,
      startAt: '2026-11-21T13:00:00Z',
      endAt: '2026-11-21T18:00:00Z',
      // 15:00 to 17:00 UTC.
      blackouts: [{ days: [], dates: [], from: '12:00', to: '14:00' }],
    };
    // A rate begins with the window.
    expect(preview(hourly, { job: silent, count: 9 }).instants).toEqual([
      '2026-11-21T13:00:00.000Z',
      '2026-11-21T14:00:00.000Z',
      '2026-11-21T17:00:00.000Z',
    ]);
  });

  test('is put off by its jitter as its runs will be', () => {
    const jittery = preview(hourly, { job: { ...job, jitterMs: 600_000 } }).instants;
    const late = jittery.map(
      (text) => Date.parse(text) - Date.parse(`${text.slice(0, 13)}:07:00.000Z`),
    );
    expect(late.every((ms) => ms >= 0 && ms <= 600_000)).toBe(true);
    expect(new Set(late).size).toBe(3);
  });
});
