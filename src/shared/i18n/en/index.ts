import { actions } from './actions.ts';
import { cli } from './cli.ts';
import { home } from './home.ts';
import { integrations } from './integrations.ts';
import { jobs } from './jobs.ts';
import { records } from './records.ts';
import { runs } from './runs.ts';
import { schedule } from './schedule.ts';
import { settings } from './settings.ts';
import { shell } from './shell.ts';
import { storage } from './storage.ts';
import { tray } from './tray.ts';
import { words } from './words.ts';

export const en = {
  actions,
  cli,
  home,
  integrations,
  jobs,
  records,
  runs,
  schedule,
  settings,
  shell,
  storage,
  tray,
  words,
} as const;
