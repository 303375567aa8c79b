import { LONGEST_EXPRESSION } from '../../../shared/schedule.ts';
import { cronDays } from './cron-days.ts';
import { fieldValues, splitCron } from './cron-fields.ts';
import type { CronTexts } from './cron-fields.ts';

const EXPECTED =
  'expected five fields (minute hour day month weekday) or six (second first), such as "30 2 * * MON-FRI"';

const FIELDS = {
  second: '0 to 59',
  minute: '0 to 59',
  hour: '0 to 23',
  'day of month': '1 to 31, L (the last day), LW or a day with W (the nearest weekday)',
  month: '1 to 12 or JAN to DEC',
  'day of week': '0 to 7 (0 and 7 are Sunday) or SUN to SAT, such as MON#2 or FRI#L',
} as const;

type FieldName = keyof typeof FIELDS;

/**
 * Why a cron expression is refused, as a sentence that names the value, its place and what was
 * expected; null when it is understood. What a field means is asked of croner, the same that fires.
 */
export function cronProblem(expression: string): string | null {
  if (expression.length > LONGEST_EXPRESSION) {
    return `The cron expression has ${expression.length} characters; at most ${LONGEST_EXPRESSION} are allowed.`;
  }
  if (expression.trim() === '') return `The cron expression is empty; ${EXPECTED}.`;
  const strange = /[^\x20-\x7e\t]/u.exec(expression);
  if (strange !== null) {
    return `The cron expression has the character "${strange[0]}" at position ${strange.index + 1}; only plain digits, letters and signs are understood.`;
  }
  if (expression.includes('@')) {
    return `"${expression}" uses a name with @, which is not understood; ${EXPECTED}.`;
  }
  const texts = splitCron(expression);
  if (texts === null) {
    const count = expression.trim().split(/[ \t]+/).length;
    return `"${expression}" has ${count} ${count === 1 ? 'field' : 'fields'}; ${EXPECTED}.`;
  }
  return fieldProblem(texts);
}

function fieldProblem(texts: CronTexts): string | null {
  const [day, month, weekday] = texts.days;
  const checks: readonly (readonly [FieldName, string, () => unknown])[] = [
    ['second', texts.second, () => fieldValues('second', texts.second)],
    ['minute', texts.minute, () => fieldValues('minute', texts.minute)],
    ['hour', texts.hour, () => fieldValues('hour', texts.hour)],
    ['day of month', day, () => cronDays(`${day} * *`)],
    ['month', month, () => cronDays(`* ${month} *`)],
    ['day of week', weekday, () => cronDays(`* * ${weekday}`)],
  ];
  for (const [name, text, read] of checks) {
    // croner's "+" makes both day fields necessary; here either one matches, always.
    if (text.startsWith('+') || !isUnderstood(read)) {
      return `"${text}" is not a ${name}; expected ${FIELDS[name]}, a list (1,2), a range (1-5), a step (*/5, 0-30/10) or *.`;
    }
  }
  return null;
}

function isUnderstood(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return false;
    throw error;
  }
}
