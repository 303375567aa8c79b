import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

const ENTRY = join(import.meta.dirname, '../../dist/main/headless.js');

/** The built headless program as a process of its own, with a client for its REST API. */
export interface Headless {
  readonly process: ChildProcess;
  readonly url: string;
  readonly token: string;
  readonly stderr: () => string;
  /** The answer's JSON; throws with status and body when it is not a success. */
  request<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Ends the process by a signal and resolves with its exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export interface HeadlessOptions {
  readonly home: string;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Put before the program: `strace`, `faketime`. */
  readonly wrapper?: readonly string[];
}

/** Starts it and resolves when it says that it is ready; rejects with what it said when it is not. */
export async function startHeadless(options: HeadlessOptions): Promise<Headless> {
  const { home, args = [], env = {}, wrapper = [] } = options;
  const command = [...wrapper, process.execPath, ENTRY, '--home', home, '--port', '0', ...args];
  const child = spawn(command[0] ?? '', command.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const lines = createInterface({ input: child.stdout });
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`headless ended with ${String(code)} before it was ready: ${stderr}`);
  });
  const [line] = (await Promise.race([once(lines, 'line'), exited])) as [string];
  exited.catch(() => undefined);
  const { url } = JSON.parse(line) as { url: string };
  const token = (await readFile(join(home, 'api-token'), 'utf8')).trim();
  return {
    process: child,
    url,
    token,
    stderr: () => stderr,
    request: (method, path, body) => request(url, token, method, path, body),
    end: async (signal) => {
      if (child.exitCode !== null) return child.exitCode;
      const ended = once(child, 'exit') as Promise<[number | null]>;
      child.kill(signal);
      const [code] = await ended;
      return code;
    },
  };
}

async function request<T>(
  url: string,
  token: string,
  method: string,
  path: string,
  body: unknown,
): Promise<T> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text === '' ? null : JSON.parse(text)) as T;
}
