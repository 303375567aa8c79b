import { quarantineReasons } from '../codes.ts';
import type { Sqlite } from '../database/sqlite.ts';
import type { Op, OpResults } from '../ops.ts';
import { eachRecord } from '../record-batch.ts';
import type { IntegrationStates } from './integration-states.ts';
import type { FoundRecord, Records } from './records.ts';

type Replay = Extract<Op, { kind: 'quarantine.replay' }>;

/** Refused records that today's rules accept become records; the others keep waiting, with today's reason. */
export class Replays {
  readonly #database: Sqlite;
  readonly #records: Records;
  readonly #states: IntegrationStates;

  constructor(database: Sqlite, records: Records, states: IntegrationStates) {
    this.#database = database;
    this.#records = records;
    this.#states = states;
  }

  /** `run` is the number of the run that brought the refused records. */
  apply(op: Replay, integration: number, run: number): OpResults['quarantine.replay'] {
    for (const id of op.acceptedIds)
      this.#database.run('DELETE FROM quarantine WHERE id = ?', [Number(id)]);
    for (const row of op.stillInvalid) this.#explain(integration, row);
    return op.batch === null ? { new: 0, changed: 0 } : this.#write(op, op.batch, integration, run);
  }

  #write(op: Replay, batch: Uint8Array, integration: number, run: number) {
    const state = this.#states.of(integration);
    const written = { new: 0, changed: 0 };
    eachRecord(batch, (key, data, hash) => {
      const found = this.#records.find(integration, key);
      if (!found) {
        this.#records.addAll(integration, [{ key, data, hash }], run, op.at);
        state.live++;
        written.new++;
      } else if (this.#isLater(op, found)) {
        if (Buffer.compare(found.hash, hash) !== 0)
          this.#records.change(found.id, data, hash, run, op.at);
        else if (found.hasVanished) this.#records.reappear(found.id, run, op.at);
        else return;
        if (found.hasVanished) state.live++;
        written.changed++;
      }
    });
    if (written.new + written.changed > 0) {
      state.writes++;
      this.#states.changed(integration);
    }
    return written;
  }

  /** What the API said after the refused record was last sent is not overwritten by it. */
  #isLater({ seenAt }: Replay, { id }: FoundRecord): boolean {
    return this.#database.number('SELECT changed_at FROM records WHERE id = ?', [id]) <= seenAt;
  }

  #explain(integration: number, row: Replay['stillInvalid'][number]): void {
    this.#database.run(
      'UPDATE quarantine SET reason = ?, rule = ?, field = ?, value = ? WHERE integration = ? AND hash = ?',
      [
        quarantineReasons.code(row.reason),
        row.rule,
        row.field,
        row.value,
        integration,
        Buffer.from(row.hash, 'hex'),
      ],
    );
  }
}
