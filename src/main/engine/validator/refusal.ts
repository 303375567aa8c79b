import type { ErrorKind } from '../../../shared/integration.ts';
import type { RunError } from '../../../shared/run.ts';
import { part, say, type Sentence, toldBy } from '../../../shared/sentences.ts';

/** At most so much of a body is shown beside a message. */
const EXCERPT_BYTES = 2048;

/** Why a page as a whole cannot be used. Caught in `processPage`; it never leaves the validator. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly error: RunError;

  constructor(
    kind: ErrorKind,
    code: string,
    { message, says }: Sentence,
    place: { readonly field?: string; readonly excerpt?: string } = {},
  ) {
    super(message);
    this.error = { code, kind, message, says, ...place };
  }
}

/** A path or a schema that cannot be used. */
export function brokenRule(field: string, thrown: unknown): Refusal {
  const sentence = say('ruleAt', { place: field, why: part(toldBy(thrown)) });
  return new Refusal('config', 'rules', sentence, { field });
}

/** The beginning of a text, at most 2 KiB of UTF-8 and never half a character. */
export function excerpt(text: string): string {
  const head = text.slice(0, EXCERPT_BYTES).trim();
  const bytes = Buffer.from(head);
  if (bytes.length <= EXCERPT_BYTES) return head;
  let end = EXCERPT_BYTES;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}
