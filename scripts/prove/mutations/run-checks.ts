/** Runs vitest and tsc in a copy of the tree and returns what they report. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from './mutation.ts';

export type TestSaid = {
  readonly file: string;
  readonly name: string;
  readonly status: string;
  /** The first failure as vitest prints it, or nothing. */
  readonly failure: string;
};

export type FileSaid = {
  readonly file: string;
  readonly passed: boolean;
  readonly ms: number;
  /** Names as vitest's JSON has them: without a sign between a suite and its tests. */
  readonly tests: readonly { readonly name: string; readonly status: string; readonly ms: number }[];
};

type Report = {
  testResults: {
    name: string;
    status: string;
    startTime: number;
    endTime: number;
    assertionResults: {
      fullName: string;
      status: string;
      duration?: number | null;
      failureMessages: string[];
    }[];
  }[];
};

type Asked = Pick<Check, 'project'> & {
  readonly files: readonly string[];
  readonly names: readonly string[];
};

/** After this we end a run and its processes. */
const RUN_MS = 300_000;
const WHOLE_RUN_MS = 3_600_000;

const underWay = new Set<number>();
process.on('exit', () => {
  for (const pid of underWay) endGroup(pid);
});

/** The results of the tests with these names in these files; nothing if no file loads. */
export async function runTests(root: string, asked: Asked, env: NodeJS.ProcessEnv): Promise<TestSaid[]> {
  const pattern = asked.names.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  const which = pattern === '' ? [] : ['-t', pattern];
  const results = await report(root, ['--project', asked.project, ...asked.files, ...which], env, RUN_MS);
  return results.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, status, failureMessages }) => ({
      file: name.slice(root.length + 1),
      name: fullName,
      status,
      failure: failureMessages[0] ?? '',
    })),
  );
}

/** What each test file said, and how long it took, of a run of many. */
export async function runFiles(
  root: string,
  which: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<FileSaid[]> {
  const results = await report(root, which, env, WHOLE_RUN_MS);
  return results.map(({ name, status, startTime, endTime, assertionResults }) => ({
    file: name.slice(root.length + 1),
    passed: status === 'passed',
    ms: endTime - startTime,
    tests: assertionResults.map((one) => ({
      name: one.fullName,
      status: one.status,
      ms: one.duration ?? 0,
    })),
  }));
}

async function report(
  root: string,
  which: readonly string[],
  env: NodeJS.ProcessEnv,
  run_ms: number,
): Promise<Report['testResults']> {
  const path = join(root, 'mutation-report.json');
  rmSync(path, { force: true });
  const to = ['--reporter=json', `--outputFile=${path}`];
  await run(root, env, ['node_modules/vitest/vitest.mjs', 'run', ...which, ...to], run_ms);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Report).testResults : [];
}

/** What the compiler objects to, or empty. The compiler keeps its build info for the next run. */
export async function compilerErrors(root: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { code, out } = await run(root, env, [
    'node_modules/typescript/bin/tsc',
    ...['--noEmit', '--incremental', '--tsBuildInfoFile', join(root, 'mutation.tsbuildinfo')],
  ]);
  return code === 0 ? '' : out.trim() || `tsc ended with ${code}`;
}

function run(
  cwd: string,
  env: NodeJS.ProcessEnv,
  args: readonly string[],
  run_ms = RUN_MS,
): Promise<{ code: number | null; out: string }> {
  return new Promise((resolve, reject) => {
    // In a group of its own, so that we can end one that hangs together with its workers.
    const child = spawn(process.execPath, args, { cwd, env, detached: true });
    const pid = child.pid ?? 0;
    underWay.add(pid);
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.resume();
    const timer = setTimeout(() => endGroup(pid), run_ms);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      underWay.delete(pid);
      resolve({ code, out });
    });
  });
}

function endGroup(pid: number): void {
  if (pid === 0) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}
