import { app, protocol } from 'electron';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { resolveAsset } from './asset-path.ts';

const SCHEME = 'app';
const ORIGIN = `${SCHEME}://pontual`;

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

const securityHeaders = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Must be called before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: SCHEME,
      // With a code cache the page's script is compiled once, not at each start.
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ]);
}

/** Serves the built window, and nothing outside its folder, at `app://pontual/`. */
export function serveApp(folder: string): void {
  protocol.handle(SCHEME, async ({ url, method }) => {
    const file = method === 'GET' ? resolveAsset(folder, ORIGIN, url) : null;
    if (file === null) return new Response('Not found', { status: 404 });
    try {
      const type = contentTypes[extname(file)] ?? 'application/octet-stream';
      return new Response(new Uint8Array(await readFile(file)), {
        headers: { ...securityHeaders, 'content-type': type },
      });
    } catch {
      return new Response('Not found', { status: 404 });
    }
  });
}

/** The address of the window: the built page, or the development server of an unpackaged app. */
export function windowUrl(): string {
  return developmentServer() ?? `${ORIGIN}/index.html`;
}

/** Whether a page is ours, by its whole origin. */
export function isWindowUrl(url: string): boolean {
  const server = developmentServer();
  return url.startsWith(`${ORIGIN}/`) || (server !== null && url.startsWith(server));
}

function developmentServer(): string | null {
  return app.isPackaged ? null : (process.env['VITE_DEV_SERVER_URL'] ?? null);
}
