import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, relative, resolve, dirname } from 'node:path';

export interface SourceImport {
  /** The importing file, from the repository's root: `src/main/main.ts`. */
  readonly from: string;
  /** The imported file from the root, or the package's (or builtin's) name. */
  readonly to: string;
  /** Whether it exists at run time: `import type` does not. */
  readonly isTypeOnly: boolean;
  readonly isBuiltin: boolean;
}

const root = resolve(import.meta.dirname, '../..');
const staticImport = /^\s*(?:import|export)\s+([^'";]*?)\s*from\s*['"]([^'"]+)['"]/gm;
const bareImport = /^\s*import\s+()['"]([^'"]+)['"]/gm;
const dynamicImport = /\bimport\s*()\(\s*['"]([^'"]+)['"]/g;

/** Every import of every source file under `src/`. */
export function sourceImports(): readonly SourceImport[] {
  return sourceFiles().flatMap(importsOf);
}

/** Every source file under `src/`, from the repository's root. */
export function sourceFiles(): readonly string[] {
  return readdirSync(join(root, 'src'), { recursive: true })
    .map((file) => `src/${String(file)}`)
    .filter((file) => /\.(ts|svelte)$/.test(file) && !file.endsWith('.d.ts'));
}

function importsOf(from: string): SourceImport[] {
  const text = readFileSync(join(root, from), 'utf8');
  const found = [staticImport, bareImport, dynamicImport].flatMap((pattern) => [
    ...text.matchAll(pattern),
  ]);
  return found.map(([, clause = '', specifier = '']) => ({
    from,
    to: target(from, specifier),
    isTypeOnly: isTypeOnly(clause),
    isBuiltin: isBuiltin(specifier),
  }));
}

function target(from: string, specifier: string): string {
  const path = specifier.replace(/\?.*$/, '');
  if (path.startsWith('.')) return sourceOf(relative(root, resolve(root, dirname(from), path)));
  const [scopeOrName = '', name] = path.split('/');
  if (isBuiltin(path)) return path;
  return path.startsWith('@') && name !== undefined ? `${scopeOrName}/${name}` : scopeOrName;
}

/** `theme.svelte.js` is written for `theme.svelte.ts`. */
function sourceOf(file: string): string {
  const typed = file.replace(/\.js$/, '.ts');
  return existsSync(join(root, typed)) ? typed : file;
}

function isTypeOnly(clause: string): boolean {
  if (clause.startsWith('type ')) return true;
  const named = /^\{([^}]*)\}$/.exec(clause.trim())?.[1];
  if (named === undefined) return false;
  const names = named.split(',').filter((name) => name.trim() !== '');
  return names.length > 0 && names.every((name) => name.trim().startsWith('type '));
}

/** The first cycle of imports that exist at run time, as a path that ends where it began. */
export function findCycle(imports: readonly SourceImport[]): readonly string[] | null {
  const next = new Map<string, string[]>();
  for (const { from, to, isTypeOnly } of imports) {
    if (!isTypeOnly) next.set(from, [...(next.get(from) ?? []), to]);
  }
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): readonly string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const target of next.get(file) ?? []) {
      const cycle = visit(target, [...path, file]);
      if (cycle !== null) return cycle;
    }
    done.add(file);
    return null;
  };
  for (const file of next.keys()) {
    const cycle = visit(file, []);
    if (cycle !== null) return cycle;
  }
  return null;
}
