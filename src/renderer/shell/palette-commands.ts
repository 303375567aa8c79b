import type { App } from '../state/app.svelte.ts';
import { runJob } from '../jobs/run-job.ts';
import { links } from '../state/links.ts';
import type { PaletteCommand, PaletteGroup } from '../ui/palette-match.ts';

/** Everything the palette offers, in the order in which it is most often wanted. */
export function paletteGroups(app: App): PaletteGroup[] {
  const { t } = app.i18n;
  const go = (id: string, label: string, href: string): PaletteCommand => {
    return { id, label, act: () => app.router.go(href) };
  };
  const jobs = app.catalog.jobs.value ?? [];
  const integrations = app.catalog.integrations.value ?? [];
  return [
    { title: t('shell.palette.screens'), commands: screens(app) },
    {
      title: t('shell.palette.actions'),
      commands: [
        go('new-integration', t('shell.palette.newIntegration'), links.newIntegration()),
        go('new-job', t('shell.palette.newJob'), links.newJob()),
        ...jobs.map((job) => ({
          id: `run:${job.id}`,
          label: t('shell.palette.runJob', { name: job.name }),
          act: () => void runJob(app, job.id),
        })),
      ],
    },
    {
      title: t('shell.palette.jobs'),
      commands: jobs.map((job) => go(`job:${job.id}`, job.name, links.job(job.id))),
    },
    {
      title: t('shell.palette.integrations'),
      commands: integrations.map((one) =>
        go(`integration:${one.id}`, one.name, links.integration(one.id)),
      ),
    },
  ];
}

function screens({ i18n, router }: App): PaletteCommand[] {
  const names = [
    'home',
    'integrations',
    'jobs',
    'runs',
    'records',
    'quarantine',
    'logs',
    'settings',
  ] as const;
  const commands = names.map((name) => ({
    id: `screen:${name}`,
    label: i18n.t(`shell.nav.${name}`),
    act: () => router.go(links[name]()),
  }));
  // No place of its own in the navigation, but looked for by name.
  const deadLetters = {
    id: 'screen:dead-letters',
    label: i18n.t('runs.dead.title'),
    act: () => router.go(links.deadLetters()),
  };
  return [...commands, deadLetters];
}
