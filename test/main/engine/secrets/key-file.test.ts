import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  givenKey,
  headlessKey,
  keepKeyInFile,
  SEALED_KEY_FILE,
} from '../../../../src/main/engine/secrets/key-file.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const KEY = Buffer.alloc(32, 7);
const keyFileOf = (home: string) => join(home, 'secret.key');

describe('the data key of a program without a keyring', () => {
  it('is the given one, and then nothing is written', async () => {
    const home = await temporaryFolder();
    const file = join(await temporaryFolder(), 'key');
    writeFileSync(file, KEY.toString('base64'));
    for (const env of [
      { PONTUAL_SECRET_KEY: KEY.toString('base64') },
      { PONTUAL_SECRET_KEY_FILE: file },
    ])
      expect(headlessKey(home, env)).toEqual(KEY);
    expect(existsSync(keyFileOf(home))).toBe(false);
  });

  it('is made once, for its owner alone, and found again', async () => {
    const home = await temporaryFolder();
    expect(givenKey(home, {})).toBeNull();
    const key = headlessKey(home, {});
    expect(key).toHaveLength(32);
    expect(statSync(keyFileOf(home)).mode & 0o777).toBe(0o600);
    expect(headlessKey(home, {})).toEqual(Buffer.from(key ?? []));
    expect(keepKeyInFile(home)).toEqual(Buffer.from(key ?? []));
  });

  it('is none where a keyring has sealed it: another one would lock what is kept', async () => {
    const home = await temporaryFolder();
    writeFileSync(join(home, SEALED_KEY_FILE), 'sealed');
    expect(headlessKey(home, {})).toBeNull();
    expect(existsSync(keyFileOf(home))).toBe(false);
  });

  it('that is too short is refused by where it came from and what was expected', async () => {
    const home = await temporaryFolder();
    writeFileSync(keyFileOf(home), 'c2hvcnQ=\n');
    expect(() => headlessKey(home, {})).toThrow(
      `The key in ${keyFileOf(home)} has 5 bytes; expected 32 bytes in base64`,
    );
    expect(readFileSync(keyFileOf(home), 'utf8')).toBe('c2hvcnQ=\n');
  });
});
