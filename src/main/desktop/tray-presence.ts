import { execFile } from 'node:child_process';

const WATCHER = 'org.kde.StatusNotifierWatcher';
const LIMIT_MS = 1000;

/** Ways to ask the session bus who owns a name; desktops have at least one of these programs. */
const questions: readonly { program: string; args: readonly string[]; yes: RegExp }[] = [
  {
    program: 'gdbus',
    args: [
      'call',
      '--session',
      '--dest=org.freedesktop.DBus',
      '--object-path=/org/freedesktop/DBus',
      '--method=org.freedesktop.DBus.NameHasOwner',
      WATCHER,
    ],
    yes: /true/,
  },
  {
    program: 'dbus-send',
    args: [
      '--session',
      '--print-reply',
      '--dest=org.freedesktop.DBus',
      '/org/freedesktop/DBus',
      'org.freedesktop.DBus.NameHasOwner',
      `string:${WATCHER}`,
    ],
    yes: /boolean true/,
  },
];

/**
 * Whether this desktop shows tray icons now. Windows and macOS always do; on Linux somebody has to own the
 * watcher's name (GNOME needs an extension for that). When nobody can be asked, the answer is no: an app that
 * hides into a tray that is not there is lost.
 */
export async function isTrayShown(): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  for (const { program, args, yes } of questions) {
    const answer = await ask(program, args);
    if (answer !== null) return yes.test(answer);
  }
  return false;
}

function ask(program: string, args: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: LIMIT_MS, encoding: 'utf8' }, (error, stdout) =>
      resolve(error === null ? stdout : null),
    );
  });
}
