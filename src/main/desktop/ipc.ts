import { ipcMain, type IpcMainInvokeEvent } from 'electron';
import type { Answer } from '../../shared/bridge.ts';
import type { CommandTable } from '../../shared/command.ts';
import { createCallAnswerer, type CallOptions } from './answer-call.ts';
import { isWindowUrl } from './app-protocol.ts';

/** Serves one table of commands to our own window; whoever else calls is refused before anything is read. */
export function serveCalls<T extends CommandTable>(
  channel: string,
  options: CallOptions<T>,
): () => void {
  const answer = createCallAnswerer(options);
  ipcMain.handle(channel, (event, name: unknown, input: unknown): Promise<Answer<unknown>> => {
    if (!isOurWindow(event)) throw new Error('Calls are answered to the main window only.');
    return answer(name, input);
  });
  return () => ipcMain.removeHandler(channel);
}

/** Our page in its top frame: a frame inside it, or a page that was navigated to, is a stranger. */
function isOurWindow({ senderFrame, sender }: IpcMainInvokeEvent): boolean {
  return senderFrame !== null && senderFrame === sender.mainFrame && isWindowUrl(senderFrame.url);
}
