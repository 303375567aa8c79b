import { PontualError } from '../../../shared/errors.ts';
import type { IntegrationInput } from '../../../shared/integration.ts';

export interface ReportLine {
  readonly taken: boolean;
  /** As it stands in the text: `-H Authorization`, `parameter page`. */
  readonly what: string;
  readonly why: string;
}

export interface Imported {
  readonly input: IntegrationInput;
  readonly report: readonly ReportLine[];
}

/** Collects what was taken and what was not while a text is read. */
export class ImportReport {
  readonly lines: ReportLine[] = [];

  took(what: string, why: string): void {
    this.lines.push({ taken: true, what, why });
  }

  left(what: string, why: string): void {
    this.lines.push({ taken: false, what, why });
  }
}

/** A text that cannot be imported at all. */
export function cannotImport(message: string, cause?: unknown): PontualError {
  return new PontualError('validation', message, {
    details: [{ path: 'text', message }],
    ...(cause !== undefined && { cause }),
  });
}

/** Most names that a refusal tells. */
const NAMED_CHOICES = 200;

/** The text holds several that could be imported: the details name each, so that a person can choose. */
export function mustChoose(message: string, choices: readonly string[]): PontualError {
  const named = choices.slice(0, NAMED_CHOICES);
  return new PontualError('validation', `${message}: ${named.slice(0, 50).join(', ')}.`, {
    details: named.map((choice) => ({ path: 'operation', message: choice })),
  });
}

/** What stands in an imported text is meant literally: braces must not become a template. */
export function literal(text: string): string {
  return /\{\{|\{%/.test(text) ? `{% raw %}${text}{% endraw %}` : text;
}
