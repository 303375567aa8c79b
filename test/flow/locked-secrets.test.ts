import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startApiServer } from '../support/api-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startTestEngine, type TestEngine } from '../support/test-engine.ts';

/** As after a keyring was wiped, or the home was copied to another machine. */
const OTHER_KEY = new Uint8Array(32).fill(8);

function sealedIn(home: string): string {
  const query = "select hex(sealed) from secrets where name = 'token'";
  return execFileSync('sqlite3', [join(home, 'pontual.db'), query])
    .toString()
    .trim();
}

async function runOnce({ call, next }: TestEngine) {
  const finished = next('run.finished');
  await call('jobs.run', { id: 'guarded' });
  return (await finished).run;
}

it('A secret whose key is gone is locked: nothing is sent, nothing is lost, and putting it again heals', async () => {
  const api = await startApiServer(({ headers }) =>
    headers.authorization === 'Bearer right' ? { body: [{ id: 1 }] } : { status: 401, body: '' },
  );
  const secret = { name: 'token', value: 'right', origin: api.origin };
  const home = await temporaryFolder();
  const first = await startTestEngine({ home });
  await first.call('secrets.put', secret);
  await first.call('integrations.create', {
    id: 'guarded',
    name: 'Guarded',
    request: { url: api.url },
    auth: { kind: 'bearer', secret: 'token' },
  });
  await first.call('jobs.create', { id: 'guarded', name: 'Guarded', integrationId: 'guarded' });
  expect((await runOnce(first)).outcome).toBe('succeeded');
  await first.engine.stop();
  const asked = api.requests.length;
  const sealed = sealedIn(home);

  const second = await startTestEngine({ home, dataKey: () => OTHER_KEY });
  const { items } = await second.call('secrets.list', {});
  expect(items).toMatchObject([{ name: 'token', hasValue: true, locked: true }]);
  expect(await runOnce(second)).toMatchObject({
    outcome: 'failed',
    error: { code: 'secret-locked', kind: 'config' },
  });
  expect(api.requests.length).toBe(asked);
  await second.call('store.checkpoint', {});
  expect(sealedIn(home)).toBe(sealed);

  await second.call('secrets.put', secret);
  expect(await runOnce(second)).toMatchObject({ outcome: 'succeeded' });
  await second.call('store.checkpoint', {});
  expect(sealedIn(home)).not.toBe(sealed);
});
