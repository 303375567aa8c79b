const LONGEST_ID = 63;

/**
 * The id of a new thing: the one that was asked for, else the slug of its name, with -2, -3 and so on while that is
 * taken. A name without any letter or digit gives `fallback`.
 */
export function freeId(
  asked: string | undefined,
  name: string,
  fallback: string,
  isTaken: (id: string) => boolean,
): string {
  if (asked !== undefined) return asked;
  const base = slug(name) || fallback;
  if (!isTaken(base)) return base;
  for (let n = 2; ; n++) {
    const suffix = `-${n}`;
    const id = `${trimDashes(base.slice(0, LONGEST_ID - suffix.length))}${suffix}`;
    if (!isTaken(id)) return id;
  }
}

/** `Preços do Dólar (BCB)` becomes `precos-do-dolar-bcb`. */
export function slug(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  return trimDashes(trimDashes(plain).slice(0, LONGEST_ID));
}

function trimDashes(text: string): string {
  return text.replace(/^-+|-+$/g, '');
}
