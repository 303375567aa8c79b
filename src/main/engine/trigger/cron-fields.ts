import { CronPattern } from 'croner';

/** The matching values of one time field, ascending. */
export type FieldValues = readonly number[];

export type TimeField = 'second' | 'minute' | 'hour';

/** The six fields of an expression as texts; five-field expressions run at second 0. */
export interface CronTexts {
  readonly second: string;
  readonly minute: string;
  readonly hour: string;
  /** Day of month, month and day of week. */
  readonly days: readonly [string, string, string];
}

/** Splits an expression of five or six fields; null when it has another number of them. */
export function splitCron(expression: string): CronTexts | null {
  const fields = expression.trim().split(/[ \t]+/);
  if (fields.length === 5) fields.unshift('0');
  if (fields.length !== 6) return null;
  const [second, minute, hour, day, month, weekday] = fields as [
    // Six by the check above.
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return { second, minute, hour, days: [day, month, weekday] };
}

/** Few different texts are in use, whatever the number of jobs. */
const KEPT = 512;
const known = new Map<string, FieldValues>();

/** The values of one time field. Throws croner's TypeError or RangeError when it means nothing. */
export function fieldValues(field: TimeField, text: string): FieldValues {
  const key = `${field} ${text}`;
  let values = known.get(key);
  if (values === undefined) {
    values = readField(field, text);
    if (known.size >= KEPT) known.clear();
    known.set(key, values);
  }
  return values;
}

function readField(field: TimeField, text: string): FieldValues {
  const place = { second: 0, minute: 1, hour: 2 }[field];
  const fields = ['0', '0', '0', '*', '*', '*'].with(place, text);
  const matching = new CronPattern(fields.join(' '), undefined, { mode: '6-part' })[field];
  return matching.flatMap((isSet, value) => (isSet ? [value] : []));
}
