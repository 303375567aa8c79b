const LONGEST = 200;

/** A name for an integration, of the host and the last part of the path of its address. */
export function nameOfAddress(url: string): string {
  const [, host = 'API', path = ''] = /^https?:\/\/([^/?#]+)([^?#]*)/i.exec(url.trim()) ?? [];
  const last = path
    .split('/')
    .filter((part) => part !== '' && !/[{}%]/.test(part))
    .at(-1);
  return (last === undefined ? host : `${host} ${last}`).slice(0, LONGEST);
}
