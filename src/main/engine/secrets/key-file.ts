import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATA_KEY_BYTES } from './secret-box.ts';

/** In a home: the data key as it is, for machines without a keyring; and sealed by the keyring of the desktop. */
export const KEY_FILE = 'secret.key';
export const SEALED_KEY_FILE = 'secret.sealed';

/**
 * The data key that somebody gave: from `PONTUAL_SECRET_KEY` or the file that `PONTUAL_SECRET_KEY_FILE` names
 * (32 bytes, base64), else `secret.key` in the home; null when there is none. Throws when it is no key.
 */
export function givenKey(home: string, env: NodeJS.ProcessEnv): Uint8Array | null {
  if (env['PONTUAL_SECRET_KEY']) return decode(env['PONTUAL_SECRET_KEY'], 'PONTUAL_SECRET_KEY');
  const named = env['PONTUAL_SECRET_KEY_FILE'];
  if (named)
    return decode(readFileSync(named, 'utf8'), `the file ${named} (PONTUAL_SECRET_KEY_FILE)`);
  const own = join(home, KEY_FILE);
  if (!existsSync(own)) return null;
  chmodSync(own, 0o600);
  return decode(readFileSync(own, 'utf8'), own);
}

/** Makes `secret.key`, readable by its owner alone, unless it is there; answers what it holds. */
export function keepKeyInFile(home: string): Uint8Array {
  const key = randomBytes(DATA_KEY_BYTES);
  const text = `${key.toString('base64')}\n`;
  try {
    writeFileSync(join(home, KEY_FILE), text, { flag: 'wx', mode: 0o600 });
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return givenKey(home, {}) as Uint8Array;
  }
}

/**
 * The data key of a program that cannot ask anybody: the one that was given, else a new one in a file. null in a home
 * whose key a keyring has sealed: with another key its secrets would seem to be lost, to the desktop as well.
 */
export function headlessKey(home: string, env: NodeJS.ProcessEnv): Uint8Array | null {
  const given = givenKey(home, env);
  if (given) return given;
  return existsSync(join(home, SEALED_KEY_FILE)) ? null : keepKeyInFile(home);
}

function decode(text: string, where: string): Uint8Array {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length === DATA_KEY_BYTES) return key;
  throw new Error(
    `The key in ${where} has ${key.length} bytes; expected ${DATA_KEY_BYTES} bytes in base64, as 'openssl rand -base64 32' prints.`,
  );
}
