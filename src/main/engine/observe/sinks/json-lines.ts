import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { CanonicalEvent } from '../telemetry/canonical-event.ts';
import type { Deliver } from './batching-sink.ts';

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** Appends events to one file a UTC day, `2026-11-21.jsonl`, one JSON object a line. */
export function jsonLinesDelivery(folder: string): Deliver {
  return async (events) => {
    await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
    for (const [day, lines] of linesByDay(events)) {
      const handle = await open(join(folder, `${day}.jsonl`), 'a', PRIVATE_FILE);
      try {
        await handle.appendFile(lines.join(''));
      } finally {
        await handle.close();
      }
    }
  };
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
