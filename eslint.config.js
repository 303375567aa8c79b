import js from '@eslint/js';
import { createNodeResolver, flatConfigs as importX } from 'eslint-plugin-import-x';
import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';

// Who may import what. Flat config replaces a rule's options rather than merging them, so each
// folder gets the whole list minus its own exceptions.
const edges = {
  electron: 'electron is imported at the edge only: main.ts, preload.ts and desktop/.',
  'sql.js': 'sql.js belongs to engine/store/.',
  'node:worker_threads': 'Threads are started in engine/pool/ and engine/store/.',
  worker_threads: 'Write node:worker_threads, in engine/pool/ or engine/store/.',
  piscina: 'The compute pool belongs to engine/pool/.',
  undici: 'HTTP belongs to engine/consumer/ and engine/observe/sinks/.',
};
const rawIpc = {
  name: 'electron',
  importNames: ['ipcMain', 'ipcRenderer'],
  message: 'IPC goes through desktop/ipc.ts and preload.ts, which check what arrives.',
};
const engineTime = {
  paths: [
    { name: 'node:timers', message: 'Take a Clock.' },
    { name: 'node:timers/promises', message: 'Take a Clock.' },
    { name: 'node:perf_hooks', importNames: ['performance'], message: 'Take a Clock.' },
  ],
};

function imports({ except = [], paths = [], patterns = [] } = {}) {
  const forbidden = Object.entries(edges)
    .filter(([name]) => !except.includes(name))
    .map(([name, message]) => ({ name, message }));
  return { 'no-restricted-imports': ['error', { paths: [...forbidden, ...paths], patterns }] };
}

const clockOnly = {
  'no-restricted-globals': [
    'error',
    ...['setTimeout', 'setInterval', 'performance'].map((name) => ({
      name,
      message: 'Time comes in as a Clock (engine/clock.ts).',
    })),
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: 'Time comes in as a Clock (engine/clock.ts).' },
  ],
  'no-restricted-syntax': [
    'error',
    {
      selector: "NewExpression[callee.name='Date'][arguments.length=0]",
      message: 'Time comes in as a Clock (engine/clock.ts).',
    },
  ],
};

const nodeModules = {
  group: ['node:*'],
  message: 'This code runs in the window too: no Node here.',
};

const nodeGlobals = Object.fromEntries(
  ['AbortController', 'AbortSignal', 'Buffer', 'TextDecoder', 'TextEncoder', 'URL']
    .concat(['URLSearchParams', 'clearInterval', 'clearTimeout', 'console', 'fetch'])
    .concat(['performance', 'process', 'setImmediate', 'setInterval', 'setTimeout'])
    .map((name) => [name, false]),
);

export default tseslint.config(
  { ignores: ['dist', 'release', '.cache', 'coverage', 'test-results', 'test/fixtures'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    plugins: importX.typescript.plugins ?? {},
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
  },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', '*.ts'],
    extends: [importX.typescript],
    settings: {
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.svelte', '.js'] })],
    },
    rules: {
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      eqeqeq: ['error', 'always'],
      'no-console': 'error',
      'prefer-const': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      '@typescript-eslint/only-throw-error': 'error',
    },
  },

  // Layers.
  { files: ['src/**/*.{ts,svelte}'], rules: imports() },
  {
    files: ['src/shared/**/*.ts'],
    rules: imports({
      patterns: [
        nodeModules,
        { group: ['**/main/**', '**/renderer/**'], message: 'shared/ is the bottom layer.' },
      ],
    }),
  },
  {
    files: ['src/renderer/**/*.{ts,svelte}'],
    rules: imports({
      patterns: [
        nodeModules,
        { group: ['**/main/**'], message: 'The window imports shared/ only.' },
      ],
    }),
  },
  { files: ['src/main/engine/**/*.ts'], rules: { ...imports(engineTime), ...clockOnly } },
  {
    // A handler is async so that what it throws is a rejection, also when it has nothing to wait for.
    files: ['src/main/engine/commands/*.ts'],
    rules: { '@typescript-eslint/require-await': 'off' },
  },
  {
    files: ['src/main/engine/store/**/*.ts'],
    rules: imports({ ...engineTime, except: ['sql.js', 'node:worker_threads'] }),
  },
  {
    files: ['src/main/engine/pool/**/*.ts'],
    rules: imports({ ...engineTime, except: ['node:worker_threads', 'piscina'] }),
  },
  {
    files: ['src/main/engine/consumer/**/*.ts', 'src/main/engine/observe/sinks/**/*.ts'],
    rules: imports({ ...engineTime, except: ['undici'] }),
  },
  {
    files: ['src/main/engine/clock.ts'],
    rules: {
      ...imports(),
      'no-restricted-globals': 'off',
      'no-restricted-properties': 'off',
      'no-restricted-syntax': 'off',
    },
  },
  {
    files: ['src/main/main.ts', 'src/main/desktop/**/*.ts'],
    rules: imports({ except: ['electron'], paths: [rawIpc] }),
  },
  {
    files: ['src/main/preload.ts', 'src/main/desktop/ipc.ts'],
    rules: imports({ except: ['electron'] }),
  },
  {
    files: ['src/main/headless.ts', 'src/main/cli.ts'],
    rules: { 'no-console': 'off' },
  },

  // The window.
  {
    files: ['src/renderer/**/*.svelte'],
    languageOptions: {
      parserOptions: { parser: tseslint.parser, projectService: false, svelteFeatures: {} },
    },
    ...tseslint.configs.disableTypeChecked,
  },
  {
    files: ['src/renderer/**/*.svelte'],
    languageOptions: { parserOptions: { parser: tseslint.parser, projectService: false } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      'no-undef': 'off', // svelte-check knows the globals
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.svelte.ts'],
    languageOptions: { parser: tseslint.parser },
    // What arrives over IPC is replaced whole and held by $state.raw; nothing in it is watched.
    rules: { 'svelte/prefer-svelte-reactivity': 'off' },
  },

  // Tests and tools.
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: nodeGlobals,
    },
  },
);
