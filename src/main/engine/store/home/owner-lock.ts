import { closeSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { tryLock } from 'fs-native-extensions';
import { asError } from '../../../../shared/errors.ts';
import { SaidError, say, type Sentence } from '../../../../shared/sentences.ts';
import { HomeUnusable } from './home-unusable.ts';
import { makeFolder } from './make-folder.ts';

/** The file whose lock the operating system releases, however its owner ends; it stays empty. */
const LOCK_FILE = '.lock';
/** Says who the owner is. */
const OWNER_FILE = 'LOCK';

export interface Owner {
  readonly host: string;
  readonly pid: number;
  /** Which start of the machine it belongs to; null where the system does not say. */
  readonly bootId: string | null;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Where its local server listens. */
  readonly url: string | null;
}

/** Another process works in this home. The message says which one. */
export class HomeInUse extends SaidError {
  override readonly name = 'HomeInUse';
  readonly code = 'home-in-use';
  readonly owner: Owner | null;

  constructor(home: string, owner: Owner | null) {
    super(inUse(home, owner));
    this.owner = owner;
  }
}

function inUse(home: string, owner: Owner | null): Sentence {
  if (owner === null) return say('homeInUseByAnother', { home });
  const { host, startedAt: since, url } = owner;
  const by = { home, pid: String(owner.pid), host, since };
  return url ? say('homeInUseAt', { ...by, url }) : say('homeInUse', by);
}

export interface OwnerLock {
  /** Says where the local server listens, or that it does not. */
  setUrl(url: string | null): void;
  release(): void;
}

/**
 * Makes this process the only owner of a home, which is made if it is not there. Throws `HomeInUse` when there is
 * another owner, `HomeUnusable` when the folder cannot be written.
 */
export function lockHome(home: string, startedAtMs: number): OwnerLock {
  let fd: number;
  try {
    makeFolder(home);
    fd = openSync(join(home, LOCK_FILE), 'a+', 0o600);
  } catch (error) {
    throw new HomeUnusable(home, asError(error));
  }
  if (!tryLock(fd)) {
    closeSync(fd);
    throw new HomeInUse(home, readOwner(home));
  }
  let owner: Owner = {
    host: hostname(),
    pid: process.pid,
    bootId: bootId(),
    startedAt: new Date(startedAtMs).toISOString(),
    url: null,
  };
  let isHeld = true;
  try {
    writeOwner(home, owner);
  } catch (error) {
    closeSync(fd);
    throw new HomeUnusable(home, asError(error));
  }
  return {
    setUrl(url) {
      owner = { ...owner, url };
      if (isHeld) writeOwner(home, owner);
    },
    release() {
      if (!isHeld) return;
      isHeld = false;
      rmSync(join(home, OWNER_FILE), { force: true });
      closeSync(fd);
    },
  };
}

/** Who works in a home according to its LOCK file; null when there is none to be read. */
export function readOwner(home: string): Owner | null {
  try {
    return JSON.parse(readFileSync(join(home, OWNER_FILE), 'utf8')) as Owner;
  } catch {
    return null;
  }
}

function writeOwner(home: string, owner: Owner): void {
  const path = join(home, OWNER_FILE);
  writeFileSync(`${path}.tmp`, `${JSON.stringify(owner)}\n`, { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
}

function bootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}
