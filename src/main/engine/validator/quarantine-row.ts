import type { JsonValue } from '../../../shared/values.ts';
import type { QuarantineRow } from '../store/ops.ts';
import { exactText } from './exact-json.ts';
import type { SampleInvalid } from './page-types.ts';
import type { Fault } from './record-faults.ts';

/** Of a refused value or a record that is too big, so much is kept. */
const KEPT_VALUE_CHARACTERS = 1024;
const KEPT_RECORD_CHARACTERS = 4096;

/** A refused record as it is kept: why, where, what stood there, and the record itself with its digits as sent. */
export function quarantineRow(
  record: JsonValue,
  data: string,
  hash: string,
  fault: Fault,
  mark: string | null,
): QuarantineRow {
  const value = offendingValue(record, fault.place);
  const { reason, rule, field } = fault;
  return {
    reason,
    rule,
    field,
    value: value === undefined || fault.place.length === 0 ? null : clipped(exactText(value, mark)),
    // A record that is too big to be kept is not kept in quarantine either.
    raw: reason === 'size' ? JSON.stringify(data.slice(0, KEPT_RECORD_CHARACTERS)) : data,
    hash,
  };
}

function offendingValue(record: JsonValue, place: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = record;
  for (const step of place) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step))
      return undefined;
    value = (value as { readonly [key: string]: JsonValue })[step];
  }
  return value;
}

/** JSON text; when it is too long, a JSON string of its beginning. */
function clipped(text: string): string {
  if (text.length <= KEPT_VALUE_CHARACTERS) return text;
  return JSON.stringify(`${text.slice(0, KEPT_VALUE_CHARACTERS)}…`);
}

/** The same for the Test screen, with a sentence. */
export function sampleOf(
  row: QuarantineRow,
  fault: Fault,
  raw: JsonValue,
): Omit<SampleInvalid, 'page'> {
  return {
    reason: row.reason,
    rule: row.rule,
    field: row.field,
    message: fault.message,
    says: fault.says,
    value: row.value === null ? null : (JSON.parse(row.value) as JsonValue),
    raw: row.reason === 'size' ? (JSON.parse(row.raw) as JsonValue) : raw,
  };
}
