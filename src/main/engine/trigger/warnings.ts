import { assertNever } from '../../../shared/assert-never.ts';
import type { Locale } from '../../../shared/i18n/locale.ts';
import type { CronSchedule, Schedule } from '../../../shared/schedule.ts';
import { compileSchedule } from './compile.ts';
import type { CompiledSchedule } from './compile.ts';
import { cronInstants, followsRealTime } from './cron.ts';
import type { Disturbance } from './cron.ts';
import { splitCron } from './cron-fields.ts';
import { everyWords } from './duration-words.ts';
import { formatWallTime } from './local-time.ts';
import { zoneOf } from './zone.ts';
import type { Zone } from './zone.ts';

/** What is allowed but may surprise. */
export type ScheduleWarning =
  /** The clocks change at a named time within a year. */
  | { readonly kind: 'dst'; readonly change: Disturbance; readonly runs: DstRuns }
  | { readonly kind: 'either-day-field' }
  | { readonly kind: 'often'; readonly perDay: number }
  | { readonly kind: 'uneven-step'; readonly field: StepField; readonly step: number }
  | { readonly kind: 'far-away'; readonly firstMs: number }
  | { readonly kind: 'no-pause' };

export type DstRuns = 'moved' | 'lost' | 'once' | 'twice';
type StepField = 'second' | 'minute' | 'hour';

const SECOND = 1000;
const DAY = 24 * 60 * 60 * SECOND;
/** A period below this is worth a word about the load it makes. */
const OFTEN_MS = 5 * SECOND;
/** How far ahead changes of the clocks are told. */
const LOOK_AHEAD_MS = 366 * DAY;

/** The warnings of a valid schedule, most surprising first. */
export function scheduleWarnings(
  schedule: Schedule,
  nowMs: number,
  machineZone: string,
): ScheduleWarning[] {
  if (schedule.kind === 'manual' || schedule.kind === 'one-time') return [];
  if (schedule.kind === 'fixed-delay') return schedule.delayMs === 0 ? [{ kind: 'no-pause' }] : [];
  const compiled = compileSchedule(schedule, { machineZone, anchorMs: nowMs });
  const common = [...farAway(compiled, nowMs), ...often(compiled, nowMs)];
  return schedule.kind === 'cron'
    ? [...cronWarnings(schedule, nowMs, compiled.zone), ...common]
    : common;
}

function farAway(compiled: CompiledSchedule, nowMs: number): ScheduleWarning[] {
  const firstMs = compiled.nextAfter(nowMs - 1);
  return firstMs !== null && firstMs > nowMs + LOOK_AHEAD_MS ? [{ kind: 'far-away', firstMs }] : [];
}

function often(compiled: CompiledSchedule, nowMs: number): ScheduleWarning[] {
  const first = compiled.nextAfter(nowMs - 1);
  if (first === null) return [];
  const perDay = compiled.countIn(first - 1, first - 1 + DAY);
  return perDay > DAY / OFTEN_MS ? [{ kind: 'often', perDay }] : [];
}

function cronWarnings(schedule: CronSchedule, nowMs: number, zone: Zone): ScheduleWarning[] {
  const texts = splitCron(schedule.expression);
  if (texts === null) return [];
  const warnings: ScheduleWarning[] = [];
  // By the minute or hour all day long, a change of the clocks surprises nobody.
  if (!/^[*?]/.test(texts.hour)) {
    const instants = cronInstants(schedule.expression, zone);
    const isFixed = !followsRealTime(texts);
    for (const change of instants.disturbances(nowMs, nowMs + LOOK_AHEAD_MS)) {
      warnings.push({ kind: 'dst', change, runs: dstRuns(change, isFixed) });
    }
  }
  const [day, , weekday] = texts.days;
  if (!/^[*?]$/.test(day) && !/^[*?]$/.test(weekday)) warnings.push({ kind: 'either-day-field' });
  return [...warnings, ...unevenSteps(texts)];
}

function dstRuns(change: Disturbance, isFixed: boolean): DstRuns {
  if (change.kind === 'skipped') return isFixed ? 'moved' : 'lost';
  return isFixed ? 'once' : 'twice';
}

/** A step that does not divide its field starts anew at 0: the last gap is shorter. */
function unevenSteps(texts: Readonly<Record<StepField, string>>): ScheduleWarning[] {
  const sizes = { second: 60, minute: 60, hour: 24 } as const;
  return (['second', 'minute', 'hour'] as const).flatMap((field) => {
    const step = Number(/^[*?]\/(\d+)$/.exec(texts[field])?.[1] ?? 1);
    return sizes[field] % step === 0 ? [] : [{ kind: 'uneven-step' as const, field, step }];
  });
}

/** A warning as a sentence; instants on the wall clock of `zoneName`. */
export function warningWords(warning: ScheduleWarning, zoneName: string, locale: Locale): string {
  const isEnglish = locale === 'en';
  switch (warning.kind) {
    case 'dst':
      return dstWords(warning.change, warning.runs, zoneOf(zoneName), locale);
    case 'either-day-field':
      return isEnglish
        ? 'Day of month and day of week are both set: it runs on days that match either of them.'
        : 'O dia do mês e o dia da semana estão definidos: executa nos dias que correspondem a qualquer um deles.';
    case 'often': {
      const count = new Intl.NumberFormat(locale).format(warning.perDay);
      return isEnglish ? `It runs ${count} times a day.` : `Executa ${count} vezes por dia.`;
    }
    case 'uneven-step':
      return unevenWords(warning.field, warning.step, locale);
    case 'far-away': {
      const at = formatWallTime(warning.firstMs, zoneOf(zoneName));
      return isEnglish
        ? `The first run is more than a year away: ${at}.`
        : `A primeira execução está a mais de um ano: ${at}.`;
    }
    case 'no-pause':
      return isEnglish
        ? 'Without a delay it runs all the time.'
        : 'Sem intervalo, executa o tempo todo.';
    default:
      return assertNever(warning);
  }
}

function dstWords(change: Disturbance, runs: DstRuns, zone: Zone, locale: Locale): string {
  const [date = '', time = ''] = formatWallTime(change.atMs, zone).split(' ');
  const en: Record<DstRuns, string> = {
    moved: `On ${date} the clocks in ${zone.name} skip this time; that day it runs at ${time}.`,
    lost: `On ${date} the clocks in ${zone.name} skip some of these times; those do not run.`,
    once: `On ${date} the clocks in ${zone.name} show this time twice; it runs the first time only.`,
    twice: `On ${date} the clocks in ${zone.name} show these times twice; it runs both times.`,
  };
  const pt: Record<DstRuns, string> = {
    moved: `Em ${date} os relógios em ${zone.name} pulam este horário; nesse dia executa às ${time}.`,
    lost: `Em ${date} os relógios em ${zone.name} pulam alguns destes horários; esses não executam.`,
    once: `Em ${date} os relógios em ${zone.name} repetem este horário; executa só na primeira vez.`,
    twice: `Em ${date} os relógios em ${zone.name} repetem estes horários; executa nas duas vezes.`,
  };
  return (locale === 'en' ? en : pt)[runs];
}

function unevenWords(field: StepField, step: number, locale: Locale): string {
  const isEnglish = locale === 'en';
  const unitMs = { second: SECOND, minute: 60 * SECOND, hour: 3600 * SECOND }[field];
  const every = everyWords(step * unitMs, locale);
  const whole = {
    second: isEnglish ? 'minute' : 'minuto',
    minute: isEnglish ? 'hour' : 'hora',
    hour: isEnglish ? 'day' : 'dia',
  }[field];
  return isEnglish
    ? `*/${step} starts anew every ${whole}, so the last gap is shorter. "${every}" exactly is a fixed rate.`
    : `*/${step} recomeça a cada ${whole}, e o último intervalo fica menor. "${every}" exato é uma taxa fixa.`;
}
