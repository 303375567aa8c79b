import { describe, expect, it } from 'vitest';
import type { PostRequest } from '../../../../../src/main/engine/observe/sinks/post.ts';
import type { CanonicalEvent } from '../../../../../src/main/engine/observe/telemetry/canonical-event.ts';
import { SinksInForce } from '../../../../../src/main/engine/observe/telemetry/sinks-in-force.ts';
import {
  telemetrySettingsSchema,
  type TelemetrySinkSettings,
} from '../../../../../src/shared/telemetry.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';

const URL_OF = { good: 'https://good.example.com/events', bad: 'https://bad.example.com/hook' };

function start() {
  const clock = new ManualClock('2026-11-21T12:00:00.000Z');
  const posted: PostRequest[] = [];
  const secrets = new Map([['shared', { origin: 'https://good.example.com', value: 's3cret' }]]);
  const sinks = new SinksInForce({
    clock,
    folder: '/nowhere',
    keptDays: () => 30,
    post: async (request) => {
      if (request.url === URL_OF.bad) throw new Error('bad.example.com does not answer.');
      posted.push(request);
      return { status: 204 };
    },
    secret: (name) => secrets.get(name) ?? null,
  });
  return { sinks, posted, secrets };
}

const settings = (sinks: object[]): TelemetrySinkSettings[] =>
  telemetrySettingsSchema.parse({ sinks }).sinks;
const http = (more: object = {}) => ({ kind: 'http', name: 'lake', url: URL_OF.good, ...more });
const event = (name: CanonicalEvent['event'], run = 'r1') =>
  ({ event: name, run_id: run, timestamp: '2026-11-21T12:00:00.000Z' }) as CanonicalEvent;

describe('the sinks in force', () => {
  it('deliver each to its own, and a broken one concerns no other', async () => {
    const { sinks, posted } = start();
    sinks.apply(settings([{ ...http(), name: 'broken', url: URL_OF.bad }, http()]));
    sinks.accept(event('job.started'));
    await sinks.stop();
    expect(posted.map(({ url }) => url)).toEqual([URL_OF.good]);
  });

  it('say how they do, the last error too', async () => {
    const { sinks } = start();
    const wanted = settings([
      { ...http(), name: 'broken', url: URL_OF.bad },
      http(),
      { kind: 'json-lines', name: 'off', enabled: false },
    ]);
    sinks.apply(wanted);
    sinks.accept(event('job.started'));
    // A change of one destination sends off what waits for it.
    await sinks.stop();
    sinks.apply(wanted);
    expect(sinks.states()).toMatchObject([
      { name: 'broken', kind: 'http', enabled: true, delivered: 0 },
      { name: 'lake', delivered: 0, lastError: null },
      { name: 'off', enabled: false },
    ]);
  });

  it('send the secret to the origin that it belongs to, and to no other', async () => {
    const { sinks, posted } = start();
    sinks.apply(
      settings([
        http({ secret: 'shared' }),
        { kind: 'webhook', name: 'thief', url: 'https://evil.example.com', secret: 'shared' },
      ]),
    );
    sinks.accept(event('job.failed'));
    await sinks.stop();
    expect(posted).toHaveLength(1);
    expect(posted[0]).toMatchObject({
      url: URL_OF.good,
      headers: { authorization: 'Bearer s3cret' },
    });
  });

  it('keep what waits when the settings of another sink change', async () => {
    const { sinks, posted } = start();
    sinks.apply(settings([http()]));
    sinks.accept(event('job.started', 'before'));
    sinks.apply(settings([http(), { kind: 'json-lines', name: 'file', events: ['job.failed'] }]));
    expect(sinks.states()[0]).toMatchObject({ waiting: 1 });
    sinks.accept(event('job.completed', 'after'));
    await sinks.stop();
    expect(posted).toHaveLength(1);
    expect(JSON.parse(posted[0]!.body)).toMatchObject([{ run_id: 'before' }, { run_id: 'after' }]);
  });

  it('are named differently, and addressed without a password', () => {
    const problems = (sinks: object[]) => telemetrySettingsSchema.safeParse({ sinks }).success;
    expect(problems([http(), http()])).toBe(false);
    expect(problems([http({ url: 'https://ana:pw@example.com' })])).toBe(false);
    expect(problems([http({ url: 'file:///etc/passwd' })])).toBe(false);
    expect(problems([http()])).toBe(true);
  });
});
