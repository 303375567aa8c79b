// All tests: plain Node first, then the real desktop app under a display and a session bus of its own.
// The last line is `N passed, N failed`. A skipped test fails, unless test/skips.json says why it may be.
//
//   --faults        the fault tests alone, long versions included
//   --project NAME  that project alone (repeatable)
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const results = join(root, 'test-results');

/** @typedef {{ name: string, projects: string[], needsDisplay: boolean, env?: Record<string, string> }} Step */

const everything = [
  { name: 'node', projects: ['unit', 'renderer', 'flow', 'faults'], needsDisplay: false },
  { name: 'desktop', projects: ['e2e'], needsDisplay: true },
];
const longFaults = [
  {
    name: 'faults',
    projects: ['faults'],
    needsDisplay: false,
    env: { PONTUAL_TEST_FAULTS: 'long' },
  },
];

const allowedSkips = readJson(join(root, 'test/skips.json'));
const totals = { passed: 0, failed: 0 };
mkdirSync(results, { recursive: true });
for (const step of chosenSteps()) await runStep(step);
console.log(`${String(totals.passed)} passed, ${String(totals.failed)} failed`);
process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1;

/** @returns {Step[]} */
function chosenSteps() {
  if (process.argv.includes('--faults')) return longFaults;
  const only = process.argv.flatMap((argument, index, all) =>
    argument === '--project' ? [all[index + 1] ?? ''] : [],
  );
  if (only.length === 0) return everything;
  return everything
    .map((step) => ({ ...step, projects: step.projects.filter((name) => only.includes(name)) }))
    .filter((step) => step.projects.length > 0);
}

/** @param {Step} step */
async function runStep(step) {
  const report = join(results, `${step.name}.json`);
  rmSync(report, { force: true });
  const code = await run(step, [
    process.execPath,
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    ...step.projects.flatMap((project) => ['--project', project]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  if (existsSync(report)) count(readJson(report), code);
  else fail(`${step.name}: no report was written (exit code ${String(code)})`);
}

/**
 * @param {Step} step
 * @param {string[]} command
 * @returns {Promise<number>}
 */
function run(step, command) {
  const wrapped = step.needsDisplay ? withDisplayAndBus(command) : command;
  const [program = '', ...args] = wrapped;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...step.env },
    });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** @param {string[]} command */
function withDisplayAndBus(command) {
  if (process.platform !== 'linux') return command;
  return ['xvfb-run', '-a', 'dbus-run-session', '--', ...command];
}

/**
 * @typedef {{ status: string, fullName: string }} Assertion
 * @typedef {{ name: string, status: string, message: string, assertionResults: Assertion[] }} TestFile
 */

/**
 * @param {{ testResults: TestFile[] }} report
 * @param {number} exitCode
 */
function count(report, exitCode) {
  const failedBefore = totals.failed;
  for (const file of report.testResults) {
    const failedTests = file.assertionResults.filter(({ status }) => status === 'failed').length;
    totals.failed += failedTests;
    totals.passed += file.assertionResults.filter(({ status }) => status === 'passed').length;
    if (file.status === 'failed' && failedTests === 0) fail(`${file.name}: ${file.message}`);
    file.assertionResults.filter(isForbiddenSkip).forEach(({ fullName }) => {
      fail(`skipped, and not named in test/skips.json: ${fullName}`);
    });
  }
  if (exitCode !== 0 && totals.failed === failedBefore) fail('vitest failed; see the lines above');
}

/** @param {Assertion} assertion */
function isForbiddenSkip({ status, fullName }) {
  return !['passed', 'failed'].includes(status) && allowedSkips[fullName] === undefined;
}

/** @param {string} why */
function fail(why) {
  totals.failed += 1;
  console.error(why);
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
