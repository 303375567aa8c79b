import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { toIso } from '../../clock.ts';
import type { CanonicalEvent } from '../telemetry/canonical-event.ts';
import type { Deliver } from './batching-sink.ts';

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

const DAY_MS = 24 * 60 * 60_000;
const FILE_OF_DAY = /^(\d{4}-\d{2}-\d{2})\.jsonl$/;

/**
 * Appends events to one file a UTC day, `2026-11-21.jsonl`, one JSON object a line. With each new day the files of days
 * that are over for longer than `keptDays` are removed.
 */
export function jsonLinesDelivery(folder: string, keptDays: () => number): Deliver {
  let newest = '';
  return async (events) => {
    await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
    for (const [day, lines] of linesByDay(events)) {
      const handle = await open(join(folder, `${day}.jsonl`), 'a', PRIVATE_FILE);
      try {
        await handle.appendFile(lines.join(''));
      } finally {
        await handle.close();
      }
      if (day <= newest) continue;
      newest = day;
      await removeBefore(folder, toIso(Date.parse(day) - keptDays() * DAY_MS).slice(0, day.length));
    }
  };
}

async function removeBefore(folder: string, firstKept: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const day = FILE_OF_DAY.exec(name)?.[1];
    if (day !== undefined && day < firstKept) await rm(join(folder, name));
  }
}

function linesByDay(events: readonly CanonicalEvent[]): ReadonlyMap<string, readonly string[]> {
  const days = new Map<string, string[]>();
  for (const event of events) {
    const day = event.timestamp.slice(0, 'yyyy-mm-dd'.length);
    const lines = days.get(day) ?? [];
    days.set(day, lines);
    lines.push(`${JSON.stringify(event)}\n`);
  }
  return days;
}
