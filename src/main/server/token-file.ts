import { randomBytes } from 'node:crypto';
import { chmod, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { asError } from '../../shared/errors.ts';

export const TOKEN_FILE = 'api-token';
const PRIVATE_FILE = 0o600;
const TOKEN_BYTES = 32;
/** What may stand after `Bearer ` (RFC 6750), long enough not to be guessed. */
const TOKEN = /^[A-Za-z0-9._~+/-]{20,512}=*$/;

/**
 * The token of the local server, made at the first start. The file holds nothing else, not even a line break, so that
 * its content can be sent as it is; one that was added by an editor is forgiven. A file that holds no usable token is
 * replaced.
 */
export async function loadToken(home: string): Promise<string> {
  const path = join(home, TOKEN_FILE);
  const found = await readFile(path, 'utf8').catch((error: unknown) => ignoreMissing(path, error));
  const token = found?.trim() ?? '';
  if (!TOKEN.test(token)) return writeNewToken(path);
  await chmod(path, PRIVATE_FILE);
  return token;
}

async function writeNewToken(path: string): Promise<string> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const temporary = `${path}.${process.pid}.tmp`;
  const handle = await open(temporary, 'w', PRIVATE_FILE);
  try {
    await handle.writeFile(token);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
  return token;
}

function ignoreMissing(path: string, thrown: unknown): null {
  const error = asError(thrown) as NodeJS.ErrnoException;
  if (error.code === 'ENOENT') return null;
  // Node does not say which file it could open and not read.
  if (!error.message.includes(path)) error.message += ` '${path}'`;
  throw error;
}
