import { open } from 'node:fs/promises';

const BLOCK_BYTES = 1024 * 1024;
const LINE_BREAK = 0x0a;

/**
 * The lines of a file, in order, that hold one of some texts. A busy job writes a hundred thousand lines in a few
 * minutes, so the bytes are searched, and only lines that are found become text. A file that is not there has none.
 */
export async function* linesWith(path: string, texts: readonly string[]): AsyncGenerator<string> {
  const needles = texts.map((text) => Buffer.from(text));
  const file = await open(path).catch(ignoreMissing);
  if (!file) return;
  try {
    const block = Buffer.allocUnsafe(BLOCK_BYTES);
    let rest: Buffer = Buffer.alloc(0);
    for (let at = 0; ;) {
      const { bytesRead } = await file.read(block, 0, BLOCK_BYTES, at);
      const bytes = Buffer.concat([rest, block.subarray(0, bytesRead)]);
      const isLast = bytesRead === 0;
      const whole = isLast ? bytes.length : bytes.lastIndexOf(LINE_BREAK) + 1;
      yield* linesIn(bytes.subarray(0, whole), needles);
      if (isLast) return;
      rest = bytes.subarray(whole);
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
}

function* linesIn(bytes: Buffer, needles: readonly Buffer[]): Generator<string> {
  const next = needles.map((needle) => bytes.indexOf(needle));
  for (;;) {
    const hit = Math.min(...next.map((at) => (at < 0 ? Number.POSITIVE_INFINITY : at)));
    if (hit === Number.POSITIVE_INFINITY) return;
    const start = bytes.lastIndexOf(LINE_BREAK, hit) + 1;
    const end = bytes.indexOf(LINE_BREAK, hit);
    const behind = end < 0 ? bytes.length : end;
    yield bytes.toString('utf8', start, behind).replace(/\r$/, '');
    for (const [at, needle] of needles.entries())
      if (isBefore(next[at], behind)) next[at] = bytes.indexOf(needle, behind);
  }
}

function isBefore(at: number | undefined, end: number): boolean {
  return at !== undefined && at >= 0 && at < end;
}

function ignoreMissing(error: unknown): null {
  // Tidied away since its name was read.
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw error;
}
