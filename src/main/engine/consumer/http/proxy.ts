/**
 * Which proxy leads to an origin, as the environment says: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, in small or
 * capital letters. This machine is never reached through one. Pure.
 */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy's address; null = none. */
export function proxyFor(origin: URL, environment: Environment): string | null {
  if (isThisMachine(origin.hostname) || isExcluded(origin, read(environment, 'no_proxy')))
    return null;
  const name = origin.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const proxy = read(environment, name) || read(environment, 'all_proxy');
  return proxy !== '' && URL.canParse(proxy) && /^https?:/i.test(proxy) ? proxy : null;
}

/** Small letters first, as curl does. */
function read(environment: Environment, name: string): string {
  return (environment[name] ?? environment[name.toUpperCase()] ?? '').trim();
}

function isThisMachine(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname.startsWith('127.') ||
    hostname === '[::1]'
  );
}

/** `NO_PROXY`: names with all below them, addresses, each with a port if wanted; `*` = everything. */
function isExcluded({ hostname, port, protocol }: URL, list: string): boolean {
  const ownPort = port || (protocol === 'https:' ? '443' : '80');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = '', onlyPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      if (onlyPort !== undefined && onlyPort !== ownPort) return false;
      const domain = name.replace(/^\*?\./, '');
      return hostname === domain || hostname.endsWith(`.${domain}`);
    });
}
