import { contextBridge, ipcRenderer } from 'electron';
import type { Answer, Bridge, Unsubscribe } from '../shared/bridge.ts';
import type { DesktopEvent } from '../shared/desktop-contract.ts';
import type { PontualEvent } from '../shared/events.ts';
import { channels } from './desktop/channels.ts';

const bridge: Bridge = {
  call: (name, input) => call(channels.engineCall, name, input),
  on: (listener) =>
    hear(channels.engineEvents, (events: readonly PontualEvent[]) => events.forEach(listener)),
  desktop: {
    call: (name, input) => call(channels.desktopCall, name, input),
    on: (listener) => hear(channels.desktopEvent, (event: DesktopEvent) => listener(event)),
  },
};

/** Main checks name and input against the contract; what cannot even be sent becomes an answer too. */
async function call<T>(channel: string, name: string, input: unknown): Promise<Answer<T>> {
  try {
    return (await ipcRenderer.invoke(channel, name, input)) as Answer<T>;
  } catch (error) {
    return { ok: false, error: { code: 'internal', message: String(error), details: [] } };
  }
}

function hear(channel: string, listener: (payload: never) => void): Unsubscribe {
  // Main alone sends here, and each channel carries one type.
  const onMessage = (_event: unknown, payload: unknown) => listener(payload as never);
  ipcRenderer.on(channel, onMessage);
  return () => ipcRenderer.off(channel, onMessage);
}

contextBridge.exposeInMainWorld('pontual', bridge);
