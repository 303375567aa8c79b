// 100,000 records of about 250 bytes over 200 pages: into the empty store of a program that has just started, again
// unchanged, and as new records of another integration, when the program is warm.
import { freshHome, listen, startWatchedEngine, verifyRecovered } from './parts/engine.mjs';
import { machine, median, percentiles, round } from './parts/figures.mjs';
import { startApi } from './parts/loopback-api.mjs';

const PAGES = 200;
const PER_PAGE = 500;
const ROUNDS = Number(process.argv[2] ?? 3);

const SCHEMA = {
  type: 'object',
  required: ['id', 'sku', 'price'],
  properties: {
    id: { type: 'integer' },
    sku: { type: 'string', minLength: 1 },
    price: { type: 'number', minimum: 0 },
    stock: { type: 'integer' },
    tags: { type: 'array', items: { type: 'string' } },
  },
};
const EMPTY = Buffer.from('{"items":[]}');
const pages = Array.from({ length: PAGES }, (_, page) => makePage(page));
const api = await startApi((url, response) => {
  const page = Number(url.searchParams.get('page')) - 1;

  response.setHeader('content-type', 'application/json');
  response.end(pages[page] ?? EMPTY);
});

const INTEGRATION = {
  request: { url: `${api.url}/items` },
  pagination: { kind: 'page-number' },
  records: { path: '$.items[*]' },
  schema: SCHEMA,
  key: ['id'],
  conditional: false,
};

const rounds = [];
try {
  for (let count = 0; count < ROUNDS; count++) rounds.push(await measureRound());
  const figure = (name) => round(median(rounds.map((each) => each[name])));
  const result = {
    bench: 'collect',
    machine: machine('.'),
    records: PAGES * PER_PAGE,
    bytes: pages.reduce((sum, bytes) => sum + bytes.length, 0),
    rounds: ROUNDS,
    firstSeconds: figure('first'),
    firstRecordsPerSecond: Math.round((PAGES * PER_PAGE) / figure('first')),
    laterSeconds: figure('later'),
    laterRecordsPerSecond: Math.round((PAGES * PER_PAGE) / figure('later')),
    unchangedSeconds: figure('unchanged'),
    unchangedRecordsPerSecond: Math.round((PAGES * PER_PAGE) / figure('unchanged')),
    loopDelayMs: percentiles(rounds.flatMap(({ loopDelays }) => loopDelays)),
    aims: { recordsPerSecond: 100_000, loopDelayP99Ms: 50 },
    recovery: rounds.map(({ recovery }) => recovery),
  };
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
} finally {
  api.stop();
}

async function measureRound() {
  const { home, remove } = await freshHome();
  try {
    const engine = await startWatchedEngine(home);
    const events = await listen(engine);
    for (const id of ['bulk', 'later']) {
      await engine.request('POST', '/integrations', { id, name: id, ...INTEGRATION });
      await engine.request('POST', '/jobs', { id, name: id, integrationId: id });
    }
    const first = await collect(engine, events, 'bulk');
    const unchanged = await collect(engine, events, 'bulk');
    const later = await collect(engine, events, 'later');
    const reported = new Map(events.finished);
    const loopDelays = await engine.loopDelays();
    await engine.kill();
    await events.stop();
    const recovery = await verifyRecovered(home, reported);
    return {
      first: first.durationMs / 1000,
      unchanged: unchanged.durationMs / 1000,
      later: later.durationMs / 1000,
      loopDelays,
      recovery,
    };
  } finally {
    await remove();
  }
}

async function collect(engine, events, jobId) {
  const ended = events.next((run) => run.jobId === jobId);
  await engine.request('POST', `/jobs/${jobId}/run`, {});
  const run = await ended;
  if (run.outcome !== 'succeeded' || run.counts.received !== PAGES * PER_PAGE)
    throw new Error(
      `The run ended as ${run.outcome} with ${run.counts.received} records: no figure.`,
    );
  return run;
}

function makePage(page) {
  const items = Array.from({ length: PER_PAGE }, (_, index) => makeItem(page * PER_PAGE + index));
  return Buffer.from(JSON.stringify({ items }));
}

function makeItem(id) {
  return {
    id,
    sku: `SKU-${String(id).padStart(8, '0')}`,
    name: `Product number ${id} of the long catalogue`,
    price: ((id * 37) % 100_000) / 100 + 0.25,
    stock: id % 977,
    tags: ['alpha', 'beta', `t${id % 13}`],
    updatedAt: new Date(1_760_000_000_000 + id * 1000).toISOString(),
    note: 'a short text that fills the record up to its size',
  };
}
