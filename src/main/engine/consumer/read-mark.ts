import { say, type Sentence } from '../../../shared/sentences.ts';
import { greaterMark, type Incremental } from './incremental.ts';

export type CompareMarks = (a: string, b: string, format: Incremental['format']) => number;

/** The greatest value of the incremental field that a read has seen, and what becomes of the job's watermark. */
export class ReadMark {
  readonly #incremental: Incremental | null;
  readonly #watermark: string | null;
  readonly #compare: CompareMarks;
  #greatest: string | null;

  /** `from`: where an earlier attempt of the run stood; `watermark`: of the job. */
  constructor(
    incremental: Incremental | null,
    from: string | null,
    watermark: string | null,
    compare: CompareMarks,
  ) {
    this.#incremental = incremental;
    this.#greatest = from;
    this.#watermark = watermark;
    this.#compare = compare;
  }

  /** null before the first. */
  get greatest(): string | null {
    return this.#greatest;
  }

  raise(mark: string | null): void {
    if (mark !== null) this.#greatest = this.#greater(this.#greatest, mark);
  }

  /** The watermark after a complete read, which never moves back, whatever the API sends; null = as it was. */
  get moved(): string | null {
    return this.#greatest === null ? null : this.#greater(this.#watermark, this.#greatest);
  }

  /** A sentence when all that the API sent is older than what it had sent before; it may have lost something. */
  get regression(): Sentence | null {
    const [newest, before] = [this.#greatest, this.#watermark];
    if (this.#incremental === null || newest === null || before === null || newest === before)
      return null;
    const { field, format } = this.#incremental;
    if (this.#compare(newest, before, format) >= 0) return null;
    return say('olderThanBefore', { field, newest, before });
  }

  #greater(a: string | null, b: string): string | null {
    const incremental = this.#incremental;
    if (incremental === null) return null;
    return greaterMark(a, b, (left, right) => this.#compare(left, right, incremental.format));
  }
}
