// Hot reload: the window follows the sources at once, the main process restarts when it changes.
import { join } from 'node:path';
import { createServer } from 'vite';
import { requireElectron } from './setup/run-electron.mjs';

const root = join(import.meta.dirname, '..');
process.env['ELECTRON_OVERRIDE_DIST_PATH'] = requireElectron(root).folder;

const server = await createServer({
  configFile: join(root, 'vite.config.ts'),
  mode: 'development',
});
await server.listen();
server.printUrls();
