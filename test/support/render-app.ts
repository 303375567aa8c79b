import { render } from '@testing-library/svelte';
import { tick } from 'svelte';
import App from '../../src/renderer/App.svelte';
import { createFakeBridge, type FakeBridge, type FakeBridgeOptions } from './fake-bridge.ts';
import { giveElementsASize } from './layout.ts';

/** Shows the whole window at an address such as `#/runs`, over a fake bridge. */
export async function renderApp(hash = '#/', options: FakeBridgeOptions = {}): Promise<FakeBridge> {
  giveElementsASize();
  window.location.hash = hash;
  const bridge = createFakeBridge({ runs: 300, ...options });
  render(App, { props: { bridge } });
  await settled();
  return bridge;
}

/** Waits until answers have come and are on the screen. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    await tick();
  }
}
