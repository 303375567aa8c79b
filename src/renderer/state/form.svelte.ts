import type { Problem } from '../../shared/errors.ts';
import { asCallError } from './client.ts';
import type { Drafts } from './drafts.ts';

export interface FormOptions<T> {
  /** Names the form among the drafts: `job:coins-30s`. */
  readonly name: string;
  readonly initial: T;
  readonly drafts: Drafts;
}

/** What a person edits: the model, what is wrong with it, and whether it is being saved. */
export class Form<T extends object> {
  model: T = $state() as T; // set at once by the constructor
  problems = $state.raw<readonly Problem[]>([]);
  /** A refusal that belongs to no field. */
  message = $state<string | null>(null);
  isSaving = $state(false);
  isRestored = $state(false);
  readonly #options: FormOptions<T>;
  readonly #untouched: string;
  readonly isDirty = $derived.by(() => JSON.stringify(this.model) !== this.#untouched);

  constructor(options: FormOptions<T>) {
    this.#options = options;
    this.#untouched = JSON.stringify(options.initial);
    const kept = options.drafts.get(options.name) as T | undefined;
    this.isRestored = options.drafts.isLeft(options.name);
    this.model = kept ?? options.initial;
  }

  /** The sentence at a field, by its dotted path; a problem deeper inside counts for the field around it. */
  problem(path: string): string | undefined {
    return this.problems.find((one) => one.path === path || one.path.startsWith(`${path}.`))
      ?.message;
  }

  /** The model as plain data. */
  snapshot(): T {
    return $state.snapshot(this.model) as T;
  }

  /** Starts again from what is saved. */
  discard(): void {
    this.model = this.#options.initial;
    this.problems = [];
    this.message = null;
    this.isRestored = false;
    this.#options.drafts.discard(this.#options.name);
  }

  /** Saves; answers null when it was refused, with the sentences at their fields. */
  async submit<R>(save: (model: T) => Promise<R>): Promise<R | null> {
    this.isSaving = true;
    try {
      const saved = await save(this.snapshot());
      this.problems = [];
      this.message = null;
      this.#options.drafts.discard(this.#options.name);
      this.#isDone = true;
      return saved;
    } catch (thrown) {
      this.refuse(thrown);
      return null;
    } finally {
      this.isSaving = false;
    }
  }

  refuse(thrown: unknown): void {
    const error = asCallError(thrown);
    this.problems = error.details;
    this.message = error.details.length === 0 ? error.message : null;
  }

  /** Called when the screen goes away: unsaved edits wait for the person to come back. */
  leave(): void {
    if (this.#isDone) return;
    if (this.isDirty) this.#options.drafts.keep(this.#options.name, this.snapshot());
    else this.#options.drafts.discard(this.#options.name);
  }

  #isDone = false;
}
