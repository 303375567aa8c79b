import { LONGEST_EXPRESSION } from '../../../shared/schedule.ts';
import { say, type Sentence } from '../../../shared/sentences.ts';
import { cronDays } from './cron-days.ts';
import { fieldValues, splitCron } from './cron-fields.ts';
import type { CronTexts } from './cron-fields.ts';

type FieldSentence =
  'cronSecond' | 'cronMinute' | 'cronHour' | 'cronDay' | 'cronMonth' | 'cronWeekday';

/**
 * Why a cron expression is refused, as a sentence that names the value, its place and what was
 * expected; null when it is understood. What a field means is asked of croner, the same that fires.
 */
export function cronProblem(expression: string): Sentence | null {
  if (expression.length > LONGEST_EXPRESSION) {
    return say('cronTooLong', { length: expression.length, most: LONGEST_EXPRESSION });
  }
  if (expression.trim() === '') return say('cronEmpty');
  const strange = /[^\x20-\x7e\t]/u.exec(expression);
  if (strange !== null) {
    return say('cronCharacter', { character: strange[0], position: strange.index + 1 });
  }
  if (expression.includes('@')) return aliasProblem(expression.trim());
  const texts = splitCron(expression);
  if (texts === null) {
    const count = expression.trim().split(/[ \t]+/).length;
    return count === 1
      ? say('cronOneField', { expression })
      : say('cronFields', { expression, count });
  }
  return fieldProblem(texts);
}

/** What crontabs allow in place of the five fields; said, but not taken: one way of writing is enough. */
const ALIASES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * SUN',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

function aliasProblem(expression: string): Sentence {
  const alias = expression.toLowerCase();
  if (alias === '@reboot') return say('cronReboot', { expression });
  if (alias.startsWith('@every')) return say('cronEvery', { expression });
  const fields = Object.hasOwn(ALIASES, alias) ? ALIASES[alias] : undefined;
  return fields === undefined
    ? say('cronAlias', { expression })
    : say('cronNickname', { expression, fields });
}

function fieldProblem(texts: CronTexts): Sentence | null {
  const [day, month, weekday] = texts.days;
  const checks: readonly (readonly [FieldSentence, string, () => unknown])[] = [
    ['cronSecond', texts.second, () => fieldValues('second', texts.second)],
    ['cronMinute', texts.minute, () => fieldValues('minute', texts.minute)],
    ['cronHour', texts.hour, () => fieldValues('hour', texts.hour)],
    ['cronDay', day, () => cronDays(`${day} * *`)],
    ['cronMonth', month, () => cronDays(`* ${month} *`)],
    ['cronWeekday', weekday, () => cronDays(`* * ${weekday}`)],
  ];
  for (const [name, text, read] of checks) {
    // croner's "+" makes both day fields necessary; here either one matches, always.
    if (text.startsWith('+') || !isUnderstood(read)) {
      return say(name, { text });
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
