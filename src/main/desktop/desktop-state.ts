import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { preferencesSchema } from '../../shared/desktop-contract.ts';

const boundsSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(100),
  height: z.number().int().min(100),
  isMaximized: z.boolean(),
});
export type WindowBounds = z.output<typeof boundsSchema>;

const desktopStateSchema = z.object({
  preferences: preferencesSchema,
  /** Where the window was; null before the first time. */
  window: boundsSchema.nullable().default(null),
  /** Whether the person was told that closing the window keeps the program running. */
  isCloseExplained: z.boolean().default(false),
});
export type DesktopState = z.output<typeof desktopStateSchema>;

/** What the app remembers about this computer: `desktop.json` of the home. */
export class DesktopStateFile {
  readonly #file: string;
  #state: DesktopState;

  constructor(file: string) {
    this.#file = file;
    this.#state = read(file);
  }

  get current(): DesktopState {
    return this.#state;
  }

  /** Changes some parts; they are on disk when this returns. */
  change(changes: Partial<DesktopState>): void {
    this.#state = { ...this.#state, ...changes };
    write(this.#file, `${JSON.stringify(this.#state, null, 2)}\n`);
  }
}

/** Preferences are worth less than a program that starts: what cannot be read becomes the defaults. */
function read(file: string): DesktopState {
  const empty = { preferences: {} };
  try {
    const parsed = desktopStateSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : desktopStateSchema.parse(empty);
  } catch {
    return desktopStateSchema.parse(empty);
  }
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.new`;
  const descriptor = openSync(temporary, 'w', 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
}
