import { describe, expect, it } from 'vitest';
import {
  openFile,
  openFolder,
  showFile,
  type DesktopShell,
} from '../../../src/main/desktop/show-place.ts';

const FILE = '/home/ana/logs/runs.txt';

/** A desktop that has programs for these paths alone. */
function desktopThatOpens(...paths: readonly string[]) {
  const asked: string[] = [];
  const shell: DesktopShell = {
    openPath: (path) => {
      asked.push(path);
      return Promise.resolve(paths.includes(path) ? '' : 'The action failed');
    },
    showItemInFolder: (path) => void asked.push(`in its folder: ${path}`),
  };
  return { shell, asked };
}

describe('opening a file', () => {
  it('opens it, and nothing else, where a program for it is', async () => {
    const { shell, asked } = desktopThatOpens(FILE);
    expect(await openFile(FILE, shell, 'linux')).toEqual({ shown: 'itself', path: FILE });
    expect(asked).toEqual([FILE]);
  });

  it('shows its folder where no program for it is', async () => {
    const { shell } = desktopThatOpens('/home/ana/logs');
    expect(await openFile(FILE, shell, 'linux')).toEqual({ shown: 'folder', path: FILE });
  });

  it('says where it is when the folder cannot be shown either', async () => {
    const { shell, asked } = desktopThatOpens();
    expect(await openFile(FILE, shell, 'linux')).toEqual({ shown: 'nothing', path: FILE });
    expect(asked).toEqual([FILE, '/home/ana/logs']);
  });

  it.each(['darwin', 'win32'] as const)('picks it out in its folder on %s', async (platform) => {
    const { shell, asked } = desktopThatOpens();
    expect(await openFile(FILE, shell, platform)).toEqual({ shown: 'folder', path: FILE });
    expect(asked).toEqual([FILE, `in its folder: ${FILE}`]);
  });
});

it('shows a file in its folder without opening the file', async () => {
  const { shell, asked } = desktopThatOpens(FILE, '/home/ana/logs');
  expect(await showFile(FILE, shell, 'linux')).toEqual({ shown: 'folder', path: FILE });
  expect(asked).toEqual(['/home/ana/logs']);
});

it('says where a folder is when no file manager shows it', async () => {
  const { shell } = desktopThatOpens();
  expect(await openFolder('/home/ana', shell)).toEqual({ shown: 'nothing', path: '/home/ana' });
});
