/**
 * The target of the first link with the relation `next` in a `Link` header (RFC 8288), null when there is none.
 * Commas and semicolons inside `<...>` and quoted texts separate nothing.
 */
export function nextLink(header: string): string | null {
  const link = /<([^>]*)>((?:\s*;\s*[^\s=;,]+\s*(?:=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*)/g;
  for (const [, target = '', parameters = ''] of header.matchAll(link)) {
    if (relations(parameters).includes('next')) return target.trim();
  }
  return null;
}

/** A link may have several relations: `rel="next last"`. Only its first `rel` counts. */
function relations(parameters: string): readonly string[] {
  const parameter = /;\s*([^\s=;,]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/g;
  for (const [, name = '', quoted, bare] of parameters.matchAll(parameter)) {
    if (name.toLowerCase() === 'rel') return (quoted ?? bare ?? '').toLowerCase().split(/\s+/);
  }
  return [];
}
