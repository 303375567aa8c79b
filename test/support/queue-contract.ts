import { describe, expect, it } from 'vitest';
import { AGEING_MS, type Queue, type Waiting } from '../../src/main/engine/jobs/queue.ts';
import { PRIORITIES, type Priority } from '../../src/shared/priority.ts';

const any = () => true;

function item(id: string, lane: string, priority: Priority = 'normal', queuedAt = 0): Waiting {
  return { id, lane, priority, queuedAt };
}

function takeAll(
  queue: Queue<Waiting>,
  now = 0,
  mayStart: (item: Waiting) => boolean = any,
): string[] {
  const taken: string[] = [];
  for (let next = queue.take(now, mayStart); next; next = queue.take(now, mayStart))
    taken.push(next.id);
  return taken;
}

/** What every line of waiting runs must do, whatever it is kept in. */
export function describeQueue(name: string, create: () => Queue<Waiting>): void {
  describe(`the line kept in ${name}`, () => {
    it('gives each item once, in the order in which they came', () => {
      const queue = create();
      for (const id of ['1', '2', '3']) queue.add(item(id, 'job'));
      expect(takeAll(queue)).toEqual(['1', '2', '3']);
      expect(queue.take(0, any)).toBeUndefined();
    });

    it('gives the most urgent first', () => {
      const queue = create();
      for (const priority of PRIORITIES) queue.add(item(priority, 'job', priority));
      expect(takeAll(queue)).toEqual(['critical', 'high', 'normal', 'low']);
    });

    it('lets the lanes take turns, so that one that floods it delays the others by one', () => {
      const queue = create();
      for (let n = 0; n < 100; n++) queue.add(item(`flood-${n}`, 'flood'));
      queue.add(item('other', 'other'));
      const [first, second] = takeAll(queue);
      expect([first, second]).toContain('other');
    });

    it('gives one that comes now and then its turn before those that are always there', () => {
      const queue = create();
      const floods = ['a', 'b', 'c'];
      for (let n = 0; n < 50; n++) for (const lane of floods) queue.add(item(`${lane}${n}`, lane));
      for (let n = 0; n < floods.length; n++) queue.take(0, any);
      for (let n = 0; n < 10; n++) {
        queue.add(item(`rare${n}`, 'rare'));
        expect(queue.take(0, any)?.id).toBe(`rare${n}`);
        const next = [1, 2, 3].map(() => queue.take(0, any)?.lane).sort();
        expect(next).toEqual(floods);
      }
    });

    it('does not let one that comes again and again pass those that wait', () => {
      const queue = create();
      for (let n = 0; n < 20; n++) queue.add(item(`flood${n}`, 'flood'));
      const taken: (string | undefined)[] = [];
      for (let n = 0; n < 20; n++) {
        queue.add(item(`again${n}`, 'again'));
        taken.push(queue.take(0, any)?.lane);
      }
      expect(taken.filter((lane) => lane === 'flood').length).toBeGreaterThanOrEqual(9);
    });

    it('keeps taking turns while both lanes are filled again and again', () => {
      const queue = create();
      const counts = { a: 0, b: 0 };
      for (let n = 0; n < 50; n++) queue.add(item(`a${n}`, 'a'));
      for (let n = 0; n < 200; n++) {
        queue.add(item(`b${n}`, 'b'));
        if (n % 4 === 0) queue.add(item(`more-a${n}`, 'a'));
        const taken = queue.take(0, any);
        if (taken) counts[taken.lane as 'a' | 'b'] += 1;
      }
      expect(Math.abs(counts.a - counts.b)).toBeLessThanOrEqual(2);
    });

    it('does not let what may not start stand in the way of other lanes', () => {
      const queue = create();
      queue.add(item('blocked', 'blocked', 'critical'));
      queue.add(item('free', 'free', 'low'));
      expect(takeAll(queue, 0, ({ lane }) => lane !== 'blocked')).toEqual(['free']);
      expect(queue.size).toBe(1);
      expect(takeAll(queue)).toEqual(['blocked']);
    });

    it('serves one of low priority in time although critical ones always wait', () => {
      const queue = create();
      queue.add(item('low', 'low', 'low', 0));
      let now = 0;
      let turns = 0;
      for (let n = 0; n < 1000; n++) queue.add(item(`c${n}`, `lane-${n % 10}`, 'critical', now));
      for (let id = 'none'; id !== 'low' && turns < 10_000; turns++) {
        now += 1000;
        queue.add(item(`more${turns}`, `lane-${turns % 10}`, 'critical', now));
        id = queue.take(now, any)?.id ?? 'none';
      }
      expect(now).toBeLessThanOrEqual(AGEING_MS + 5000);
    });

    it('does not let aged ones starve the critical', () => {
      const queue = create();
      for (let n = 0; n < 10; n++) queue.add(item(`old-${n}`, 'old', 'low', 0));
      for (let n = 0; n < 10; n++) queue.add(item(`new-${n}`, 'new', 'critical', AGEING_MS));
      const firstTen = takeAll(queue, AGEING_MS).slice(0, 10);
      expect(firstTen.filter((id) => id.startsWith('new')).length).toBeGreaterThanOrEqual(5);
    });

    it('forgets what is taken out, and says whether it was there', () => {
      const queue = create();
      const gone = item('gone', 'job');
      queue.add(gone);
      queue.add(item('stays', 'job'));
      expect(queue.remove(gone)).toBe(true);
      expect(queue.remove(gone)).toBe(false);
      expect(takeAll(queue)).toEqual(['stays']);
    });

    it('counts what waits, by priority too, and an item that is added twice once', () => {
      const queue = create();
      const twice = item('1', 'job', 'high');
      queue.add(twice);
      queue.add(twice);
      queue.add(item('2', 'job', 'low'));
      expect([
        queue.size,
        queue.sizeOf('high'),
        queue.sizeOf('low'),
        queue.sizeOf('normal'),
      ]).toEqual([2, 1, 1, 0]);
      queue.take(0, any);
      expect([queue.size, queue.sizeOf('high')]).toEqual([1, 0]);
    });
  });
}
