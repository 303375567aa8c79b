import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fieldsOf,
  formatLine,
  isAtLeast,
  LINE_LIMITS,
  parseLine,
  type FieldValues,
  type LogEntry,
} from '../../../../../src/main/engine/observe/log/log-line.ts';

const at = Date.parse('2026-11-21T12:00:00.000Z');
const bare = (text: string) => text;

function entry({
  fields = { page: 3, status: 200, requestMs: 20.3 },
  ...different
}: Partial<Omit<LogEntry, 'fields'>> & { fields?: FieldValues } = {}): LogEntry {
  return {
    at,
    level: 'info',
    jobId: 'coins-30s',
    runId: '01J8XK',
    attempt: 1,
    message: 'Page 3 stored',
    fields: fieldsOf(fields),
    ...different,
  };
}

describe('formatLine', () => {
  it('says instant, level, run, attempt, message and fields', () => {
    expect(formatLine(entry(), bare)).toBe(
      '2026-11-21T12:00:00.000Z INFO  01J8XK#1 Page 3 stored | page=3 status=200 requestMs=20.3',
    );
  });

  it('shows a dash where no run is concerned', () => {
    const line = formatLine(entry({ runId: null, attempt: null, fields: {} }), bare);
    expect(line).toBe('2026-11-21T12:00:00.000Z INFO  - Page 3 stored');
  });

  it('quotes what would read as something else', () => {
    const fields = { a: 'two words', b: '200', c: 'null', d: '', e: 'x=1', f: 'say "hi"' };
    expect(formatLine(entry({ fields }), bare)).toContain(
      '| a="two words" b="200" c="null" d="" e="x=1" f="say \\u0022hi\\u0022"',
    );
  });

  it('stays one line of one run, whatever message, names and values hold', () => {
    const hostile = '\r\n2026-11-21T12:00:00.000Z ERROR 01FAKE#1 fake | x=1\u001b[2J\u202e';
    const line = formatLine(
      entry({ runId: hostile, message: hostile, fields: { [hostile]: hostile } }),
      bare,
    );
    expect(line).not.toMatch(/[\p{Cc}\u2028-\u202e]/u);
    expect(line.indexOf(' | ')).toBe(line.lastIndexOf(' | '));
    expect(parseLine(line)).toMatchObject({ level: 'info', message: hostile });
  });

  it('is cut at its limits', () => {
    const huge = 'x'.repeat(10_000_000);
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}`, huge]));
    const line = formatLine(entry({ message: huge, fields: many }), bare);
    expect(line.length).toBeLessThan(LINE_LIMITS.message + LINE_LIMITS.fields + 200);
    expect(line).toMatch(/fieldsCut=\d+$/);
  });

  it('masks text before it is cut, so that no half of a secret is left', () => {
    const message = `${'x'.repeat(LINE_LIMITS.message - 4)}hunter2-secret`;
    const line = formatLine(entry({ message, fields: { url: '?k=hunter2-secret' } }), (text) =>
      text.replaceAll('hunter2-secret', '***'),
    );
    expect(line).not.toContain('hunt');
    expect(line).toContain('url="?k=***"');
  });
});

describe('parseLine', () => {
  it('gives back what was formatted, whatever it was', () => {
    const name = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9]{0,10}$/);
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
      fc.boolean(),
      fc.constant(null),
    );
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.dictionary(name, value, { maxKeys: 5 }),
        fc.constantFrom('debug', 'info', 'warn', 'error'),
        (message, fields, level) => {
          const parsed = parseLine(formatLine(entry({ message, fields, level }), bare));
          expect(parsed).toEqual({
            at: '2026-11-21T12:00:00.000Z',
            level,
            runId: '01J8XK',
            attempt: 1,
            message,
            fields,
          });
        },
      ),
    );
  });

  it.each(['', 'hello', '2026-11-21 INFO x y', '2026-11-21T12:00:00.000Z FATAL - x'])(
    'does not take %j for a line of ours',
    (text) => {
      expect(parseLine(text)).toBeNull();
    },
  );
});

describe('isAtLeast', () => {
  it('orders levels from debug to error', () => {
    expect(isAtLeast('warn', 'info')).toBe(true);
    expect(isAtLeast('info', 'info')).toBe(true);
    expect(isAtLeast('debug', 'info')).toBe(false);
  });
});
