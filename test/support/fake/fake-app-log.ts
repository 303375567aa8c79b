/** A little of the program's own log, oldest line first, as JSON lines. */
export function fakeAppLog(now: number): string {
  const line = (ago: number, level: string, message: string, fields: object) =>
    JSON.stringify({
      at: new Date(now - ago).toISOString(),
      level,
      runId: null,
      attempt: null,
      message,
      fields,
    });
  return [
    line(60_000, 'info', 'Pontual starts', { version: '0.1.0' }),
    line(5000, 'warn', 'Disk is slow', { commitMs: 1200 }),
  ].join('\n');
}
