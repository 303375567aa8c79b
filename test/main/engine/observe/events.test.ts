import { describe, expect, it } from 'vitest';
import { EventHub, REPLAYED_EVENTS } from '../../../../src/main/engine/observe/events.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

function createHub(clock = new ManualClock()) {
  const errors: unknown[] = [];
  const hub = new EventHub({ clock, onListenerError: (error) => errors.push(error) });
  return { hub, errors, clock };
}

function tell(hub: EventHub, jobId: string): void {
  hub.emit('job.changed', { jobId, deleted: false });
}

describe('EventHub', () => {
  it('gives an event to those who listen to it, until they stop', () => {
    const { hub } = createHub();
    const heard: string[] = [];
    const stop = hub.on('job.changed', ({ jobId }) => heard.push(jobId));
    hub.on('integration.changed', () => heard.push('wrong'));
    tell(hub, 'a');
    stop();
    stop();
    tell(hub, 'b');
    expect(heard).toEqual(['a']);
  });

  it('numbers public events in order and dates them', () => {
    const { hub, clock } = createHub(new ManualClock('2026-11-21T12:00:00.000Z'));
    const seen: unknown[] = [];
    hub.onPublic(({ id, name, at }) => seen.push([id, name, at]));
    tell(hub, 'a');
    clock.advance(5);
    tell(hub, 'b');
    const first = Date.parse('2026-11-21T12:00:00.000Z') * 1000;
    expect(seen).toEqual([
      [first, 'job.changed', '2026-11-21T12:00:00.000Z'],
      [first + 1, 'job.changed', '2026-11-21T12:00:00.005Z'],
    ]);
  });

  it('keeps internal events from the world', () => {
    const { hub } = createHub();
    const messages: string[] = [];
    let told = 0;
    hub.on('notice', ({ message }) => messages.push(message));
    hub.onPublic(() => told++);
    hub.emitInternal('notice', { level: 'info', message: 'The circuit opened.', fields: {} });
    expect(messages).toEqual(['The circuit opened.']);
    expect(told).toBe(0);
  });

  it('never lets a listener that throws reach the emitter or the other listeners', () => {
    const { hub, errors } = createHub();
    const heard: string[] = [];
    hub.on('job.changed', () => {
      throw new Error('broken listener');
    });
    hub.on('job.changed', ({ jobId }) => heard.push(jobId));
    hub.onPublic(() => {
      throw new Error('broken window');
    });
    expect(() => tell(hub, 'a')).not.toThrow();
    expect(heard).toEqual(['a']);
    expect(errors.map(String)).toEqual(['Error: broken listener', 'Error: broken window']);
  });

  it('survives a reporter of errors that itself throws', () => {
    const hub = new EventHub({
      clock: new ManualClock(),
      onListenerError: () => {
        throw new Error('no reporter');
      },
    });
    hub.on('job.changed', () => {
      throw new Error('broken listener');
    });
    expect(() => tell(hub, 'a')).not.toThrow();
  });

  it('lets a listener stop listening while it is being told', () => {
    const { hub } = createHub();
    const heard: string[] = [];
    const stop = hub.on('job.changed', () => {
      heard.push('once');
      stop();
    });
    hub.on('job.changed', () => heard.push('always'));
    tell(hub, 'a');
    tell(hub, 'b');
    expect(heard).toEqual(['once', 'always', 'always']);
  });

  it('replays what came after the last event that a client saw', () => {
    const { hub } = createHub();
    const before = hub.lastId;
    for (const jobId of ['a', 'b', 'c']) tell(hub, jobId);
    const replay = hub.since(before + 1);
    expect(replay.kind === 'events' && replay.events.map((event) => event.data)).toEqual([
      { jobId: 'b', deleted: false },
      { jobId: 'c', deleted: false },
    ]);
    expect(hub.since(hub.lastId)).toEqual({ kind: 'events', events: [] });
  });

  it('keeps events from the moment on at which somebody could come back for them', () => {
    const { hub } = createHub();
    tell(hub, 'unheard');
    const seen: unknown[] = [];
    const stop = hub.onPublic(({ data }) => seen.push(data));
    tell(hub, 'heard');
    stop();
    const { lastId } = hub;
    tell(hub, 'missed');
    const replay = hub.since(lastId);
    expect(replay.kind === 'events' && replay.events.map(({ data }) => data)).toEqual([
      { jobId: 'missed', deleted: false },
    ]);
    expect(seen).toEqual([{ jobId: 'heard', deleted: false }]);
    expect(hub.since(lastId - 2).kind).toBe('reset');
  });

  it('asks for a fresh start when what was missed is gone', () => {
    const { hub } = createHub();
    const before = hub.lastId;
    for (let i = 0; i < REPLAYED_EVENTS + 1; i++) tell(hub, 'a');
    expect(hub.since(before).kind).toBe('reset');
    const replay = hub.since(before + 1);
    expect(replay.kind === 'events' && replay.events.length).toBe(REPLAYED_EVENTS);
  });

  it('never takes the numbers of an earlier process for its own', () => {
    const earlier = createHub(new ManualClock('2026-11-21T12:00:00.000Z')).hub;
    for (let i = 0; i < 50; i++) tell(earlier, 'a');
    const later = createHub(new ManualClock('2026-11-21T12:00:10.000Z')).hub;
    for (let i = 0; i < 100; i++) tell(later, 'b');
    expect(later.since(earlier.lastId).kind).toBe('reset');
    expect(earlier.since(later.lastId).kind).toBe('reset');
  });
});
