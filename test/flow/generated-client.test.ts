import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import parsePrometheus from 'parse-prometheus-text-format';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { startHeadless } from '../support/headless.ts';
import { startItemsApi } from '../support/items-api.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const TOUR = join(import.meta.dirname, '../fixtures/generated-client/tour.ts');
const GENERATED = join(TOUR, '../api.ts');
const SLOW_MS = 120_000;

type Tour = (url: string, token: string, apiUrl: string) => Promise<string[]>;

/** What the compiler has to say of the tour, with the generated types beside it in memory. */
function complaints(types: string): readonly string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    exactOptionalPropertyTypes: true,
    allowImportingTsExtensions: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => file === GENERATED || fileExists(file);
  host.readFile = (file) => (file === GENERATED ? types : readFile(file));
  host.getSourceFile = (file, ...rest) =>
    file === GENERATED
      ? ts.createSourceFile(file, types, ts.ScriptTarget.ES2023)
      : getSourceFile(file, ...rest);
  const program = ts.createProgram([TOUR], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe('a client that is generated from the OpenAPI document', () => {
  it(
    'has types for the whole tour, and goes through it',
    async () => {
      const program = await startHeadless({ home: await temporaryFolder() });
      const document = (await (await fetch(`${program.url}/openapi.json`)).json()) as OpenAPI3;
      expect(await new Validator().validate({ ...document })).toMatchObject({ valid: true });
      // Fields with a default may be left out of what is sent.
      const types = astToString(await openapiTS(document, { defaultNonNullable: false }));
      expect(complaints(types)).toEqual([]);

      const api = await startItemsApi([{ id: 1 }, { id: 2 }]);
      // By a path that the compiler does not follow: the types that it imports exist in this test only.
      const { tour } = (await import(/* @vite-ignore */ TOUR)) as { tour: Tour };
      expect(await tour(program.url, program.token, api.url)).toEqual([
        'things none',
        'collect enabled',
        'succeeded 2 new in 1 attempt',
        '1 of more: true',
        'collect true',
        'nothing false',
        'not-found',
        '204',
      ]);
    },
    SLOW_MS,
  );
});

it('a Prometheus that reads /metrics understands all of it', async () => {
  const program = await startHeadless({ home: await temporaryFolder(), args: ['--demo'] });
  const headers = { authorization: `Bearer ${program.token}` };
  const page = await (await fetch(`${program.url}/metrics`, { headers })).text();
  const families = new Map(parsePrometheus(page).map((family) => [family.name, family]));
  expect(families.get('scheduler_execution_duration')?.type).toBe('HISTOGRAM');
  expect(families.get('scheduler_queue_size')?.metrics).toHaveLength(4);
  for (const line of page.split('\n').filter((one) => one.startsWith('# TYPE ')))
    expect([...families.keys()]).toContain(line.split(' ')[2]);
});
