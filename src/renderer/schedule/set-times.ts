import { WEEKDAYS, type Weekday } from '../../shared/schedule.ts';

/** The plain kind of cron that most people mean: a time of day on some days. */
export interface SetTimes {
  /** `08:30`. */
  readonly time: string;
  readonly days: 'every' | 'working' | 'chosen' | 'month';
  /** For `chosen`. */
  readonly weekdays: readonly Weekday[];
  /** For `month`, 1 to 31. */
  readonly dayOfMonth: number;
}

export const DEFAULT_SET_TIMES: SetTimes = {
  time: '08:00',
  days: 'every',
  weekdays: ['mon'],
  dayOfMonth: 1,
};

export function cronOf({ time, days, weekdays, dayOfMonth }: SetTimes): string {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const clock = `${minute} ${hour}`;
  switch (days) {
    case 'every':
      return `${clock} * * *`;
    case 'working':
      return `${clock} * * MON-FRI`;
    case 'chosen': {
      const chosen = WEEKDAYS.filter((day) => weekdays.includes(day));
      return `${clock} * * ${chosen.map((day) => day.toUpperCase()).join(',')}`;
    }
    case 'month':
      return `${clock} ${dayOfMonth} * *`;
  }
}

/** The set times that a cron expression says, or null when it says more than that. */
export function setTimesOf(expression: string): SetTimes | null {
  const match = /^(\d{1,2}) (\d{1,2}) (\*|\d{1,2}) \* (\*|[A-Z,-]+)$/.exec(expression.trim());
  if (match === null) return null;
  const [, minute = '', hour = '', monthDay = '', weekDays = ''] = match;
  if (Number(minute) > 59 || Number(hour) > 23) return null;
  const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
  if (monthDay !== '*') {
    if (weekDays !== '*') return null;
    return { ...DEFAULT_SET_TIMES, time, days: 'month', dayOfMonth: Number(monthDay) };
  }
  if (weekDays === '*') return { ...DEFAULT_SET_TIMES, time };
  if (weekDays === 'MON-FRI') return { ...DEFAULT_SET_TIMES, time, days: 'working' };
  const chosen = weekDays
    .split(',')
    .map((name) => WEEKDAYS.find((day) => day === name.toLowerCase()));
  if (chosen.some((day) => day === undefined)) return null;
  return {
    ...DEFAULT_SET_TIMES,
    time,
    days: 'chosen',
    weekdays: chosen.filter((day) => day !== undefined),
  };
}
