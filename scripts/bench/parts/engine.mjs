// The built engine as a process of its own, driven over REST.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '../../..');
const entry = join(root, 'dist/main/headless.js');
const loopDelay = new URL('./loop-delay.mjs', import.meta.url).href;

/** An empty home on the repository's disk (the system's temporary folder may lie in memory). */
export async function freshHome() {
  const home = await mkdtemp(join(root, '.cache', 'bench-'));
  return { home, remove: () => rm(home, { recursive: true, force: true }) };
}

export async function startEngine(home, execArgs = [], env = {}) {
  const child = spawn(process.execPath, [...execArgs, entry, '--home', home, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(([code]) =>
      Promise.reject(new Error(`the engine ended with ${code}`)),
    ),
  ]);
  const { url } = JSON.parse(line);
  const token = (await readFile(join(home, 'api-token'), 'utf8')).trim();
  const headers = { authorization: `Bearer ${token}` };
  const request = async (method, path, body) => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
  return {
    pid: child.pid,
    url,
    headers,
    request,
    metrics: async () => (await fetch(`${url}/metrics`, { headers })).text(),
    kill: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
    quit: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** An engine that notes how late its main loop is, in `loopDelays`, which is to be called while it runs. */
export async function startWatchedEngine(home) {
  const file = join(home, 'loop-delay.json');
  const engine = await startEngine(home, ['--import', loopDelay], { LOOP_DELAY_FILE: file });
  return { ...engine, loopDelays: async () => JSON.parse(await readFile(file, 'utf8')) };
}

/** Hears the engine's events; `finished` holds each run that was reported as finished, so as acknowledged. */
export async function listen({ url, headers }, wanted = 'run.finished') {
  const abort = new AbortController();
  const response = await fetch(`${url}/api/v1/events`, { headers, signal: abort.signal });
  const finished = new Map();
  const waiting = [];
  const reading = (async () => {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body) {
      rest += decoder.decode(chunk, { stream: true });
      const blocks = rest.split('\n\n');
      rest = blocks.pop();
      for (const block of blocks) note(block);
    }
  })().catch(() => undefined);
  function note(block) {
    const name = /^event: ?(.*)$/m.exec(block)?.[1];
    const data = /^data: ?(.*)$/m.exec(block)?.[1];
    if (name !== wanted || !data) return;
    const parsed = JSON.parse(data);
    const run = parsed.run ?? parsed.data?.run;
    finished.set(run.id, run);
    for (const each of waiting.filter(({ fits }) => fits(run))) {
      waiting.splice(waiting.indexOf(each), 1);
      each.resolve(run);
    }
  }
  return {
    finished,
    next: (fits) => new Promise((resolve) => waiting.push({ fits, resolve })),
    stop: async () => {
      abort.abort();
      await reading;
    },
  };
}

/** Every item of a list. */
export async function all(engine, path) {
  const items = [];
  for (let cursor = null; ;) {
    const query = `${path.includes('?') ? '&' : '?'}limit=500${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`;
    const page = await engine.request('GET', path + query);
    items.push(...page.items);
    if (page.nextCursor === null) return items;
    cursor = page.nextCursor;
  }
}

/** After a kill: a restart must know each run that was reported, with the same outcome. Throws otherwise. */
export async function verifyRecovered(home, reported) {
  const engine = await startEngine(home);
  try {
    await engine.request('POST', '/pause', {});
    const known = new Map((await all(engine, '/runs')).map((run) => [run.id, run]));
    const lost = [...reported.values()].filter((run) => known.get(run.id)?.outcome !== run.outcome);
    if (lost.length > 0)
      throw new Error(
        `${lost.length} of ${reported.size} acknowledged runs are missing or differ: no figure.`,
      );
    return { acknowledged: reported.size, recovered: known.size };
  } finally {
    await engine.quit();
  }
}
