import { expect, it } from 'vitest';
import { Turns } from '../../../src/main/engine/turns.ts';

function later() {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

it('changes of one thing follow one another, in the order in which they were asked for', async () => {
  const turns = new Turns();
  const first = later();
  const log: string[] = [];
  const one = turns.take('a', async () => {
    log.push('one begins');
    await first.promise;
    log.push('one ends');
  });
  const two = turns.take('a', async () => void log.push('two'));
  const other = turns.take('b', async () => void log.push('other'));
  await other;
  first.resolve();
  await Promise.all([one, two]);
  expect(log).toEqual(['one begins', 'other', 'one ends', 'two']);
});

it('a change that fails keeps nobody from his turn, and its error is its own', async () => {
  const turns = new Turns();
  const failing = turns.take('a', () => Promise.reject(new Error('no')));
  const next = turns.take('a', () => Promise.resolve('yes'));
  await expect(failing).rejects.toThrow('no');
  await expect(next).resolves.toBe('yes');
});
