import { join, normalize, sep } from 'node:path';

/**
 * The file that an address of the window means, or null when it points elsewhere. Encoded dots and
 * slashes are decoded first, so that `%2e%2e%2f` climbs no further than `../` does.
 */
export function resolveAsset(folder: string, origin: string, url: string): string | null {
  if (!url.startsWith(`${origin}/`)) return null;
  const path = decoded(url.slice(origin.length).replace(/[?#].*$/, ''));
  if (path === null || path.includes('\0') || path.includes('\\')) return null;
  const file = normalize(join(folder, path === '/' ? 'index.html' : path));
  return file.startsWith(folder + sep) ? file : null;
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null; // a lone % is no address of ours
  }
}
