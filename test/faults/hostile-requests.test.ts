import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contract } from '../../src/shared/contract.ts';
import type { Command } from '../../src/shared/command.ts';
import { startHeadless, type Headless } from '../support/headless.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const TRIES_PER_COMMAND = 25;

const nasty = fc.constantFrom(
  '../../etc/passwd',
  '%00',
  '\u0000',
  "' OR 1=1 --",
  '; DROP TABLE runs',
  '__proto__',
  'constructor',
  '-1',
  '1e9',
  'NaN',
  'null',
  '',
  '\ud800',
  'x'.repeat(5000),
  '{{ "now" | date }}',
  '<script>',
  '\r\nX-Injected: 1',
);
const text = fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 40 }));

/** Bodies that have the right names and the wrong values, and bodies that have neither. */
function bodies(command: Command): fc.Arbitrary<unknown> {
  const shape = (command.input as unknown as { shape?: Record<string, unknown> }).shape ?? {};
  const anything = fc.oneof(fc.jsonValue({ maxDepth: 3 }), text);
  const named = Object.fromEntries(Object.keys(shape).map((name) => [name, anything]));
  return fc.oneof(fc.record(named, { requiredKeys: [] }), fc.jsonValue({ maxDepth: 4 }));
}

async function send({ url, token }: Headless, command: Command, words: string[], body: unknown) {
  let used = 0;
  const path = command.path.replace(/\{\w+\}/g, () =>
    encodeURIComponent(Buffer.from(words[used++] ?? '').toString()),
  );
  const hasBody = command.method !== 'GET' && command.method !== 'DELETE';
  const query = new URLSearchParams();
  if (!hasBody && typeof body === 'object' && body !== null)
    for (const [name, value] of Object.entries(body).slice(0, 10))
      query.set(name, JSON.stringify(value).slice(0, 500));
  return fetch(`${url}/api/v1${path}${query.size > 0 ? `?${query.toString()}` : ''}`, {
    method: command.method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(hasBody ? { 'content-type': 'application/json' } : {}),
    },
    ...(hasBody ? { body: JSON.stringify(body) } : {}),
  });
}

describe('hostile requests', () => {
  it('are answered by no command with a failure of its own, a stack or a crash', async () => {
    const program = await startHeadless({ home: await temporaryFolder() });
    for (const [name, command] of Object.entries<Command>(contract)) {
      const words = fc.array(text, { minLength: 2, maxLength: 2 });
      const property = fc.asyncProperty(words, bodies(command), async (path, body) => {
        const response = await send(program, command, path, body);
        const answer = await response.text();
        expect(response.status, `${name}: ${answer}`).not.toBe(500);
        expect(answer).not.toMatch(/\.ts:\d|\.js:\d|node:internal|SQLITE|SELECT /);
        expect(response.headers.get('x-injected')).toBeNull();
      });
      await fc.assert(property, { numRuns: TRIES_PER_COMMAND });
    }
    expect(program.process.exitCode).toBeNull();
    expect(await program.end('SIGTERM')).toBe(0);
  });
});
