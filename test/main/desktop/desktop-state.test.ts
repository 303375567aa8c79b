import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DesktopStateFile } from '../../../src/main/desktop/desktop-state.ts';
import { DEFAULT_PREFERENCES } from '../../../src/shared/desktop-contract.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'desktop-state-'));
  file = join(folder, 'home', 'desktop.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('what the app remembers about this computer', () => {
  it('starts with the defaults and writes nothing by itself', () => {
    expect(new DesktopStateFile(file).current.preferences).toEqual(DEFAULT_PREFERENCES);
    expect(statSync(file, { throwIfNoEntry: false })).toBeUndefined();
  });

  it('survives a restart', () => {
    const preferences = { ...DEFAULT_PREFERENCES, theme: 'dark' as const };
    new DesktopStateFile(file).change({ preferences });
    new DesktopStateFile(file).change({ isCloseExplained: true });
    const { current } = new DesktopStateFile(file);
    expect(current).toEqual({ preferences, window: null, isCloseExplained: true });
  });

  it('is read by its owner alone', () => {
    new DesktopStateFile(file).change({ isCloseExplained: true });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it.each([
    '',
    '{',
    '[]',
    '{"preferences":{"theme":"pink"}}',
    '{"preferences":{},"window":{"x":1}}',
  ])('starts all the same when the file holds %j', (text) => {
    new DesktopStateFile(file).change({});
    writeFileSync(file, text);
    expect(new DesktopStateFile(file).current.preferences).toEqual(DEFAULT_PREFERENCES);
  });

  it('fills preferences that an older version did not know', () => {
    new DesktopStateFile(file).change({});
    writeFileSync(file, '{"preferences":{"theme":"dark"}}');
    const { preferences } = new DesktopStateFile(file).current;
    expect(preferences).toEqual({ ...DEFAULT_PREFERENCES, theme: 'dark' });
    expect(readFileSync(file, 'utf8')).toContain('dark');
  });
});
