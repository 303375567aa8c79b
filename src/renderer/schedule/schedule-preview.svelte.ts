import type { CommandOutput } from '../../shared/contract.ts';
import type { Locale } from '../../shared/i18n/index.ts';
import type { JobOfSchedule } from '../../shared/job.ts';
import type { Schedule } from '../../shared/schedule.ts';
import { asCallError, type CallError, type Client } from '../state/client.ts';

export type Preview = CommandOutput<'schedules.preview'>;

const COUNT = 5;
const PAUSE_MS = 120;

/** The next runs of a job, or of a schedule that is being edited, from the very code that will fire them. */
export class SchedulePreview {
  preview = $state.raw<Preview | null>(null);
  error = $state.raw<CallError | null>(null);
  readonly #client: Client;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Asks a moment after the last key. */
  ask(schedule: Schedule, job: JobOfSchedule, locale: Locale): void {
    const asked = { schedule, job, count: COUNT, locale };
    this.#askSoon(() => this.#client.call('schedules.preview', asked));
  }

  /** Of a job as it is: anchored where it is anchored, and silent while it is paused. */
  askJob(id: string, locale: Locale): void {
    this.#askSoon(() => this.#client.call('jobs.next', { id, count: COUNT, locale }));
  }

  close(): void {
    this.#asked += 1;
    clearTimeout(this.#timer);
  }

  #askSoon(call: () => Promise<Preview>): void {
    clearTimeout(this.#timer);
    const asked = ++this.#asked;
    this.#timer = setTimeout(() => void this.#load(asked, call), PAUSE_MS);
  }

  async #load(asked: number, call: () => Promise<Preview>): Promise<void> {
    try {
      const preview = await call();
      if (asked !== this.#asked) return;
      this.preview = preview;
      this.error = null;
    } catch (thrown) {
      if (asked !== this.#asked) return;
      this.preview = null;
      this.error = asCallError(thrown);
    }
  }
}
