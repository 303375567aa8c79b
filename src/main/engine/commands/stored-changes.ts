import { isDeepStrictEqual } from 'node:util';
import type { Counts } from '../../../shared/run.ts';
import type { TestResult } from '../../../shared/test-result.ts';
import type { Store } from '../store/store.ts';

/**
 * What the records that a test shows would be to those that are stored: new, changed or unchanged. Of a test that
 * read more than it shows, only what is shown is compared. What has no id yet has nothing stored.
 */
export async function storedChanges(
  store: Pick<Store, 'query'>,
  integrationId: string,
  records: TestResult['records'],
): Promise<Pick<Counts, 'new' | 'changed' | 'unchanged'>> {
  const byKey = new Map(records.map(({ key, data }) => [key, data]));
  const counts = { new: 0, changed: 0, unchanged: 0 };
  const fates = [...byKey].map(async ([key, data]) => {
    const stored = await store.query('records.get', { integrationId, key });
    if (stored === null) counts.new++;
    else if (isDeepStrictEqual(stored.data, data)) counts.unchanged++;
    else counts.changed++;
  });
  await Promise.all(fates);
  return counts;
}
