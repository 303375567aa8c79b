import { PontualError } from '../../../shared/errors.ts';
import type { IntegrationInput } from '../../../shared/integration.ts';
import type { Said, Sentence } from '../../../shared/sentences.ts';

export interface ReportLine {
  readonly taken: boolean;
  /** As it stands in the text: `-H Authorization`, `parameter page`. */
  readonly what: string;
  readonly whatSays?: Said;
  readonly why: string;
  readonly whySays: Said;
}

export interface Imported {
  readonly input: IntegrationInput;
  readonly report: readonly ReportLine[];
}

/** Collects what was taken and what was not while a text is read. */
export class ImportReport {
  readonly lines: ReportLine[] = [];

  /** `what` is a text where it stands so in the imported one, such as an option. */
  took(what: string | Sentence, why: Sentence): void {
    this.#add(true, what, why);
  }

  left(what: string | Sentence, why: Sentence): void {
    this.#add(false, what, why);
  }

  #add(taken: boolean, what: string | Sentence, why: Sentence): void {
    const subject =
      typeof what === 'string' ? { what } : { what: what.message, whatSays: what.says };
    this.lines.push({ taken, ...subject, why: why.message, whySays: why.says });
  }
}

/** A text that cannot be imported at all. */
export function cannotImport(sentence: Sentence, cause?: unknown): PontualError {
  return new PontualError('validation', sentence, {
    details: [{ path: 'text', ...sentence }],
    ...(cause !== undefined && { cause }),
  });
}

/** Most names that a refusal tells. */
const NAMED_CHOICES = 200;

/** The text holds several that could be imported: the details name each, so that a person can choose. */
export function mustChoose(
  sentenceWith: (choices: string) => Sentence,
  choices: readonly string[],
): PontualError {
  const named = choices.slice(0, NAMED_CHOICES);
  return new PontualError('validation', sentenceWith(named.slice(0, 50).join(', ')), {
    details: named.map((choice) => ({ path: 'operation', message: choice })),
  });
}

/** What stands in an imported text is meant literally: braces must not become a template. */
export function literal(text: string): string {
  return /\{\{|\{%/.test(text) ? `{% raw %}${text}{% endraw %}` : text;
}
