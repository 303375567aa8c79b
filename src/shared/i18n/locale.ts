export type Locale = 'en' | 'pt-BR';

/**
 * The language to speak: the chosen one, else the first of the machine's languages that we speak, else English.
 * Any Portuguese is answered in Brazilian Portuguese.
 */
export function resolveLocale(
  preference: 'system' | Locale,
  systemLanguages: readonly string[],
): Locale {
  if (preference !== 'system') return preference;
  for (const language of systemLanguages) {
    const primary = language.toLowerCase().split(/[-_]/)[0];
    if (primary === 'pt') return 'pt-BR';
    if (primary === 'en') return 'en';
  }
  return 'en';
}
