import type { z } from 'zod';
import { ptBR } from 'zod/locales';
import { invalid } from './errors.ts';
import type { Locale } from './i18n/locale.ts';
import { inputProblems } from './input-problems.ts';

const portuguese = ptBR().localeError;

/** The checked and filled input; throws a validation error with every problem at its field, in the caller's language. */
export function checkInput<T extends z.ZodType>(
  schema: T,
  input: unknown,
  locale: Locale,
): z.output<T> {
  const result = schema.safeParse(input, locale === 'pt-BR' ? { error: portuguese } : undefined);
  if (result.success) return result.data;
  throw invalid(inputProblems(result.error));
}
