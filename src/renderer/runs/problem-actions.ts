import { assertNever } from '../../shared/assert-never.ts';
import type { RunDetail } from '../../shared/run.ts';

/** What can be done about a run that failed. */
export type ProblemAction = 'retry' | 'integration' | 'quarantine' | 'curl' | 'log';

/** What fits the kind of failure, the most fitting first. */
export function problemActions(run: RunDetail): readonly ProblemAction[] {
  const isPossible = {
    retry: run.state === 'finished',
    integration: true,
    quarantine: run.counts.invalid > 0,
    curl: lastUrl(run) !== null,
    log: true,
  } satisfies Record<ProblemAction, boolean>;
  return fitting(run).filter((action) => isPossible[action]);
}

function fitting({ error }: RunDetail): readonly ProblemAction[] {
  if (error === null) return [];
  switch (error.kind) {
    case 'transient':
    case 'rate-limited':
    case 'internal':
      return ['retry', 'log', 'curl'];
    case 'config':
    case 'system':
    case 'limit':
      return ['integration', 'retry', 'log', 'curl'];
    case 'data':
      return ['quarantine', 'integration', 'retry', 'curl'];
    default:
      return assertNever(error.kind);
  }
}

/** The address that was called last; null when details are gone or nothing was called. */
export function lastUrl({ attempts }: Pick<RunDetail, 'attempts'>): string | null {
  for (const attempt of [...attempts].reverse()) {
    const page = attempt.pages.at(-1);
    if (page) return page.url;
  }
  return null;
}
