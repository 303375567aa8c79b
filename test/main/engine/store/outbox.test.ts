import { describe, expect, it } from 'vitest';
import { Outbox } from '../../../../src/main/engine/store/outbox.ts';
import type { ToStore } from '../../../../src/main/engine/store/thread-protocol.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

function setup() {
  /** Numbers of the transactions in each message. */
  const posted: number[][] = [];
  const outbox = new Outbox((message: ToStore) => {
    if (message.type !== 'commit') return;
    const count = message.texts.split('\n').length;
    posted.push(Array.from({ length: count }, (_, at) => message.firstSeq + at));
  });
  const add = (count = 1) => {
    for (let n = 0; n < count; n++)
      void outbox.add([{ kind: 'job.delete', id: 'job' }], () => undefined);
  };
  const answer = (...seqs: number[]) => {
    for (const seq of seqs) outbox.take(seq)?.resolve(null);
  };
  outbox.open();
  return { outbox, posted, add, answer };
}

describe('the outbox of the store', () => {
  it('sends what a turn of the loop produced in one message', async () => {
    const { posted, add } = setup();
    add(3);
    expect(posted).toEqual([]);
    await turn();
    expect(posted).toEqual([[1, 2, 3]]);
  });

  it('gathers while two messages are not answered', async () => {
    const { posted, add, answer } = setup();
    for (let n = 0; n < 4; n++) {
      add();
      await turn();
    }
    expect(posted).toEqual([[1], [2]]);
    answer(1);
    await turn();
    expect(posted).toEqual([[1], [2], [3, 4]]);
    add();
    await turn();
    answer(2);
    await turn();
    expect(posted.at(-1)).toEqual([5]);
  });

  it('does not gather for ever, nor before a question', async () => {
    const { outbox, posted, add } = setup();
    for (let n = 0; n < 3; n++) {
      add();
      await turn();
    }
    outbox.flush();
    expect(posted).toEqual([[1], [2], [3]]);
    add(63);
    await turn();
    expect(posted).toHaveLength(3);
    add();
    await turn();
    expect(posted.at(-1)).toHaveLength(64);
  });

  it('begins anew with another thread, with everything that is not answered', async () => {
    const { outbox, posted, add, answer } = setup();
    for (let n = 0; n < 3; n++) {
      add();
      await turn();
    }
    answer(1);
    outbox.shut();
    await turn();
    outbox.open();
    expect(posted).toEqual([[1], [2], [2, 3]]);
    add();
    await turn();
    expect(posted.at(-1)).toEqual([4]);
  });
});
