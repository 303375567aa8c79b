import { describe, expect, it } from 'vitest';
import type { Digest } from '../../../src/renderer/state/digest.ts';
import { Feed } from '../../../src/renderer/state/feed.ts';
import type { PontualEvent } from '../../../src/shared/events.ts';
import { NO_COUNTS, type Run } from '../../../src/shared/run.ts';
import { fakeJobs } from '../../support/fake/fake-catalog.ts';
import { fakeRuns } from '../../support/fake/fake-runs.ts';

const at = '2026-11-20T12:00:00.000Z';
const [run] = fakeRuns({ now: Date.parse(at), jobs: fakeJobs(Date.parse(at)), count: 1 });

function setup() {
  let emit: (event: PontualEvent) => void = () => undefined;
  const frames: (() => void)[] = [];
  const digests: Digest[] = [];
  const feed = new Feed(
    (listener) => {
      emit = listener;
      return () => (emit = () => undefined);
    },
    (callback) => frames.push(callback),
  );
  feed.listen((digest) => digests.push(digest));
  return { feed, emit: (event: PontualEvent) => emit(event), frames, digests };
}

function started(id: string, changes: Partial<Run> = {}): PontualEvent {
  return { name: 'run.started', at, data: { run: { ...run!, id, ...changes } } };
}

function progressed(id: string, done: number): PontualEvent {
  const progress = { done, total: 10, etaMs: null, message: null };
  return {
    name: 'run.progress',
    at,
    data: { runId: id, jobId: 'coins', counts: NO_COUNTS, progress },
  };
}

describe('Feed', () => {
  it('asks for one frame, however many events come before it', () => {
    const { emit, frames, digests } = setup();
    for (let n = 0; n < 1000; n += 1) emit(progressed('a', n));
    expect(frames).toHaveLength(1);
    expect(digests).toHaveLength(0);
    frames[0]!();
    expect(digests).toHaveLength(1);
    expect(digests[0]!.progress.get('a')?.progress.done).toBe(999);
  });

  it('keeps the newest word on each run', () => {
    const { emit, frames, digests } = setup();
    emit(started('a', { state: 'running' }));
    emit(started('b', { state: 'running' }));
    emit(started('a', { state: 'finished' }));
    frames[0]!();
    expect([...digests[0]!.runs.keys()]).toEqual(['a', 'b']);
    expect(digests[0]!.runs.get('a')?.state).toBe('finished');
  });

  it('forgets a progress that the run itself has overtaken', () => {
    const { emit, frames, digests } = setup();
    emit(progressed('a', 3));
    emit(started('a', { state: 'finished' }));
    frames[0]!();
    expect(digests[0]!.progress.size).toBe(0);
  });

  it('says reload, instead of growing, when thousands of runs change before a frame', () => {
    const { emit, frames, digests } = setup();
    for (let n = 0; n < 5000; n += 1) emit(started(`r${n}`));
    frames[0]!();
    expect(digests[0]!.isOverflow).toBe(true);
    expect(digests[0]!.runs.size).toBeLessThanOrEqual(2000);
  });

  it('begins afresh after each frame', () => {
    const { emit, frames, digests } = setup();
    emit(started('a'));
    frames[0]!();
    emit(progressed('b', 1));
    frames[1]!();
    expect(digests[1]!.runs.size).toBe(0);
    expect(digests[1]!.progress.has('b')).toBe(true);
  });

  it('tells nobody anything once it is closed', () => {
    const { feed, emit, frames, digests } = setup();
    emit(started('a'));
    feed.close();
    frames[0]!();
    emit(started('b'));
    expect(digests).toHaveLength(0);
    expect(frames).toHaveLength(1);
  });
});
