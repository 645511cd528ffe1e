/**
 * Runs every test project that this machine can run. What it lacks is skipped by name, with the one command
 * that would enable it; under CI=true such a skip is a failure. The last line is `N passed, N failed`, alone.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumPath } from '../sandbox/chromium.ts';
import { isRedisAvailable } from '../test/harness/provision.ts';
import { projects } from '../vitest.config.ts';

interface Skip {
  readonly project: string;
  readonly lacks: string;
  readonly enable: string;
}

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { status: string; assertionResults: readonly unknown[] }[];
}

const extraArgs = process.argv.slice(2);
const isCi = process.env.CI === 'true';
const folder = mkdtempSync(join(tmpdir(), 'duecourse-report-'));
try {
  process.exitCode = await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<number> {
  const skips = await missing();
  const reportFile = join(folder, 'report.json');
  const workerTestsFile = join(folder, 'worker-tests');
  const exitCode = await runVitest(skips, reportFile, workerTestsFile);
  const { passed, failed } = counted(reportFile, exitCode);

  for (const { project, lacks, enable } of skips) {
    process.stdout.write(`skipped: ${project} tests, no ${lacks} here. Enable them: ${enable}\n`);
  }
  const isBalanced = extraArgs.length > 0 || reportWorkerTests(workerTestsFile, skips);
  const failures = failed + (isBalanced ? 0 : 1) + (isCi ? skips.length : 0);
  process.stdout.write(`${passed} passed, ${failures} failed\n`);
  return failures === 0 ? 0 : 1;
}

async function missing(): Promise<Skip[]> {
  const skips: Skip[] = [];
  if (!(await isRedisAvailable())) {
    skips.push({ project: 'integration-redis', lacks: 'Redis', enable: install('redis-server', 'redis') });
  }
  if (existsSync('test/browser') && !chromiumPath()) {
    skips.push({ project: 'browser', lacks: 'Chromium', enable: install('chromium', '--cask chromium') });
  }
  return skips;
}

function install(debianPackage: string, homebrew: string): string {
  if (process.platform === 'darwin') return `brew install ${homebrew}`;
  return `${process.getuid?.() === 0 ? '' : 'sudo '}apt-get install -y ${debianPackage}`;
}

async function runVitest(
  skips: readonly Skip[],
  reportFile: string,
  workerTestsFile: string,
): Promise<number> {
  const require = createRequire(import.meta.url);
  const vitest = join(require.resolve('vitest/package.json'), '..', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...chosen(skips), ...extraArgs], {
    stdio: 'inherit',
    env: { ...process.env, DUECOURSE_WORKER_TESTS_FILE: workerTestsFile },
  });
  // Ctrl-C reaches vitest by itself; it needs the time to stop its services.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const [code] = await once(child, 'exit');
  return typeof code === 'number' ? code : 1;
}

/** Names all projects but the skipped ones: vitest reads `!name` beside a name as "either". */
function chosen(skips: readonly Skip[]): string[] {
  if (skips.length === 0 || extraArgs.some((arg) => arg.startsWith('--project'))) return [];
  const names = projects.map(({ test }) => String(test?.name));
  return names
    .filter((name) => skips.every(({ project }) => project !== name))
    .map((name) => `--project=${name}`);
}

/** A file that does not load and an error outside any test count as failures too. */
function counted(reportFile: string, exitCode: number): { passed: number; failed: number } {
  if (!existsSync(reportFile)) return { passed: 0, failed: 1 };
  const report: Report = JSON.parse(readFileSync(reportFile, 'utf8'));
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const failed = report.numFailedTests + brokenFiles;
  return { passed: report.numPassedTests, failed: failed === 0 && exitCode !== 0 ? 1 : failed };
}

/** Prints how many tests started a worker on each belt; `false` when the belts differ or none did. */
function reportWorkerTests(file: string, skips: readonly Skip[]): boolean {
  const marks = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  const tests = [...new Set(marks)].map((line): { backend: string } => JSON.parse(line));
  const onPostgres = tests.filter(({ backend }) => backend === 'postgres').length;
  const onRedis = tests.filter(({ backend }) => backend === 'redis').length;
  process.stdout.write(`tests that start a worker: postgres ${onPostgres}, redis ${onRedis}\n`);
  if (skips.some(({ project }) => project === 'integration-redis'))
    return onPostgres > 0 || !workersAreTested();
  return onPostgres === onRedis && (onPostgres > 0 || !workersAreTested());
}

/** Whether any test or harness file says that it starts workers. */
function workersAreTested(): boolean {
  return readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((path) => /^(integration|harness)\b.*\.tsx?$/.test(path) && !path.endsWith('services.ts'))
    .some((path) => readFileSync(join('test', path), 'utf8').includes('markStartsWorker('));
}
