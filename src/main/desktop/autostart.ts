import { app } from 'electron';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Starts the program at login, into the tray, or stops doing so. */
export function setStartAtLogin(isWanted: boolean): void {
  if (process.platform === 'linux') setAutostartEntry(isWanted);
  else app.setLoginItemSettings({ openAtLogin: isWanted, args: ['--hidden'] });
}

/** Electron has no login items on Linux; every desktop reads this folder instead. */
function setAutostartEntry(isWanted: boolean): void {
  const folder = join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'autostart');
  const file = join(folder, 'pontual.desktop');
  if (!isWanted) {
    rmSync(file, { force: true });
    return;
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, autostartEntry(startCommand()));
}

function startCommand(): readonly string[] {
  const executable = process.env['APPIMAGE'] ?? process.execPath;
  return app.isPackaged ? [executable, '--hidden'] : [executable, app.getAppPath(), '--hidden'];
}

/** https://specifications.freedesktop.org/desktop-entry-spec: arguments are quoted, `%` doubled. */
function autostartEntry(command: readonly string[]): string {
  const quoted = command.map(
    (part) => `"${part.replace(/["\\`$]/g, '\\$&').replaceAll('%', '%%')}"`,
  );
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Pontual',
    `Exec=${quoted.join(' ')}`,
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}
