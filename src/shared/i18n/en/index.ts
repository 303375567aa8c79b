import { actions } from './actions.ts';
import { shell } from './shell.ts';
import { tray } from './tray.ts';
import { words } from './words.ts';

export const en = { actions, shell, tray, words } as const;
