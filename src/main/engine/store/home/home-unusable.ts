/** The home cannot be used: its path, why, and what the person can do are in the message. */
export class HomeUnusable extends Error {
  override readonly name = 'HomeUnusable';
  readonly code = 'home-unusable';

  constructor(home: string, cause: NodeJS.ErrnoException) {
    const reason = cause.code === undefined ? undefined : REASONS[cause.code];
    const why = reason ? `${reason} (${cause.message})` : cause.message;
    super(`The home ${home} cannot be used: ${why}.`, { cause });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not read and write there; give access, or choose another folder',
  EPERM: 'this user may not read and write there; give access, or choose another folder',
  EROFS: 'the disk is read-only; make it writable, or choose another folder',
  ENOSPC: 'the disk is full; free some space',
  EDQUOT: 'the disk quota is used up; free some space',
  EIO: 'the disk reports errors; check it',
  ENOTDIR: 'a part of the path is a file; choose another folder',
  EEXIST: 'there is a file of that name; choose another folder',
  ENOENT: 'no folder can be made there; choose another one',
  EISDIR: 'there is a folder where a file should be; move it away',
  ELOOP: 'a link in the path leads to itself; choose another folder',
  ENAMETOOLONG: 'the path is too long; choose another folder',
  EMFILE: 'too many files are open; close other programs, or raise the limit of open files',
  ENFILE: 'too many files are open; close other programs, or raise the limit of open files',
};

/** Whether an error is the operating system's, also one that came from another thread as code and text. */
export function isFromSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && /^E[A-Z0-9]+$/.test(String(error.code));
}
