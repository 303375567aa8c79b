import { randomBytes } from 'node:crypto';
import { parentPort, Worker, workerData, type MessagePort } from 'node:worker_threads';
import { assertNever } from '../../../shared/assert-never.ts';
import { asError, PontualError } from '../../../shared/errors.ts';
import { toldBy } from '../../../shared/sentences.ts';
import { systemClock } from '../clock.ts';
import { exactParts } from '../exact-data.ts';
import { loadSqlite, type SqliteModule } from './database/sqlite.ts';
import { nodeFiles } from './files/node-files.ts';
import { giveWay } from './give-way.ts';
import { HomeUnusable, isFromSystem } from './home/home-unusable.ts';
import {
  checkContent,
  writeCompared,
  writeProved,
  type SnapshotFacts,
  type WriteProved,
} from './home/snapshot.ts';
import type { QueryName } from './store.ts';
import { StoreCore } from './store-core.ts';
import type {
  ErrorText,
  FromStore,
  StoreThreadData,
  Submission,
  ToStore,
  WriterData,
  Written,
} from './thread-protocol.ts';

/** The entry of the store's thread, and of the short-lived ones that write its snapshots. */

/** What a thread gets before it ends, so that V8 is done with compiling its code: see the comment on the end below. */
const SETTLE_MS = 250;
/** Beyond this a snapshot takes longer than the start of a second thread. */
const LARGE_BYTES = 32 * 1024 * 1024;

const data = workerData as StoreThreadData | WriterData;
if (parentPort) {
  // While the database module is compiled, nothing else would keep the event loop busy, and Node then blocks this
  // thread until all of V8's background tasks are done. One of them may be waiting for this very thread to collect
  // garbage, and then neither ever goes on (nodejs/node#54918).
  parentPort.ref();
  if (data.role === 'write') await write(data, parentPort);
  else await serve(data, parentPort);
}

async function write(data: WriterData, port: MessagePort): Promise<void> {
  try {
    port.postMessage({ facts: await writePart(data) } satisfies Written);
  } catch (error) {
    const { message, code } = asError(error) as NodeJS.ErrnoException;
    port.postMessage({ message, code } satisfies Written);
  }
  systemClock.setTimer(SETTLE_MS, () => port.close());
}

async function writePart(data: WriterData): Promise<SnapshotFacts | null> {
  const { part, home, path, image, lsn, code } = data;
  switch (part) {
    case 'all':
      return writeProved(nodeFiles(home), await loadSqlite(code), path, image, lsn);
    case 'bytes':
      return writeCompared(nodeFiles(home), path, image);
    case 'content':
      checkContent(await loadSqlite(code), path, image, lsn);
      return null;
    default:
      return assertNever(part);
  }
}

/** Writes in a thread of its own; of a large database, whose looking at takes as long, in two at once. */
function writerIn(home: string, { code }: SqliteModule): WriteProved {
  return async (path, { chunks, size }, lsn) => {
    const common = { role: 'write', home, path, image: { chunks, size }, lsn, code } as const;
    if (size < LARGE_BYTES) return factsOf(await inThread({ ...common, part: 'all' }));
    const [bytes, content] = await Promise.allSettled([
      inThread({ ...common, part: 'bytes' }),
      inThread({ ...common, part: 'content' }),
    ]);
    // Nobody writes to the file any more when its failure is told.
    if (content.status === 'rejected') throw asError(content.reason);
    if (bytes.status === 'rejected') throw asError(bytes.reason);
    return factsOf(bytes.value);
  };
}

function factsOf(facts: SnapshotFacts | null): SnapshotFacts {
  if (!facts) throw new Error('The thread that writes a snapshot did not say what it wrote.');
  return facts;
}

/**
 * In a thread of its own: neither its work nor whatever happens to its memory touches ours, and its memory is gone
 * when it ends. Its word counts rather than its end: Node blocks a thread that ends until V8's background tasks are
 * done, and one of those may wait for it in turn, for ever. It settles first, so that this is rare.
 */
function inThread(workerData: WriterData): Promise<SnapshotFacts | null> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData });
    worker.on('message', (written: Written) => {
      if ('facts' in written) resolve(written.facts);
      else reject(Object.assign(new Error(written.message), { code: written.code }));
    });
    worker.on('error', reject);
    worker.on('exit', (code) =>
      reject(new Error(`The thread that writes a snapshot ended with code ${code}.`)),
    );
  });
}

async function serve(thread: StoreThreadData, port: MessagePort): Promise<void> {
  const post = (message: FromStore) => port.postMessage(message);
  let core: StoreCore;
  try {
    const module = await loadSqlite();
    core = await StoreCore.open({
      home: thread.home,
      files: nodeFiles(thread.home),
      module,
      clock: systemClock,
      write: writerIn(thread.home, module),
      newLineage: () => randomBytes(16),
      client: thread.client,
      answeredSeq: thread.answeredSeq,
      settled: (settled) => post({ type: 'settled', settled }),
      healthChanged: (health) => post({ type: 'health', health }),
      figuresChanged: (figures) => post({ type: 'figures', figures }),
      note: (level, message) => post({ type: 'note', level, message }),
      checkpointed: (report) => post({ type: 'checkpointed', report }),
      broken: (error) => {
        throw error;
      },
    });
  } catch (error) {
    const refusal = isFromSystem(error) ? new HomeUnusable(thread.home, error) : error;
    post({ type: 'refused', error: textOf(refusal) });
    port.close();
    return;
  }
  port.on('message', (message: ToStore) => handle(core, message, post, port));
  post({
    type: 'opened',
    health: core.health,
    figures: core.figures,
    notes: core.notes,
    settled: core.settledBefore,
  });
  giveWay();
}

function handle(
  core: StoreCore,
  message: ToStore,
  post: (message: FromStore) => void,
  port: MessagePort,
): void {
  const failed = (id: number) => (error: unknown) =>
    post({ type: 'failed', id, error: textOf(error) });
  switch (message.type) {
    case 'commit':
      core.submit(submissionsOf(message));
      return;
    case 'query':
      core.query(message.name, message.params).then((result) => {
        const exact = holdsData(message.name) ? exactParts(result) : [];
        post({ type: 'answer', id: message.id, result, exact });
      }, failed(message.id));
      return;
    case 'do':
      core
        .do(message.task)
        .then(
          (result) => post({ type: 'answer', id: message.id, result, exact: [] }),
          failed(message.id),
        );
      return;
    case 'close':
      void core.close(message.deadlineMs).then(() => {
        post({ type: 'closed', id: message.id });
        port.close();
      });
      return;
  }
}

function submissionsOf(message: Extract<ToStore, { type: 'commit' }>): Submission[] {
  const { firstSeq, blobCounts, blobs } = message;
  let taken = 0;
  return message.texts.split('\n').map((text, at) => {
    const count = blobCounts?.[at] ?? 0;
    const own = count === 0 ? NO_BLOBS : blobs.slice(taken, taken + count);
    taken += count;
    return { seq: firstSeq + at, text, blobs: own };
  });
}

function holdsData(name: QueryName): boolean {
  return name.startsWith('records.') || name.startsWith('quarantine.');
}

const NO_BLOBS: readonly Uint8Array[] = [];

function textOf(error: unknown): ErrorText {
  if (error instanceof PontualError)
    return { name: error.name, code: error.code, ...toldBy(error), details: error.details };
  const name = error instanceof Error ? error.name : 'Error';
  return { name, code: null, ...toldBy(error), details: [] };
}
