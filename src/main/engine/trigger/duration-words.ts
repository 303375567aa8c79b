import type { Locale } from '../../../shared/i18n/locale.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Longest first; each with its singular and plural. */
const UNITS: readonly { readonly ms: number; readonly words: Record<Locale, [string, string]> }[] =
  [
    { ms: DAY, words: { en: ['day', 'days'], 'pt-BR': ['dia', 'dias'] } },
    { ms: HOUR, words: { en: ['hour', 'hours'], 'pt-BR': ['hora', 'horas'] } },
    { ms: MINUTE, words: { en: ['minute', 'minutes'], 'pt-BR': ['minuto', 'minutos'] } },
    { ms: SECOND, words: { en: ['second', 'seconds'], 'pt-BR': ['segundo', 'segundos'] } },
    {
      ms: 1,
      words: { en: ['millisecond', 'milliseconds'], 'pt-BR': ['milissegundo', 'milissegundos'] },
    },
  ];

/** Exact, in whole units: `30 seconds`, `1 hour 30 minutes`. */
export function durationWords(ms: number, locale: Locale): string {
  const parts: string[] = [];
  let rest = ms;
  for (const unit of UNITS) {
    const count = Math.floor(rest / unit.ms);
    rest -= count * unit.ms;
    if (count > 0) parts.push(`${count} ${unit.words[locale][count === 1 ? 0 : 1]}`);
  }
  return parts.join(' ') || `0 ${UNITS[3]?.words[locale][1] ?? ''}`;
}

/** `Every 30 seconds`, `Every minute`. */
export function everyWords(ms: number, locale: Locale): string {
  const single = UNITS.find((unit) => unit.ms === ms);
  const words = single === undefined ? durationWords(ms, locale) : single.words[locale][0];
  return locale === 'en' ? `Every ${words}` : `A cada ${words}`;
}
