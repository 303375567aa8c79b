import { contextBridge, ipcRenderer } from 'electron';
import type { Answer, Bridge, Unsubscribe } from '../shared/bridge.ts';
import type { DesktopEvent } from '../shared/desktop-contract.ts';
import type { PontualEvent } from '../shared/events.ts';
import { channels } from './desktop/channels.ts';

const bridge: Bridge = {
  call: (name, input) => call(channels.engineCall, name, input),
  on: (listener) =>
    hear<readonly PontualEvent[]>(channels.engineEvents, (events) => events.forEach(listener)),
  desktop: {
    call: (name, input) => call(channels.desktopCall, name, input),
    on: (listener) => hear<DesktopEvent>(channels.desktopEvent, listener),
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

function hear<T>(channel: string, listener: (payload: T) => void): Unsubscribe {
  const onMessage = (_event: unknown, payload: T) => listener(payload);
  ipcRenderer.on(channel, onMessage);
  return () => ipcRenderer.off(channel, onMessage);
}

contextBridge.exposeInMainWorld('pontual', bridge);
