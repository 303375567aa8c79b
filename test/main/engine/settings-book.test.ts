import { describe, expect, it } from 'vitest';
import { merge, readStored, SettingsBook } from '../../../src/main/engine/settings-book.ts';
import { DEFAULT_SETTINGS } from '../../../src/shared/settings.ts';
import type { JsonValue } from '../../../src/shared/values.ts';
import { MemoryStore } from '../../support/memory-store.ts';

describe('a patch', () => {
  it('changes what it names and nothing else', () => {
    const patched = merge(DEFAULT_SETTINGS, {
      concurrency: { runs: 5 },
      retention: { logDays: 7 },
    });
    expect(patched).toEqual({
      ...DEFAULT_SETTINGS,
      concurrency: { runs: 5 },
      retention: { ...DEFAULT_SETTINGS.retention, logDays: 7 },
    });
  });

  it('adds, replaces and removes named entries', () => {
    const first = merge(DEFAULT_SETTINGS, {
      groups: { a: { maxRunning: 1 }, b: { maxRunning: 2 } },
    });
    const second = merge(first, {
      groups: { a: null, b: { maxRunning: 3 } },
      categories: { realtime: null },
    });
    expect(second.groups).toEqual({ b: { maxRunning: 3 } });
    expect(Object.keys(second.categories)).toEqual(['maintenance', 'business', 'critical']);
  });

  it('may set what may be null to null', () => {
    const days = merge(DEFAULT_SETTINGS, { retention: { recordsDays: 5 } });
    expect(merge(days, { retention: { recordsDays: null } }).retention.recordsDays).toBeNull();
  });

  it('cannot reach the prototype of anything', () => {
    const patch = JSON.parse('{"groups":{"__proto__":{"maxRunning":1}}}') as object;
    merge(DEFAULT_SETTINGS, patch);
    expect(({} as { maxRunning?: number }).maxRunning).toBeUndefined();
  });
});

describe('stored settings', () => {
  const stored = (value: object) => readStored(JSON.parse(JSON.stringify(value)) as JsonValue);

  it('are the defaults where nothing was stored', () => {
    expect(readStored(undefined)).toEqual(DEFAULT_SETTINGS);
    expect(stored({ queue: { maxWaiting: 7 } })).toEqual({
      ...DEFAULT_SETTINGS,
      queue: { maxWaiting: 7 },
    });
  });

  it('lose no more than what another version wrote differently', () => {
    const read = stored({
      concurrency: { runs: 'many' },
      queue: { maxWaiting: 7, fromTheFuture: true },
      fromTheFuture: { x: 1 },
      autoPause: { afterFailures: 4, afterConfigErrors: -1 },
    });
    expect(read.concurrency).toEqual(DEFAULT_SETTINGS.concurrency);
    expect(read.queue).toEqual({ maxWaiting: 7 });
    expect(read.autoPause).toMatchObject({ afterFailures: 4, afterConfigErrors: 3 });
  });

  it('a category that was removed stays removed', () => {
    const { realtime: _removed, ...categories } = DEFAULT_SETTINGS.categories;
    expect(Object.keys(stored({ categories }).categories)).not.toContain('realtime');
  });
});

describe('the book', () => {
  it('has two patches at once both in the end', async () => {
    const store = new MemoryStore();
    const book = new SettingsBook(store, () => undefined);
    await Promise.all([
      book.patch({ concurrency: { runs: 5 } }),
      book.patch({ queue: { maxWaiting: 6 } }),
    ]);
    expect(book.current).toMatchObject({ concurrency: { runs: 5 }, queue: { maxWaiting: 6 } });
    expect(store.settings.get('settings')).toEqual(book.current);
  });

  it('stays as it was when the store refuses', async () => {
    const store = new MemoryStore();
    const book = new SettingsBook(store, () => undefined);
    store.refuse();
    await expect(book.patch({ concurrency: { runs: 5 } })).rejects.toThrow('cannot write');
    expect(book.current).toEqual(DEFAULT_SETTINGS);
  });
});
