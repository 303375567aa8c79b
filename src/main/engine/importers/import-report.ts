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

/** What stands in an imported text is meant literally: braces must not become a template. */
export function literal(text: string): string {
  return /\{\{|\{%/.test(text) ? `{% raw %}${text}{% endraw %}` : text;
}
