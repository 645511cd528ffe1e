/** The sandbox's API and workers, each started again when it dies. */
import { execFile } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Variable } from '../src/platform/config.ts';
import { AppError } from '../src/platform/errors.ts';
import type { Exit } from './node-process.ts';
import { type Supervised, type SupervisedOptions, startSupervised } from './supervised-process.ts';

export type ProcessEnvironment = Readonly<Partial<Record<Variable, string>>>;

/** For the first incarnation of each only, e.g. DUECOURSE_FAILPOINTS; workers by their index. */
export type FirstEnvironment = {
  readonly api?: ProcessEnvironment;
  readonly workers?: readonly ProcessEnvironment[];
};

export type ProcessesOptions = {
  readonly root: string;
  readonly logFolder: string;
  readonly api_url: string;
  readonly env: Readonly<Record<string, string>>;
  readonly firstEnv?: FirstEnvironment;
  readonly workers?: number;
  readonly timings?: 'production' | 'chaos';
  /** What `npm run build` makes is there, and new. */
  readonly built?: boolean;
  readonly onExit: (exit: Exit) => void;
  readonly onRestart: () => void;
};

export type Processes = { readonly api: Supervised; readonly workers: readonly Supervised[] };

/** Where the programs are in the build, without file extension. */
export const API_PROGRAM = 'src/server';
export const WORKER_PROGRAM = 'workers/main';

const WORKERS = 2;
/** Longer than the processes' own deadline, so that theirs comes first. */
const STOP_MS = 25_000;
const READY_POLL_MS = 50;

type Own = Pick<SupervisedOptions, 'name' | 'script' | 'args' | 'firstEnv' | 'untilReady'>;

const BUILD_MS = 120_000;

/** A program from its sources takes three times as long to start as one that is built, and three are started. */
async function build(root: string): Promise<void> {
  const args = ['--import', 'tsx', 'scripts/build.ts'];
  try {
    await promisify(execFile)(process.execPath, args, { cwd: root, timeout: BUILD_MS });
  } catch (cause) {
    throw new AppError('process_not_started', { message: 'npm run build does not end well', cause });
  }
}

/**
 * Starts all at once and resolves when all work; first puts their stop on `stops`.
 *
 * @throws AppError `process_not_started`
 */
export async function startProcesses(
  options: ProcessesOptions,
  stops: { push(stop: () => Promise<unknown>): unknown },
): Promise<Processes> {
  const { root, logFolder, env, onExit, onRestart, firstEnv, api_url } = options;
  const running: Supervised[] = [];
  stops.push(() => Promise.all(running.map((one) => one.stop(STOP_MS))));
  const run = async (own: Own): Promise<Supervised> => {
    const supervised = await startSupervised({ root, logFolder, env, onExit, onRestart, ...own });
    running.push(supervised);
    return supervised;
  };
  if (!options.built) await build(root);
  const program = (path: string): string => `dist/${path}.js`;
  const args = options.timings === undefined ? [] : ['--timings', options.timings];
  const api = run({
    name: 'api',
    script: program(API_PROGRAM),
    args,
    firstEnv: defined(firstEnv?.api),
    untilReady: (_sawLine, signal) => untilAnswers(`${api_url}/readyz`, signal),
  });
  const workers = Array.from({ length: options.workers ?? WORKERS }, (_, index) =>
    run({
      name: `worker-${index + 1}`,
      script: program(WORKER_PROGRAM),
      args,
      firstEnv: defined(firstEnv?.workers?.[index]),
      untilReady: (sawLine) => sawLine((line) => line.includes('"worker.started"')),
    }),
  );
  // Let every start finish before the failure of one stops the rest.
  await Promise.allSettled([api, ...workers]);
  return { api: await api, workers: await Promise.all(workers) };
}

function defined(env: ProcessEnvironment | undefined): Record<string, string> {
  const entries = Object.entries(env ?? {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

async function untilAnswers(url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const response = await fetch(url, { signal }).catch(() => null);
    await response?.arrayBuffer().catch(() => {});
    if (response?.ok === true) return;
    await wait(READY_POLL_MS);
  }
}
