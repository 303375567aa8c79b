import { toHash } from './route.ts';

/** The address of every screen, said once. */
export const links = {
  home: () => toHash('/'),
  integrations: () => toHash('/integrations'),
  newIntegration: () => toHash('/integrations/new'),
  integration: (id: string) => toHash(`/integrations/${encodeURIComponent(id)}`),
  jobs: () => toHash('/jobs'),
  newJob: (integrationId?: string) => toHash('/jobs/new', { integration: integrationId }),
  job: (id: string) => toHash(`/jobs/${encodeURIComponent(id)}`),
  editJob: (id: string) => toHash(`/jobs/${encodeURIComponent(id)}/edit`),
  runs: (query: { job?: string; status?: string } = {}) => toHash('/runs', query),
  deadLetters: () => toHash('/dead-letters'),
  logs: () => toHash('/logs'),
  run: (id: string) => toHash(`/runs/${encodeURIComponent(id)}`),
  records: (query: { integration?: string; change?: string; run?: string } = {}) =>
    toHash('/records', query),
  record: (integrationId: string, key: string) =>
    toHash(`/records/${encodeURIComponent(integrationId)}/${encodeURIComponent(key)}`),
  quarantine: (query: { integration?: string; field?: string; run?: string } = {}) =>
    toHash('/quarantine', query),
  settings: () => toHash('/settings'),
};
