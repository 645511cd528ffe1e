/**
 * Runs the everyday tests (vitest.config.ts lists those left to the full run) on what this machine has. It skips by
 * name what the machine lacks, with the one command that would enable it; under CI=true such a skip is a failure. The
 * last line is only `N passed, N failed`.
 *
 *   --all           the full run: both belts, the Cluster, tests that kill processes, every walk in the browser
 *   --backend B,…   all the integration tests and nothing else, on these belts: postgres (and those without a queue),
 *                   redis, redis-cluster
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumPath } from '../sandbox/chromium.ts';
import { redisServerPath } from '../sandbox/redis.ts';
import { isRedisAvailable } from '../test/harness/services/provision.ts';
import type { QueueBackend } from '../test/harness/services/services.ts';
import { projects, wholeProjects } from '../vitest.config.ts';

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

/** The projects that can run all integration tests of the queue, by name. */
const BELTS: Readonly<Record<QueueBackend, string>> = {
  postgres: 'integration-postgres',
  redis: 'integration-redis',
  'redis-cluster': 'integration-redis-cluster',
};
/** These start servers of their own: the one at TEST_REDIS_URL is not enough. */
const OWN_REDIS = [BELTS['redis-cluster'], 'cluster', 'redis'];

const { isAll, backends, extraArgs } = readArguments(process.argv.slice(2));
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
  const isPartial = extraArgs.length > 0;
  const isBalanced = isPartial || reportWorkerTests(workerTestsFile, skips);
  const failures = failed + (isBalanced ? 0 : 1) + (isCi ? skips.length : 0);
  if (isEveryday()) process.stdout.write('the everyday tests; everything: npm run test:all\n');
  process.stdout.write(`${passed} passed, ${failures} failed\n`);
  return failures === 0 ? 0 : 1;
}

type Arguments = { isAll: boolean; backends: QueueBackend[] | null; extraArgs: string[] };

/** Our own options, and those that we pass on to vitest. */
function readArguments(given: readonly string[]): Arguments {
  const isAll = given.includes('--all');
  const args = given.filter((arg) => arg !== '--all');
  const at = args.indexOf('--backend');
  if (at === -1) return { isAll, backends: null, extraArgs: args };
  const backends = (args[at + 1] ?? '').split(',').map((name) => {
    if (name in BELTS) return name as QueueBackend;
    throw new RangeError(`--backend takes ${Object.keys(BELTS).join(', ')}`);
  });
  return { isAll, backends, extraArgs: args.toSpliced(at, 2) };
}

/** If you name files, projects or belts, they run, everyday or not. */
function isEveryday(): boolean {
  return !isAll && backends === null && extraArgs.length === 0;
}

/** The projects of this run. On a Cluster, all integration tests of the queue run only on request. */
function wanted(): string[] {
  if (backends !== null) return backends.map((backend) => BELTS[backend]);
  const others = [BELTS['redis-cluster'], ...(isEveryday() ? wholeProjects : [])];
  return projects.map(({ test }) => String(test?.name)).filter((name) => !others.includes(name));
}

/** What each of these projects needs and this machine lacks. */
async function missing(): Promise<Skip[]> {
  const skips: Skip[] = [];
  const redis = { lacks: 'Redis', enable: install('redis-server', 'redis') };
  if (!(await isRedisAvailable())) skips.push({ project: BELTS.redis, ...redis });
  if (redisServerPath() === null) skips.push(...OWN_REDIS.map((project) => ({ project, ...redis })));
  if (existsSync('test/browser') && !chromiumPath()) {
    skips.push({ project: 'browser', lacks: 'Chromium', enable: install('chromium', '--cask chromium') });
  }
  return skips.filter(({ project }) => wanted().includes(project));
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
    env: {
      ...process.env,
      DUECOURSE_TESTS: isEveryday() ? 'everyday' : 'all',
      DUECOURSE_WORKER_TESTS_FILE: workerTestsFile,
    },
  });
  // Ctrl-C reaches vitest directly; it needs time to stop its services.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const [code] = await once(child, 'exit');
  return typeof code === 'number' ? code : 1;
}

/** Names the projects that are not skipped: vitest reads `!name` beside a name as "either". */
function chosen(skips: readonly Skip[]): string[] {
  if (extraArgs.some((arg) => arg.startsWith('--project'))) return [];
  return wanted()
    .filter((name) => skips.every(({ project }) => project !== name))
    .map((name) => `--project=${name}`);
}

/** A file that does not load, and an error outside any test, count as failures too. */
function counted(reportFile: string, exitCode: number): { passed: number; failed: number } {
  if (!existsSync(reportFile)) return { passed: 0, failed: 1 };
  const report: Report = JSON.parse(readFileSync(reportFile, 'utf8'));
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const failed = report.numFailedTests + brokenFiles;
  return { passed: report.numPassedTests, failed: failed === 0 && exitCode !== 0 ? 1 : failed };
}

/** Prints how many tests started a worker on each belt; `false` if the belts differ or none did. */
function reportWorkerTests(file: string, skips: readonly Skip[]): boolean {
  const marks = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  const tests = [...new Set(marks)]
    .map((line): { backend: string; test: string } => JSON.parse(line))
    // The others, such as the browser's, run on one belt only.
    .filter(({ test }) => test.includes('/test/integration/'));
  const count = (belt: string): number => tests.filter(({ backend }) => backend === belt).length;
  const counts = Object.keys(BELTS).map((belt) => ({ belt, count: count(belt) }));
  process.stdout.write(
    `tests that start a worker: ${counts.map((each) => `${each.belt} ${each.count}`).join(', ')}\n`,
  );
  const whole = (backends ?? (['postgres', 'redis'] as const))
    .filter((belt) => wanted().includes(BELTS[belt]) && skips.every(({ project }) => project !== BELTS[belt]))
    .map(count);
  return new Set(whole).size <= 1 && (whole.every((each) => each > 0) || !workersAreTested());
}

/** Whether any test or harness file says that it starts workers. */
function workersAreTested(): boolean {
  return readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((path) => /^(integration|harness)\b.*\.tsx?$/.test(path) && !path.endsWith('services.ts'))
    .some((path) => readFileSync(join('test', path), 'utf8').includes('markStartsWorker('));
}
