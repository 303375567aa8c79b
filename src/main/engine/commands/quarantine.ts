import type {
  CommandFilledInput,
  CommandOutput,
  ContractHandlers,
} from '../../../shared/contract.ts';
import { notFound, PontualError } from '../../../shared/errors.ts';
import type { Integration } from '../../../shared/integration.ts';
import type { Clock } from '../clock.ts';
import type { Catalog } from '../jobs/catalog.ts';
import type { EventHub } from '../observe/events.ts';
import type { Answer, Question } from '../pool/questions.ts';
import type { Op } from '../store/ops.ts';
import type { RefusedRecord, Store } from '../store/store.ts';
import { answerProblem } from './integrations.ts';
import { toPage } from './paging.ts';

type Names = keyof ContractHandlers & `quarantine.${string}`;
type Replayed = CommandOutput<'quarantine.replay'>;

export interface QuarantineCommandDeps {
  readonly clock: Clock;
  readonly store: Pick<Store, 'query' | 'commit'>;
  readonly catalog: Pick<Catalog, 'integration'>;
  readonly events: Pick<EventHub, 'emit'>;
  readonly ask: (question: Question) => Promise<Answer>;
}

/** Refused records of one step of a replay: bounded by rows and by this. */
const STEP_BYTES = 4 * 1024 * 1024;

export function quarantineCommands(deps: QuarantineCommandDeps): Pick<ContractHandlers, Names> {
  const { store } = deps;
  return {
    'quarantine.list': async (filter) => toPage(await store.query('quarantine.list', filter)),
    'quarantine.fields': async (filter) => ({
      items: [...(await store.query('quarantine.fields', filter))],
    }),
    'quarantine.replay': (input) => replayAll(deps, input),
    'quarantine.delete': async ({ id }) => {
      const [{ deleted }] = await store.commit([{ kind: 'quarantine.delete', ids: [id] }]);
      if (deleted === 0) throw notFound('refused record', id);
      return null;
    },
  };
}

/** Step by step, each with its own transaction: a replay of very many does not stand in memory as a whole. */
async function replayAll(
  deps: QuarantineCommandDeps,
  { integrationId, ids }: CommandFilledInput<'quarantine.replay'>,
): Promise<Replayed> {
  const integration = deps.catalog.integration(integrationId).definition;
  const wanted = ids.length === 0 ? null : ids;
  const sum = { replayed: 0, accepted: 0, stillInvalid: 0 };
  for (let afterId: string | null = null; ;) {
    const items: readonly RefusedRecord[] = await deps.store.query('quarantine.raw', {
      integrationId,
      ids: wanted,
      afterId,
      maxBytes: STEP_BYTES,
    });
    const last = items.at(-1);
    if (last === undefined) return sum;
    for (const ofRun of byRun(items)) {
      const { accepted, stillInvalid } = await replayRun(deps, integration, ofRun);
      sum.replayed += ofRun.length;
      sum.accepted += accepted;
      sum.stillInvalid += stillInvalid;
    }
    afterId = last.id;
  }
}

async function replayRun(
  { clock, store, events, ask }: QuarantineCommandDeps,
  integration: Integration,
  items: readonly RefusedRecord[],
): Promise<Pick<Replayed, 'accepted' | 'stillInvalid'>> {
  const [first] = items;
  if (first === undefined) return { accepted: 0, stillInvalid: 0 };
  const answer = await ask({
    kind: 'replay',
    integration,
    items: items.map(({ id, reason, raw }) => ({ id, reason, raw })),
  });
  if (answer.kind !== 'replayed') throw new PontualError('internal', answerProblem(answer));
  const { page, acceptedIds, stillInvalidIds } = answer.result;
  if (page.error !== null) throw new PontualError('validation', page.error);
  const op = {
    kind: 'quarantine.replay',
    integrationId: integration.id,
    runId: first.runId,
    at: clock.now(),
    seenAt: Math.max(...items.map(({ lastSeenAt }) => lastSeenAt)),
    acceptedIds,
    batch: page.batch,
    stillInvalid: page.quarantine,
  } as const satisfies Op;
  const [written] = await store.commit([op]);
  if (written.new + written.changed > 0)
    events.emit('records.changed', {
      integrationId: integration.id,
      runId: first.runId,
      new: written.new,
      changed: written.changed,
      vanished: 0,
    });
  return { accepted: acceptedIds.length, stillInvalid: stillInvalidIds.length };
}

/** Each becomes records of the run that brought it. */
function byRun(items: readonly RefusedRecord[]): readonly (readonly RefusedRecord[])[] {
  const groups = new Map<string, RefusedRecord[]>();
  for (const item of items) {
    const group = groups.get(item.runId);
    if (group) group.push(item);
    else groups.set(item.runId, [item]);
  }
  return [...groups.values()];
}
