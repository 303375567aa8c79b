import type { Translate } from '../../shared/i18n/index.ts';

/** The sentences of commander about wrong usage, which it has in English only. */
const SENTENCES: readonly (readonly [RegExp, (t: Translate, ...parts: string[]) => string])[] = [
  [
    /^error: unknown command '(.*?)'/,
    (t, command = '') => t('cli.usageErrors.command', { command }),
  ],
  [/^error: unknown option '(.*?)'/, (t, option = '') => t('cli.usageErrors.option', { option })],
  [
    /^error: missing required argument '(.*?)'/,
    (t, argument = '') => t('cli.usageErrors.argument', { argument }),
  ],
  [
    /^error: option '(.*?)' argument missing/,
    (t, option = '') => t('cli.usageErrors.value', { option }),
  ],
  [
    /^error: option '(.*?)' argument '(.*?)' is invalid\./,
    (t, option = '', value = '') => t('cli.usageErrors.invalid', { option, value }),
  ],
  [
    /^error: too many arguments for '(.*?)'\. Expected (\d+) arguments? but got (\d+)\./,
    (t, command = '', most = '', given = '') => t('cli.usageErrors.many', { command, most, given }),
  ],
  [
    / Allowed choices are (.*)\./,
    (t, choices = '') => ` ${t('cli.usageErrors.choices', { choices })}`,
  ],
  [
    /\(Did you mean (?:one of )?(.*)\?\)/,
    (t, names = '') => `(${t('cli.usageErrors.meant', { names })})`,
  ],
];

/** One of its errors in the person's language; what it says in other words stays as it is. */
export function usageError(text: string, t: Translate): string {
  return SENTENCES.reduce(
    (told, [pattern, say]) =>
      told.replace(pattern, (_whole, ...parts: unknown[]) =>
        say(t, ...parts.filter((part) => typeof part === 'string')),
      ),
    text,
  );
}
