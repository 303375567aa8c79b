import { assertNever } from '../../shared/assert-never.ts';
import type { EventPayload, PontualEvent } from '../../shared/events.ts';
import type { Run } from '../../shared/run.ts';
import type { Status } from '../../shared/status.ts';

/** What many events come to: the newest word on each thing. Lists apply one digest a frame. */
export interface Digest {
  /** The newest state of each run that changed, in the order of its first event. */
  readonly runs: ReadonlyMap<string, Run>;
  readonly progress: ReadonlyMap<string, EventPayload<'run.progress'>>;
  readonly jobs: ReadonlySet<string>;
  readonly integrations: ReadonlySet<string>;
  /** Integrations whose records changed. */
  readonly records: ReadonlySet<string>;
  readonly status: Status | null;
  /** More happened than is worth keeping apart: reload what is shown. */
  readonly isOverflow: boolean;
}

/** Runs that one digest keeps apart at most. */
const MOST_RUNS = 2000;

/** Collects events into a digest in bounded memory, however many arrive. */
export class DigestBuilder {
  #runs = new Map<string, Run>();
  #progress = new Map<string, EventPayload<'run.progress'>>();
  #jobs = new Set<string>();
  #integrations = new Set<string>();
  #records = new Set<string>();
  #status: Status | null = null;
  #isOverflow = false;

  add(event: PontualEvent): void {
    switch (event.name) {
      case 'run.queued':
      case 'run.started':
      case 'run.retrying':
      case 'run.finished':
      case 'run.skipped':
        this.#addRun(event.data.run);
        return;
      case 'run.progress':
        if (!this.#isOverflow) this.#progress.set(event.data.runId, event.data);
        return;
      case 'records.changed':
        this.#records.add(event.data.integrationId);
        return;
      case 'job.changed':
        this.#jobs.add(event.data.jobId);
        return;
      case 'integration.changed':
        this.#integrations.add(event.data.integrationId);
        return;
      case 'status.changed':
        this.#status = event.data.status;
        return;
      case 'store.degraded':
        return; // status.changed says the same, with the whole status
      default:
        assertNever(event);
    }
  }

  /** The digest of all since the last call. */
  take(): Digest {
    const digest: Digest = {
      runs: this.#runs,
      progress: this.#progress,
      jobs: this.#jobs,
      integrations: this.#integrations,
      records: this.#records,
      status: this.#status,
      isOverflow: this.#isOverflow,
    };
    this.#runs = new Map();
    this.#progress = new Map();
    this.#jobs = new Set();
    this.#integrations = new Set();
    this.#records = new Set();
    this.#status = null;
    this.#isOverflow = false;
    return digest;
  }

  /** Gives up keeping things apart until the next digest. */
  overflow(): void {
    this.#runs.clear();
    this.#progress.clear();
    this.#isOverflow = true;
  }

  #addRun(run: Run): void {
    this.#progress.delete(run.id);
    this.#runs.set(run.id, run);
    if (this.#runs.size > MOST_RUNS) this.overflow();
  }
}
