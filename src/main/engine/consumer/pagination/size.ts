/** The query parameter for the size of a page, where both its name and the size are declared. */
export function sizeParameters(pagination: {
  readonly sizeParameter: string | null;
  readonly size: number | null;
}): readonly (readonly [string, string])[] {
  const { sizeParameter, size } = pagination;
  return sizeParameter === null || size === null ? [] : [[sizeParameter, String(size)]];
}
