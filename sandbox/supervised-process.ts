/** A process that is started again when it dies: the sandbox's supervisor, as small as one can be. */
import { AppError } from '../src/platform/errors.ts';
import { type Exit, type NodeProcess, type NodeProcessOptions, startNodeProcess } from './node-process.ts';

/** Resolves when a line of stdout is the wanted one. */
export type SawLine = (wanted: (line: string) => boolean) => Promise<void>;

export type SupervisedOptions = Omit<NodeProcessOptions, 'onLine' | 'root'> & {
  /** Where its code is; a function is asked for each incarnation. */
  readonly root: string | (() => string);
  /** Added to the environment of the first incarnation only, because a failpoint must kill only once. */
  readonly firstEnv?: Readonly<Record<string, string>>;
  /** Resolves once this incarnation works; the signal fires when that no longer matters. */
  readonly untilReady: (sawLine: SawLine, signal: AbortSignal) => Promise<void>;
  readonly onExit: (exit: Exit) => void;
  /** Called when a later incarnation works. */
  readonly onRestart: () => void;
};

export type Supervised = {
  /** Of the incarnation that runs now. */
  pid(): number;
  stop(deadline_ms: number): Promise<void>;
};

/** A dead process is back within five seconds, start-up included. */
const RESTART_MS = 200;
const RESTART_MS_MAX = 3_000;
const START_MS_MAX = 60_000;

/**
 * Starts it and resolves once it works.
 *
 * @throws AppError `process_not_started` if the first incarnation ends or stays silent before it works
 */
export async function startSupervised(options: SupervisedOptions): Promise<Supervised> {
  let isStopping = false;
  let failures = 0;
  let current = await begin(options, { ...options.env, ...options.firstEnv });
  watch(current);

  function watch(watched: NodeProcess): void {
    void watched.exited.then((exit) => {
      options.onExit(exit);
      if (!isStopping) setTimeout(() => void again(), Math.min(RESTART_MS * 2 ** failures, RESTART_MS_MAX));
    });
  }

  async function again(): Promise<void> {
    if (isStopping) return;
    try {
      const started = spawnOne(options, options.env);
      current = started.child;
      watch(current);
      await started.ready;
      failures = 0;
      options.onRestart();
    } catch {
      // It ended before it worked: its end starts the next one, later each time.
      failures += 1;
    }
  }

  return {
    pid: () => current.pid,
    stop: async (deadline_ms) => {
      isStopping = true;
      if (current.isRunning()) await current.stop(deadline_ms);
    },
  };
}

async function begin(
  options: SupervisedOptions,
  env: Readonly<Record<string, string>>,
): Promise<NodeProcess> {
  const { child, ready } = spawnOne(options, env);
  try {
    await ready;
    return child;
  } catch (cause) {
    if (child.isRunning()) await child.stop(0);
    const lines = child.lastLines().join('\n');
    throw new AppError('process_not_started', { message: `${options.name} did not start:\n${lines}`, cause });
  }
}

function spawnOne(
  options: SupervisedOptions,
  env: Readonly<Record<string, string>>,
): { child: NodeProcess; ready: Promise<void> } {
  const waiting = new Set<(line: string) => void>();
  const child = startNodeProcess({
    ...options,
    root: typeof options.root === 'string' ? options.root : options.root(),
    env,
    onLine: (line) => {
      for (const see of [...waiting]) see(line);
    },
  });
  const sawLine: SawLine = (wanted) =>
    new Promise((resolve) => {
      const see = (line: string): void => {
        if (!wanted(line)) return;
        waiting.delete(see);
        resolve();
      };
      waiting.add(see);
    });
  const over = new AbortController();
  const ready = inTime(options.untilReady(sawLine, over.signal), child).finally(() => over.abort());
  return { child, ready };
}

async function inTime(ready: Promise<void>, child: NodeProcess): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new AppError('process_not_ready')), START_MS_MAX);
  });
  const ended = child.exited.then(() => {
    throw new AppError('process_ended');
  });
  try {
    await Promise.race([ready, late, ended]);
  } finally {
    clearTimeout(timer);
    // The promise that lost the race may still reject; nobody listens.
    ended.catch(() => {});
  }
}
