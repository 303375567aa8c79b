/** Unsaved edits by form, kept while the window lives: leaving a form asks nothing and loses nothing. */
export class Drafts {
  readonly #drafts = new Map<string, unknown>();
  readonly #offered = new Set<string>();

  /** The draft of a form, if it was left unsaved. */
  get(form: string): unknown {
    return this.#drafts.get(form);
  }

  keep(form: string, draft: unknown): void {
    this.#drafts.set(form, draft);
    this.#offered.delete(form);
  }

  /** Fills a form with what the person asked for elsewhere, so that it is no surprise there. */
  offer(form: string, draft: unknown): void {
    this.#drafts.set(form, draft);
    this.#offered.add(form);
  }

  /** Whether the draft is what the person left in the form, not what was put there. */
  isLeft(form: string): boolean {
    return this.#drafts.has(form) && !this.#offered.has(form);
  }

  discard(form: string): void {
    this.#drafts.delete(form);
    this.#offered.delete(form);
  }
}
