import { randomBytes } from 'node:crypto';

/**
 * Ids of runs are UUIDs of version 7 (RFC 9562): ordered by creation, so that lists by `createdAt and id` and the
 * store's index agree. Within one millisecond, and when the clock is set back, a counter keeps the order.
 */
export type RunIds = (now: number) => string;

const RANDOM_POOL = 8 * 512;

export function createRunIds(random: (bytes: number) => Buffer = randomBytes): RunIds {
  let lastMs = 0;
  let counter = 0;
  let pool: Buffer = Buffer.alloc(0);
  let used = 0;
  return (now) => {
    if (now > lastMs) {
      lastMs = now;
      counter = 0;
    } else if (++counter > 0xfff) {
      lastMs += 1;
      counter = 0;
    }
    if (used + 8 > pool.length) {
      pool = random(RANDOM_POOL);
      used = 0;
    }
    const tail = pool.toString('hex', used, used + 8);
    used += 8;
    const time = lastMs.toString(16).padStart(12, '0');
    const variant = ((Number.parseInt(tail[0] ?? '0', 16) & 0x3) | 0x8).toString(16);
    return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${variant}${tail.slice(1, 4)}-${tail.slice(4)}`;
  };
}
