/** A copy that will be given an id of its own. */
export function withoutId<T extends { readonly id: string }>(original: T): Omit<T, 'id'> {
  const { id: _id, ...copy } = original;
  return copy;
}
