import { describe, expect, it } from 'vitest';
import {
  findCycle,
  sourceFiles,
  sourceImports,
  type SourceImport,
} from './support/source-imports.ts';

const imports = sourceImports();
const engine = 'src/main/engine/';

/** Owners: nobody else may import these packages. */
const owners: Record<string, readonly string[]> = {
  electron: ['src/main/main.ts', 'src/main/preload.ts', 'src/main/desktop/'],
  'sql.js': [`${engine}store/`],
  'node:worker_threads': [`${engine}pool/`, `${engine}store/`],
  piscina: [`${engine}pool/`],
  undici: [`${engine}consumer/`, `${engine}observe/sinks/`],
};

/** Where parts are put together: the engine, and the two threads that run its stages. */
const compositionRoots = [
  `${engine}engine.ts`,
  `${engine}engine-handlers.ts`,
  `${engine}engine-listeners.ts`,
  `${engine}engine-seams.ts`,
  `${engine}engine-stored.ts`,
  `${engine}telemetry-post.ts`,
  `${engine}pool/network-thread.ts`,
  `${engine}pool/compute-thread.ts`,
];

describe('boundaries', () => {
  it('find the sources and their imports', () => {
    expect(sourceFiles().length).toBeGreaterThan(20);
    expect(imports.length).toBeGreaterThan(20);
  });

  it.each(Object.entries(owners))('%s is imported by its owners alone', (name, folders) => {
    const strangers = imports.filter(
      ({ from, to }) => to === name && !startsWithAny(from, folders),
    );
    expect(shown(strangers)).toEqual([]);
  });

  it('shared code imports shared code and pure packages only', () => {
    const impure = from('src/shared/').filter(
      ({ to, isBuiltin }) => isBuiltin || (isSource(to) && !to.startsWith('src/shared/')),
    );
    expect(shown(impure)).toEqual([]);
  });

  it('the window imports itself and shared code, never main or Node', () => {
    const wrong = from('src/renderer/').filter(
      ({ to, isBuiltin }) =>
        isBuiltin || (isSource(to) && !startsWithAny(to, ['src/renderer/', 'src/shared/'])),
    );
    expect(shown(wrong)).toEqual([]);
  });

  it('nothing but the window itself imports the window', () => {
    const wrong = imports.filter(
      (one) => one.to.startsWith('src/renderer/') && !one.from.startsWith('src/renderer/'),
    );
    expect(shown(wrong)).toEqual([]);
  });

  it('the engine imports the engine and shared code, never what stands above it', () => {
    const wrong = from(engine).filter(
      ({ to }) => isSource(to) && !startsWithAny(to, [engine, 'src/shared/']),
    );
    expect(shown(wrong)).toEqual([]);
  });

  it('a stage imports its own folder, what all stages share, and types of other stages', () => {
    const wrong = from(engine).filter(
      (one) =>
        !compositionRoots.includes(one.from) &&
        !one.isTypeOnly &&
        stageOf(one.to) !== null &&
        stageOf(one.to) !== stageOf(one.from),
    );
    expect(shown(wrong)).toEqual([]);
  });

  it('no imports run in a circle', () => {
    expect(findCycle(imports)).toBeNull();
  });

  it('would see a circle, and would not take types for one', () => {
    const link = (a: string, b: string, isTypeOnly = false): SourceImport => {
      return { from: a, to: b, isTypeOnly, isBuiltin: false };
    };
    expect(findCycle([link('a', 'b'), link('b', 'c'), link('c', 'b')])).toEqual(['b', 'c', 'b']);
    expect(findCycle([link('a', 'b'), link('b', 'a', true)])).toBeNull();
  });
});

function from(folder: string): readonly SourceImport[] {
  return imports.filter((one) => one.from.startsWith(folder));
}

function isSource(target: string): boolean {
  return target.startsWith('src/') || target.startsWith('../');
}

/** The folder of a stage: `store` for `src/main/engine/store/journal.ts`, null for files beside the stages. */
function stageOf(file: string): string | null {
  return /^src\/main\/engine\/([^/]+)\//.exec(file)?.[1] ?? null;
}

function startsWithAny(text: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => text.startsWith(prefix));
}

function shown(list: readonly SourceImport[]): readonly string[] {
  return list.map((one) => `${one.from} -> ${one.to}`);
}
