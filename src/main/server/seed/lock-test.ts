import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The exit code of a program that found its home in use. */
const HOME_IN_USE = 3;

/**
 * Starts a second engine on the same home, which must find it in use and leave. Should it start after all, it is
 * stopped, and the lock protects nothing.
 *
 * @param engineFile the built headless program
 */
export function createLockTest(engineFile: URL, home: string) {
  return (): Promise<{ readonly refused: boolean; readonly message: string }> =>
    new Promise((resolve, reject) => {
      const args = [fileURLToPath(engineFile), '--home', home, '--port', '0'];
      const second = spawn(process.execPath, args, {
        // Inside Electron the executable is Electron.
        env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let said = '';
      second.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
      second.stdout.once('data', () => second.kill('SIGTERM'));
      second.once('error', reject);
      second.once('close', (code) => {
        const refused = code === HOME_IN_USE;
        resolve({ refused, message: refused ? said.trim() : 'A second engine could start.' });
      });
    });
}
