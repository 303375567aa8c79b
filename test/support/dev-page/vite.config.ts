import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const root = import.meta.dirname;

export default defineConfig({
  root,
  base: './',
  publicDir: false,
  plugins: [svelte({ configFile: join(root, '../../../svelte.config.js') })],
  server: { host: '127.0.0.1' },
  build: { target: 'chrome130', reportCompressedSize: false, emptyOutDir: true },
});
