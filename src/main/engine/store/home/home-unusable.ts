import { SaidError, say, type SentenceWith } from '../../../../shared/sentences.ts';

/** The home cannot be used: its path, why, and what the person can do are in the message. */
export class HomeUnusable extends SaidError {
  override readonly name = 'HomeUnusable';
  readonly code = 'home-unusable';

  constructor(home: string, cause: NodeJS.ErrnoException) {
    const key = cause.code === undefined ? undefined : REASONS[cause.code];
    const detail = cause.message;
    super(
      key === undefined
        ? say('homeUnusable', { home, why: detail })
        : say('homeUnusableFor', { home, why: say(key).says, detail }),
      { cause },
    );
  }
}

const REASONS: Readonly<Record<string, SentenceWith<never>>> = {
  EACCES: 'homeNoAccess',
  EPERM: 'homeNoAccess',
  EROFS: 'homeReadOnly',
  ENOSPC: 'homeDiskFull',
  EDQUOT: 'homeQuotaFull',
  EIO: 'homeDiskErrors',
  ENOTDIR: 'homePartIsFile',
  EEXIST: 'homeIsFile',
  ENOENT: 'homeNoFolder',
  EISDIR: 'homeIsFolder',
  ELOOP: 'homeLoop',
  ENAMETOOLONG: 'homeTooLong',
  EMFILE: 'homeTooManyFiles',
  ENFILE: 'homeTooManyFiles',
};

/** Whether an error is the operating system's, also one that came from another thread as code and text. */
export function isFromSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && /^E[A-Z0-9]+$/.test(String(error.code));
}
