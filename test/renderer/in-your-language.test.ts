import { fireEvent, screen, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import { say } from '../../src/shared/sentences.ts';
import type { FakeBridge } from '../support/fake-bridge.ts';
import { renderApp, settled } from '../support/render-app.ts';

beforeEach(() => {
  document.body.replaceChildren();
});

async function speakPortuguese(): Promise<void> {
  window.location.hash = '#/settings';
  await settled();
  await fireEvent.click(await screen.findByRole('radio', { name: 'Português (Brasil)' }));
  await settled();
}

async function go(hash: string): Promise<void> {
  window.location.hash = hash;
  await settled();
}

/** The newest failed run, with this error. */
function failWith(bridge: FakeBridge, sentence: ReturnType<typeof say> | { message: string }) {
  const run = bridge.engine.state.runs.find(({ outcome }) => outcome === 'failed');
  if (!run) throw new Error('No run has failed.');
  run.error = { code: 'http-status', kind: 'config', ...sentence };
  return run;
}

describe('what went wrong with a run', () => {
  const sentence = say('whileGettingToken', { failure: say('status401', { status: 401 }).says });
  const spoken = 'Ao obter um token: 401: a API não aceitou as credenciais.';

  it('is said in the language of the window, on its own screen and in the lists', async () => {
    const bridge = await renderApp('#/', { runs: 60 });
    const run = failWith(bridge, sentence);
    await go(`#/runs/${run.id}`);
    await screen.findAllByText(sentence.message);
    await speakPortuguese();
    await go(`#/runs/${run.id}`);
    await screen.findAllByText(spoken);
    expect(screen.queryByText(sentence.message)).toBeNull();
    await go('#/dead-letters');
    expect(within(await screen.findByRole('table')).getByText(spoken)).toBeTruthy();
  });

  it('stays as it was written where an older program stored it', async () => {
    const bridge = await renderApp('#/', { runs: 60 });
    const run = failWith(bridge, { message: 'Written long ago.' });
    await speakPortuguese();
    await go(`#/runs/${run.id}`);
    expect(await screen.findAllByText('Written long ago.')).not.toEqual([]);
  });
});

describe('why the program is not well', () => {
  it('is said in the language of the window, and follows it', async () => {
    const bridge = await renderApp('#/');
    const { message, says } = say('diskFull', { detail: 'ENOSPC' });
    Object.assign(bridge.engine.state.status, {
      state: 'degraded',
      stateReason: message,
      stateReasonSays: says,
    });
    const status = await bridge.call('status', {});
    if (!status.ok) throw new Error(status.error.message);
    bridge.emit({
      name: 'status.changed',
      at: new Date().toISOString(),
      data: { status: status.value },
    });
    await settled();
    expect(screen.getByText(/The disk is full/)).toBeTruthy();
    await speakPortuguese();
    expect(screen.getByText(/O disco está cheio\. Libere espaço/)).toBeTruthy();
    expect(screen.queryByText(/The disk is full/)).toBeNull();
  });

  it('is said in words where the clock made the pause', async () => {
    const bridge = await renderApp('#/');
    Object.assign(bridge.engine.state.status, { state: 'paused', pauseReason: 'clock-jump' });
    const status = await bridge.call('status', {});
    if (!status.ok) throw new Error(status.error.message);
    const at = new Date().toISOString();
    bridge.emit({ name: 'status.changed', at, data: { status: status.value } });
    await settled();
    expect(screen.getByText(/jumped so far that it cannot be believed/)).toBeTruthy();
    expect(screen.queryByText('clock-jump')).toBeNull();
  });
});
