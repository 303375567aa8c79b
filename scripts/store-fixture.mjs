// `node scripts/store-fixture.mjs`: keeps a store of today's schema as test/fixtures/databases/schema-N.db.gz, from
// which upgrades are tested for ever after. To be run once, when a migration is added; a file that exists stays.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildStoreModules } from './bench/parts/store-modules.mjs';

const folder = join(import.meta.dirname, '../test/fixtures/databases');
const modules = await buildStoreModules('store-fixture', {
  fixture: 'test/support/store-fixture.ts',
});
/** @type {typeof import('../test/support/store-fixture.ts')} */
const { storeFixture } = await import(modules['fixture'] ?? '');
const { version, bytes } = await storeFixture();
const file = join(folder, `schema-${version}.db.gz`);
if (existsSync(file)) {
  console.error(
    `${file} exists: a fixture is what that version wrote, and is never written again.`,
  );
  process.exitCode = 1;
} else {
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, gzipSync(bytes, { level: 9 }));
  console.log(file);
}
