/** Whether a name or an id has a text in it, whatever the case and the accents: `cafe` finds `Café`. */
export function isNamedLike(
  { id, name }: { readonly id: string; readonly name: string },
  text: string,
): boolean {
  return plainText(`${name} ${id}`).includes(plainText(text.trim()));
}

/** Lower case without accents. */
export function plainText(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}
