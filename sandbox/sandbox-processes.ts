/** The sandbox's API and workers, each started again when it dies. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Variable } from '../src/platform/config.ts';
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
  /** Starts what `npm run build` made, in half the time of the sources. */
  readonly built?: boolean;
  readonly onExit: (exit: Exit) => void;
  readonly onRestart: () => void;
};

export type Processes = { readonly api: Supervised; readonly workers: readonly Supervised[] };

/** Where the programs are, both in the sources and in the build, without file extension. */
export const API_PROGRAM = 'src/server';
export const WORKER_PROGRAM = 'workers/main';

const WORKERS = 2;
/** Longer than the processes' own deadline, so that theirs comes first. */
const STOP_MS = 25_000;
const READY_POLL_MS = 50;

type Own = Pick<SupervisedOptions, 'name' | 'script' | 'args' | 'firstEnv' | 'untilReady'>;

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
  const program = (path: string): string => (options.built ? `dist/${path}.js` : `${path}.ts`);
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
