import type { IncomingHttpHeaders } from 'node:http';
import { resolveLocale, type Locale } from '../../shared/i18n/locale.ts';

/** The language that a client asks for with Accept-Language (RFC 9110, 12.5.4), English unless it asks for another. */
export function languageOf({ 'accept-language': header }: IncomingHttpHeaders): Locale {
  if (header === undefined) return 'en';
  const ranked = header.split(',').map((part) => {
    const [tag = '', ...parameters] = part.split(';').map((one) => one.trim());
    const weight = parameters.find((one) => /^q=/i.test(one))?.slice(2);
    return { tag, weight: weight === undefined ? 1 : Number(weight) };
  });
  const wanted = ranked.filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight);
  return resolveLocale(
    'system',
    wanted.map(({ tag }) => tag),
  );
}
