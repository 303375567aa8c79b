import { describe, expect, it } from 'vitest';
import { PATIENCE_MS, SlowStart } from '../../../src/main/desktop/slow-start.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function watchedStart() {
  const clock = new ManualClock();
  const said: string[] = [];
  return { clock, said, start: new SlowStart(clock, (sentence) => void said.push(sentence)) };
}

describe('a start that takes long', () => {
  it('says what it waits for, again and again, and leaves out what is there', async () => {
    const { clock, said, start } = watchedStart();
    let windowIsThere = () => {};
    const window = new Promise<void>((resolve) => (windowIsThere = resolve));
    start.waitFor('the store', new Promise(() => undefined));
    start.waitFor('the window', window);
    await clock.advanceAsync(PATIENCE_MS);
    windowIsThere();
    await clock.advanceAsync(PATIENCE_MS);
    expect(said).toEqual([
      'Pontual is still starting after 15 s. It waits for: the store, the window.',
      'Pontual is still starting after 30 s. It waits for: the store.',
    ]);
  });

  it('says nothing once everything is there or has failed, and stops looking', async () => {
    const { clock, said, start } = watchedStart();
    start.waitFor('the store', Promise.reject(new Error('damaged')));
    start.waitFor('the window', Promise.resolve());
    await clock.advanceAsync(PATIENCE_MS);
    expect(said).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });
});
