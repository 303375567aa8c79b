/* eslint-disable @typescript-eslint/no-deprecated -- the promised successors of these calls are missing in the Electron
   that development falls back to; the old ones work in both */
import { safeStorage } from 'electron';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { givenKey, SEALED_KEY_FILE } from '../engine/secrets/key-file.ts';
import { DATA_KEY_BYTES } from '../engine/secrets/secret-box.ts';

/** Where the key that seals the secrets comes from. */
export interface DataKey {
  /** null: secrets are locked, because this computer cannot keep their key. */
  readonly key: Uint8Array | null;
  readonly keyIn: 'keyring' | 'file' | 'nowhere';
  /** Whether this computer offers a keyring at all. */
  readonly isKeyring: boolean;
  readonly backend: string;
}

/**
 * The key of a home: from the environment or the home's key file when there is one (a home that was made headless),
 * else sealed by the system's keyring. Never writes a key in plain text by itself: without a keyring the person
 * has to be asked first. Needs a ready app.
 */
export function openDataKey(home: string, env: NodeJS.ProcessEnv): DataKey {
  const backend = keyringBackend();
  const isKeyring = safeStorage.isEncryptionAvailable() && backend !== 'basic_text';
  const given = givenKey(home, env);
  if (given) return { key: given, keyIn: 'file', isKeyring, backend };
  const key = isKeyring ? sealedKey(join(home, SEALED_KEY_FILE)) : null;
  return { key, keyIn: key === null ? 'nowhere' : 'keyring', isKeyring, backend };
}

function keyringBackend(): string {
  if (process.platform === 'linux') return safeStorage.getSelectedStorageBackend();
  return process.platform === 'darwin' ? 'keychain' : 'dpapi';
}

/** null when another computer or another user sealed it: the secrets stay locked until they are put again. */
function sealedKey(file: string): Uint8Array | null {
  if (!existsSync(file)) {
    const key = randomBytes(DATA_KEY_BYTES);
    writeFileSync(file, safeStorage.encryptString(key.toString('base64')), {
      flag: 'wx',
      mode: 0o600,
    });
    return key;
  }
  try {
    const key = Buffer.from(safeStorage.decryptString(readFileSync(file)), 'base64');
    return key.length === DATA_KEY_BYTES ? key : null;
  } catch {
    return null; // the keyring refuses: locked, or not the one that sealed it
  }
}
