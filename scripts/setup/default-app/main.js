// What Electron's own default app does, for the substitute that comes without one:
//   electron [-r MODULE] APP-FOLDER ...
import { app } from 'electron';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const preloaded = process.argv.indexOf('-r');
if (preloaded > 0) createRequire(import.meta.url)(resolve(process.argv[preloaded + 1]));

const folder = resolve(process.argv.slice(1).find((argument) => !argument.startsWith('-')) ?? '.');
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
app.setAppPath(folder);
app.setName(manifest.productName ?? manifest.name);
app.setVersion(manifest.version);
await import(pathToFileURL(join(folder, manifest.main)).href);
