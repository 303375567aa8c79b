import type { Sqlite } from '../database/sqlite.ts';
import type { Names } from '../apply/names.ts';
import type { Queries, QueryName } from '../store.ts';
import { DeclaredQueries } from './declared.ts';
import { HistoryQueries } from './history.ts';
import { QuarantineQueries } from './quarantine.ts';
import { RecordQueries } from './records.ts';
import { RunQueries } from './runs.ts';

type Readers = {
  readonly [N in QueryName]: (params: Queries[N]['params']) => Queries[N]['result'];
};

/** Every named read of the store's port; a missing one does not compile. */
export function createReaders(database: Sqlite, names: Names, monotonic: () => number): Readers {
  const declared = new DeclaredQueries(database, names);
  const runs = new RunQueries(database, names, monotonic);
  const history = new HistoryQueries(database, names);
  const records = new RecordQueries(database, names, monotonic);
  const quarantine = new QuarantineQueries(database, names, monotonic);
  return {
    'integrations.all': () => declared.integrations(),
    'jobs.page': (params) => declared.jobs(params),
    'settings.all': () => declared.settings(),
    'secrets.all': () => declared.secrets(),
    'validators.get': (params) => declared.validators(params),
    'idempotency.get': (params) => declared.idempotency(params),
    'runs.unfinished': () => runs.unfinished(),
    'runs.list': (params) => runs.list(params),
    'runs.get': ({ id }) => runs.get(id),
    'runs.row': ({ id }) => runs.row(id),
    'runs.position': ({ id }) => runs.position(id),
    'runs.heartbeats': (params) => runs.heartbeats(params),
    'runs.failures': (params) => runs.failures(params),
    'stats.hourly': (params) => history.hourly(params),
    'runs.past': (params) => history.past(params),
    'runs.have-succeeded': (params) => history.haveSucceeded(params),
    'dead-letters.list': (params) => runs.deadLetters(params),
    'records.list': (params) => records.list(params),
    'records.get': (params) => records.get(params),
    'records.versions': (params) => records.versions(params),
    'quarantine.list': (params) => quarantine.list(params),
    'quarantine.raw': (params) => quarantine.raw(params),
    'quarantine.fields': (params) => quarantine.byField(params),
  };
}
