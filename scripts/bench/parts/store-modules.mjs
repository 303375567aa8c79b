import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';

const root = join(import.meta.dirname, '../../..');

/**
 * Builds modules of the store for plain Node, beside the program's own build, and answers where each one is: for
 * processes that speak with the store alone.
 *
 * @param {string} folder Under `.cache/`.
 * @param {Record<string, string>} entries Name to source file, from the repository's root.
 * @returns {Promise<Record<string, string>>}
 */
export async function buildStoreModules(folder, entries) {
  const outDir = join(root, '.cache', folder);
  await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    ssr: { target: 'node', noExternal: true, external: ['fs-native-extensions', 'sql.js'] },
    build: {
      ssr: true,
      target: 'node20.18',
      outDir,
      emptyOutDir: true,
      minify: false,
      reportCompressedSize: false,
      rolldownOptions: { input: entries, output: { format: 'es', entryFileNames: '[name].js' } },
    },
  });
  return Object.fromEntries(
    Object.keys(entries).map((name) => [name, pathToFileURL(join(outDir, `${name}.js`)).href]),
  );
}
