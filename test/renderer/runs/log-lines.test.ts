import { describe, expect, it } from 'vitest';
import { filterLog, parseLog } from '../../../src/renderer/runs/log-lines.ts';

const at = '2026-11-20T12:00:00.000Z';
const line = (level: string, message: string, fields = {}) =>
  JSON.stringify({ at, level, runId: 'r', attempt: 1, message, fields });

const lines = parseLog(
  [
    line('debug', 'Queued by schedule'),
    line('info', 'Page 1 stored', { page: 1, url: 'https://api.example.com' }),
    line('error', 'The API failed.', { status: 500 }),
  ].join('\n') + '\n',
);

describe('parseLog', () => {
  it('takes each line apart and writes its fields out', () => {
    expect(lines.map((one) => [one.level, one.message, one.details])).toEqual([
      ['debug', 'Queued by schedule', ''],
      ['info', 'Page 1 stored', 'page=1 url=https://api.example.com'],
      ['error', 'The API failed.', 'status=500'],
    ]);
  });

  it('tells a line that is none as it stands', () => {
    expect(parseLog('the rest was cut')).toEqual([
      { at: '', level: 'info', message: 'the rest was cut', details: '' },
    ]);
    expect(parseLog('')).toEqual([]);
  });
});

describe('filterLog', () => {
  it.each([
    [{ level: 'debug', text: '' }, 3],
    [{ level: 'info', text: '' }, 2],
    [{ level: 'error', text: '' }, 1],
    [{ level: 'debug', text: ' PAGE 1 ' }, 1],
    [{ level: 'debug', text: 'status=500' }, 1],
    [{ level: 'error', text: 'page' }, 0],
  ] as const)('%j leaves %i lines', (filter, count) => {
    expect(filterLog(lines, filter)).toHaveLength(count);
  });
});
