import { dirname } from 'node:path';
import type { Shown } from '../../shared/desktop-contract.ts';

/** What the desktop offers; a part of Electron's `shell`. */
export interface DesktopShell {
  /** Resolves with what went wrong; empty when nothing did. */
  openPath(path: string): Promise<string>;
  showItemInFolder(path: string): void;
}

/**
 * Opens a file with the program for its kind. A desktop without one shows the folder it lies in; one without a file
 * manager either leaves it to the person, who is told where it is.
 */
export async function openFile(
  file: string,
  shell: DesktopShell,
  platform: NodeJS.Platform = process.platform,
): Promise<Shown> {
  if ((await shell.openPath(file)) === '') return { shown: 'itself', path: file };
  return showFile(file, shell, platform);
}

/** Shows a file in its folder. */
export async function showFile(
  file: string,
  shell: DesktopShell,
  platform: NodeJS.Platform = process.platform,
): Promise<Shown> {
  if (platform !== 'linux') {
    shell.showItemInFolder(file);
    return { shown: 'folder', path: file };
  }
  // There nobody learns whether `showItemInFolder` showed anything.
  const problem = await shell.openPath(dirname(file));
  return { shown: problem === '' ? 'folder' : 'nothing', path: file };
}

/** Shows a folder in the file manager. */
export async function openFolder(folder: string, shell: DesktopShell): Promise<Shown> {
  const problem = await shell.openPath(folder);
  return { shown: problem === '' ? 'itself' : 'nothing', path: folder };
}
