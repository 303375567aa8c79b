import { SvelteMap } from 'svelte/reactivity';
import type { Locale } from '../../shared/i18n/index.ts';
import type { Schedule } from '../../shared/schedule.ts';
import type { Client } from '../state/client.ts';

/** Schedules in words, from the code that fires them; each one is asked for once. */
export class ScheduleWords {
  readonly #words = new SvelteMap<string, string>();
  readonly #asked = new Set<string>();
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** The words with the schedule's own time zone; until they have come, the bare expression or nothing. */
  of(schedule: Schedule, locale: Locale): string {
    const words = this.#describe(schedule, locale);
    const zone = schedule.kind === 'cron' ? schedule.timeZone : null;
    return zone === null || words.includes(zone) ? words : `${words} (${zone})`;
  }

  #describe(schedule: Schedule, locale: Locale): string {
    const key = `${locale} ${JSON.stringify(schedule)}`;
    const known = this.#words.get(key);
    if (known !== undefined) return known;
    void this.#ask(key, schedule, locale);
    return bareWords(schedule);
  }

  async #ask(key: string, schedule: Schedule, locale: Locale): Promise<void> {
    if (this.#asked.has(key)) return;
    this.#asked.add(key);
    try {
      const { description } = await this.#client.call('schedules.preview', {
        schedule,
        count: 1,
        locale,
      });
      this.#words.set(key, description);
    } catch {
      this.#words.set(key, bareWords(schedule)); // a one-time that is over has no preview
    }
  }
}

function bareWords(schedule: Schedule): string {
  if (schedule.kind === 'cron') return schedule.expression;
  return schedule.kind === 'one-time' ? schedule.at : '';
}
