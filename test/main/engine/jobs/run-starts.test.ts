import { describe, expect, it } from 'vitest';
import { run, settle, setupRuns, type RunsRig } from '../../../support/runs-rig.ts';

const T = Date.parse('2026-01-01T00:00:00.000Z');
const SOON_MS = 30;

/** Two runs and one slot: the second leaves the line when the first is over. */
async function withOneInLine(options: Parameters<typeof setupRuns>[0] = {}) {
  const rig = setupRuns({ ...options, settings: { concurrency: { runs: 1 } } });
  const job = rig.addJob({ overlap: 'allow' });
  await rig.service.submitDue(job, [run(T), run(T + 1)], T + 1);
  return rig;
}

async function letSecondStart(rig: RunsRig) {
  rig.network.succeed();
  await settle();
  const commits = rig.store.commits;
  const id = rig.network.attempt().runId;
  return { id, commits: () => rig.store.commits - commits };
}

describe('the start of a run that leaves the line', () => {
  it('is written with its end when that comes soon: one write, which says all of it', async () => {
    const rig = await withOneInLine();
    const { id, commits } = await letSecondStart(rig);
    const startedAt = rig.clock.now();
    rig.clock.advance(SOON_MS - 1);
    rig.network.succeed();
    await settle();
    expect(commits()).toBe(1);
    expect(rig.store.run(id).row).toMatchObject({
      outcome: 'succeeded',
      startedAt,
      attempt: 1,
      worker: 'host-1',
    });
    expect(rig.told.slice(-2)).toEqual([`started ${id}`, `finished ${id}`]);
  });

  it('is written alone when nothing comes, and told when it is on disk', async () => {
    const rig = await withOneInLine();
    const { id, commits } = await letSecondStart(rig);
    await rig.clock.advanceAsync(SOON_MS - 1);
    expect(rig.rows()).toEqual(['succeeded', 'queued']);
    expect(rig.told).not.toContain(`started ${id}`);
    await rig.clock.advanceAsync(1);
    expect(commits()).toBe(1);
    expect(rig.rows()).toEqual(['succeeded', 'running']);
    expect(rig.told.at(-1)).toBe(`started ${id}`);
    await rig.clock.advanceAsync(SOON_MS);
    expect(commits()).toBe(1);
  });

  it('is written with its first page', async () => {
    const rig = await withOneInLine();
    const { id, commits } = await letSecondStart(rig);
    rig.network.page({ page: 1, position: { page: 2 } });
    await settle();
    expect(commits()).toBe(1);
    expect(rig.rows()).toEqual(['succeeded', 'running']);
    expect(rig.told.at(-1)).toBe(`started ${id}`);
    await rig.clock.advanceAsync(SOON_MS);
    expect(rig.told.filter((each) => each === `started ${id}`)).toHaveLength(1);
  });

  it('is on disk before a request leaves that may not be sent twice', async () => {
    const rig = await withOneInLine({
      integration: { request: { url: 'https://x.example/', method: 'POST' } },
    });
    rig.store.hold();
    rig.network.succeed();
    await settle();
    expect(rig.network.started).toHaveLength(1);
    rig.store.release();
    await settle();
    expect(rig.network.started).toHaveLength(2);
    expect(rig.rows()).toEqual(['succeeded', 'running']);
  });

  it('is not lost with a cancellation', async () => {
    const rig = await withOneInLine();
    const { id } = await letSecondStart(rig);
    const startedAt = rig.clock.now();
    const live = rig.service.find(id);
    if (!live) throw new Error('The run is not there.');
    const cancelled = rig.service.cancel(live);
    rig.network.end({ kind: 'cancelled' });
    await cancelled;
    expect(rig.store.run(id).row).toMatchObject({ outcome: 'cancelled', startedAt, attempt: 1 });
  });

  it('is told before a wait is, and a wait that is over by then is not worth a word', async () => {
    const rig = await withOneInLine();
    const waits: string[] = [];
    rig.events.on(
      'run.waiting',
      ({ run: { runId }, reason }) => void waits.push(`${reason} ${runId}`),
    );
    const { id } = await letSecondStart(rig);
    rig.events.on('run.progress', ({ runId }) => void waits.push(`progress ${runId}`));
    rig.network.waiting('origin');
    rig.network.going();
    rig.network.waiting('backoff');
    expect(waits).toEqual([]);
    await rig.clock.advanceAsync(SOON_MS);
    expect(rig.told.at(-1)).toBe(`started ${id}`);
    expect(waits).toEqual([`backoff ${id}`, `progress ${id}`]);
  });
});

it('A run and its only attempt last as long as the call, whatever the disk takes', async () => {
  const rig = setupRuns();
  const durations: (number | null)[] = [];
  rig.events.on('attempt.finished', ({ durationMs }) => void durations.push(durationMs));
  rig.events.on('run.finished', ({ run: { durationMs } }) => void durations.push(durationMs));
  await rig.start(rig.addJob());
  await settle();
  rig.clock.advance(40);
  rig.store.hold();
  rig.network.succeed();
  await settle();
  rig.clock.advance(500);
  rig.store.release();
  await settle();
  expect(durations).toEqual([40, 40]);
});
