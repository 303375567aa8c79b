import { toString as cronWords } from 'cronstrue';
import 'cronstrue/locales/pt_BR.js';
import { assertNever } from '../../../shared/assert-never.ts';
import type { Locale } from '../../../shared/i18n/locale.ts';
import type { Schedule } from '../../../shared/schedule.ts';
import { durationWords, everyWords } from './duration-words.ts';
import { formatWallTime, parseTime } from './local-time.ts';
import { zoneOf } from './zone.ts';

/** A schedule in plain words, such as `Every 30 seconds`; expects one that is valid. */
export function describeSchedule(schedule: Schedule, machineZone: string, locale: Locale): string {
  const isEnglish = locale === 'en';
  switch (schedule.kind) {
    case 'cron':
      return describeCron(schedule.expression, locale);
    case 'fixed-rate': {
      const every = everyWords(schedule.everyMs, locale);
      if (schedule.startAt === null) return every;
      const start = wallTime(schedule.startAt, schedule.timeZone ?? machineZone);
      return isEnglish
        ? `${every}, counted from ${start}`
        : `${every}, contados a partir de ${start}`;
    }
    case 'fixed-delay': {
      if (schedule.delayMs === 0) {
        return isEnglish
          ? 'Again as soon as the previous run ends'
          : 'De novo assim que a execução anterior terminar';
      }
      const delay = durationWords(schedule.delayMs, locale);
      return isEnglish
        ? `${delay} after the previous run ends`
        : `${delay} após o fim da execução anterior`;
    }
    case 'one-time': {
      const at = wallTime(schedule.at, schedule.timeZone ?? machineZone);
      return isEnglish ? `Once, on ${at}` : `Uma vez, em ${at}`;
    }
    case 'manual':
      return isEnglish ? 'Only when started by hand' : 'Somente quando iniciado à mão';
    default:
      return assertNever(schedule);
  }
}

function wallTime(text: string, zoneName: string): string {
  const zone = zoneOf(zoneName);
  return `${formatWallTime(parseTime(text, zone), zone)} (${zone.name})`;
}

function describeCron(expression: string, locale: Locale): string {
  try {
    return cronWords(lastWeekdayAsL(expression), {
      locale: locale === 'en' ? 'en' : 'pt_BR',
      use24HourTimeFormat: true,
    });
  } catch {
    return expression; // Without words for it, the expression itself is the plainest description.
  }
}

/** croner writes the last Friday `FRI#L` or `5L`, cronstrue only knows the latter. */
function lastWeekdayAsL(expression: string): string {
  const names = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
  return expression.replaceAll(/([A-Z]{3}|[0-7])#L/gi, (whole, day: string) => {
    const number = /\d/.test(day) ? Number(day) : names.indexOf(day.toUpperCase());
    return number < 0 ? whole : `${number}L`;
  });
}
