import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type InlineConfig, type Plugin, type UserConfig } from 'vite';
import electron from 'vite-plugin-electron';
import { mainBuilt, preloadBuilt } from './scripts/dev-app.mjs';
import { electronArguments } from './scripts/setup/run-electron.mjs';

const root = import.meta.dirname;
const mainOutput = join(root, 'dist/main');

/** What plain Node runs: `vite build --mode engine` builds these alone. */
const engineEntries = {
  headless: 'src/main/headless.ts',
  cli: 'src/main/cli.ts',
  'store-thread': 'src/main/engine/store/store-thread.ts',
  'network-thread': 'src/main/engine/pool/network-thread.ts',
  'compute-thread': 'src/main/engine/pool/compute-thread.ts',
};

/** Files of an installed app come from the disk: only a chunk that has gone wild is worth a warning. */
const LOCAL_FILE_KB = 4000;

const desktopEntry = { main: 'src/main/main.ts' };

/** Native code, WebAssembly and packages that start workers from their own folder stay outside. */
const external = ['electron', 'fs-native-extensions', 'sql.js', 'piscina', 'electron-log'];

/**
 * Node processes and threads. Every file lands flat in one folder, so that `import.meta.url`
 * means `dist/main/` in an entry and in a shared chunk alike.
 */
function nodeBuild(entries: Record<string, string>, plugins: Plugin[] = []): InlineConfig {
  return {
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    plugins,
    ssr: { target: 'node', noExternal: true, external },
    build: {
      ssr: true,
      target: 'node20.18',
      outDir: mainOutput,
      emptyOutDir: false,
      minify: false,
      sourcemap: true,
      reportCompressedSize: false,
      chunkSizeWarningLimit: LOCAL_FILE_KB,
      rolldownOptions: {
        input: presentEntries(entries),
        output: {
          format: 'es',
          // V8 keeps the text of what it runs, in each thread anew, and with two bytes a character where one needs them.
          comments: { legal: true, jsdoc: false, annotation: false },
          minify: {
            compress: false,
            mangle: false,
            codegen: { removeWhitespace: false, asciiOnly: true },
          },
          entryFileNames: '[name].js',
          chunkFileNames: 'chunk-[name]-[hash].js',
        },
      },
    },
  };
}

/** A sandboxed preload may require nothing but `electron`: one CommonJS file, self-contained. */
function preloadBuild(): InlineConfig {
  const base = nodeBuild({ preload: 'src/main/preload.ts' });
  return {
    ...base,
    ssr: { target: 'node', noExternal: true, external: ['electron'] },
    build: {
      ...base.build,
      rolldownOptions: {
        ...base.build?.rolldownOptions,
        output: { format: 'cjs', codeSplitting: false, entryFileNames: '[name].cjs' },
      },
    },
  };
}

/** `npm run dev -- --home DIR`: what follows is for the app. */
function developmentArguments(): string[] {
  return [...electronArguments(root), ...process.argv.slice(2)];
}

function presentEntries(entries: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(entries).filter(([, source]) => existsSync(resolve(root, source))),
  );
}

/** Chunks carry a hash in their name, so those of earlier builds would stay for ever. */
function pruneStaleChunks(): Plugin {
  return {
    name: 'pontual:prune-stale-chunks',
    writeBundle(_options, bundle) {
      for (const file of readdirSync(mainOutput)) {
        const chunk = file.replace(/\.map$/, '');
        if (chunk.startsWith('chunk-') && !(chunk in bundle)) rmSync(join(mainOutput, file));
      }
    },
  };
}

const desktopBuild: UserConfig = {
  root: join(root, 'src/renderer'),
  publicDir: false,
  base: './',
  plugins: [
    svelte({ configFile: join(root, 'svelte.config.js') }),
    electron([
      {
        vite: nodeBuild({ ...desktopEntry, ...engineEntries }, [pruneStaleChunks()]),
        onstart: ({ startup, reload }) =>
          mainBuilt({ startup: () => startup(developmentArguments()), reload }),
      },
      {
        vite: preloadBuild(),
        onstart: ({ startup, reload }) =>
          preloadBuilt({ startup: () => startup(developmentArguments()), reload }),
      },
    ]),
  ],
  server: { host: '127.0.0.1' },
  build: {
    target: 'chrome130',
    rolldownOptions: { input: join(root, 'src/renderer/index.html') },
    outDir: join(root, 'dist/renderer'),
    emptyOutDir: true,
    sourcemap: true,
    reportCompressedSize: false,
    chunkSizeWarningLimit: LOCAL_FILE_KB,
  },
};

export default defineConfig(({ mode }) => {
  if (mode === 'engine') return nodeBuild(engineEntries);
  const alone = Object.entries(engineEntries).filter(([name]) => mode === `engine:${name}`);
  return alone.length > 0 ? nodeBuild(Object.fromEntries(alone)) : desktopBuild;
});
