import { hash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SaidError, say } from '../../../../shared/sentences.ts';
import type { Authority } from './sockets.ts';

const MOST_BYTES = 1024 * 1024;

/** Reads a file of certificates; throws an Error with a sentence when it cannot be used. */
export function readAuthority(file: string): Authority {
  const pem = readText(file);
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new SaidError(say('caFileEmpty', { file }));
  for (const block of blocks) check(block, file);
  return { pem: blocks.join('\n'), name: hash('sha256', pem, 'hex') };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(0, MOST_BYTES);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new SaidError(say('caFileUnreadable', { file, code }), { cause: error });
  }
}

function check(block: string, file: string): void {
  try {
    new X509Certificate(block);
  } catch (error) {
    throw new SaidError(say('caFileDamaged', { file }), { cause: error });
  }
}
