import { describe, expect, it } from 'vitest';
import { PontualError } from '../../../src/shared/errors.ts';
import { say } from '../../../src/shared/sentences.ts';
import { ServerSwitch, type OpenServer } from '../../../src/main/desktop/server-switch.ts';

/** A machine with one port taken: what is opened and closed on it, in order. */
function machine(takenPort: number) {
  const happened: string[] = [];
  const open = async (port: number): Promise<OpenServer> => {
    if (port === takenPort) throw new PontualError('conflict', say('portInUse', { port }));
    happened.push(`open ${port}`);
    return {
      url: `http://127.0.0.1:${port}`,
      stop: async () => void happened.push(`stop ${port}`),
    };
  };
  const server = new ServerSwitch({
    open,
    onClosed: async () => void happened.push('closed'),
    onProblem: (sentence) => void happened.push(sentence),
  });
  return { server, happened };
}

describe('the switch of the local server', () => {
  it('is off until somebody wants it', async () => {
    const { server, happened } = machine(1);
    expect(await server.state()).toEqual({ url: null, problem: null });
    await server.stop();
    expect(happened).toEqual([]);
  });

  it('closes the old address before it opens the new one, however fast the person is', async () => {
    const { server, happened } = machine(1);
    void server.set({ enabled: true, port: 8085 });
    void server.set({ enabled: true, port: 9000 });
    expect(await server.state()).toEqual({ url: 'http://127.0.0.1:9000', problem: null });
    expect(happened).toEqual(['open 8085', 'stop 8085', 'closed', 'open 9000']);
  });

  it('leaves an open server alone when nothing changes', async () => {
    const { server, happened } = machine(1);
    await server.set({ enabled: true, port: 8085 });
    await server.set({ enabled: true, port: 8085 });
    expect(happened).toEqual(['open 8085']);
  });

  it('says that a port is taken, goes on, and tries again when asked again', async () => {
    const { server, happened } = machine(8085);
    await server.set({ enabled: true, port: 8085 });
    const problem = say('portInUse', { port: 8085 });
    expect(await server.state()).toEqual({ url: null, problem });
    await server.set({ enabled: true, port: 8085 });
    expect(happened).toEqual([problem.message, problem.message]);
    await server.set({ enabled: false, port: 8085 });
    expect(await server.state()).toEqual({ url: null, problem: null });
  });
});
