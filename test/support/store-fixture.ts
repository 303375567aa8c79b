import { SCHEMA_VERSION } from '../../src/main/engine/store/migrations.ts';
import { fillEveryTable } from './every-table.ts';
import { FaultyFiles } from './faulty-files.ts';
import { StoreHarness } from './store-harness.ts';

/** The file of a store of today's schema with rows in every table, and which schema that is. */
export async function storeFixture(): Promise<{
  readonly version: number;
  readonly bytes: Buffer;
}> {
  const files = new FaultyFiles();
  const store = await StoreHarness.open(files);
  await fillEveryTable(store);
  await store.core.checkpoint();
  return { version: SCHEMA_VERSION, bytes: files.content('pontual.db') };
}
