import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATA_KEY_BYTES } from './secret-box.ts';

/**
 * The data key of a machine without a keyring: from `PONTUAL_SECRET_KEY` or the file that `PONTUAL_SECRET_KEY_FILE`
 * names (32 bytes, base64), else `secret.key` in the home, made at the first start for its owner alone.
 */
export function keyFromFile(home: string, env: NodeJS.ProcessEnv): Uint8Array {
  if (env['PONTUAL_SECRET_KEY']) return decode(env['PONTUAL_SECRET_KEY'], 'PONTUAL_SECRET_KEY');
  const named = env['PONTUAL_SECRET_KEY_FILE'];
  if (named)
    return decode(readFileSync(named, 'utf8'), `the file ${named} (PONTUAL_SECRET_KEY_FILE)`);
  const own = join(home, 'secret.key');
  const key = randomBytes(DATA_KEY_BYTES);
  try {
    writeFileSync(own, `${key.toString('base64')}\n`, { flag: 'wx', mode: 0o600 });
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  chmodSync(own, 0o600);
  return decode(readFileSync(own, 'utf8'), own);
}

function decode(text: string, where: string): Uint8Array {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length === DATA_KEY_BYTES) return key;
  throw new Error(
    `The key in ${where} has ${key.length} bytes; expected ${DATA_KEY_BYTES} bytes in base64, as 'openssl rand -base64 32' prints.`,
  );
}
