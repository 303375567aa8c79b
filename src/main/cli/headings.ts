import type { TextKey, Translate } from '../../shared/i18n/index.ts';

type Column = TextKey extends infer K
  ? K extends `cli.columns.${infer Name}`
    ? Name
    : never
  : never;

/** The heads of a table's columns. */
export function headings(t: Translate, ...columns: readonly Column[]): string[] {
  // None of these texts has placeholders, which the type of all keys together cannot say.
  return columns.map((column) => (t as (key: string) => string)(`cli.columns.${column}`));
}
