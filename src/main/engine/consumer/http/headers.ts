/** Headers of an answer: names in lower case, a repeated header as a list. */
export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** A header's whole text, its repetitions joined by commas; null when it is absent. */
export function headerText(headers: ResponseHeaders, name: string): string | null {
  const value = headers[name.toLowerCase()];
  if (value === undefined) return null;
  return typeof value === 'string' ? value : value.join(', ');
}
