/** Whether a name or an id has a text in it, whatever the case and the accents: `cafe` finds `Café`. */
export function isNamedLike(
  { id, name }: { readonly id: string; readonly name: string },
  text: string,
): boolean {
  return plain(`${name} ${id}`).includes(plain(text.trim()));
}

function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}
