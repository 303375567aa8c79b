/** Unsaved edits by form, kept while the window lives: leaving a form asks nothing and loses nothing. */
export class Drafts {
  readonly #drafts = new Map<string, unknown>();

  /** The draft of a form, if it was left unsaved. */
  get(form: string): unknown {
    return this.#drafts.get(form);
  }

  keep(form: string, draft: unknown): void {
    this.#drafts.set(form, draft);
  }

  discard(form: string): void {
    this.#drafts.delete(form);
  }
}
