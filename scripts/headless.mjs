// The engine without a window, from the sources: `npm run headless -- --home DIR --port N`.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureEngineBuilt } from './built.mjs';

await ensureEngineBuilt(() =>
  console.error('Building the engine from its sources (a few seconds)'),
);
const entry = join(import.meta.dirname, '../dist/main/headless.js');
process.argv[1] = entry;
await import(pathToFileURL(entry).href);
