/**
 * Our processes under test: the API and two workers. Each is started again when it dies, and faults strike them here.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Exit } from '../../sandbox/node-process.ts';
import { type Supervised, startSupervised } from '../../sandbox/supervised-process.ts';

export const WORKERS = ['worker-1', 'worker-2'] as const;
export type Member = 'api' | (typeof WORKERS)[number];

export type Crew = {
  /** Sends a signal to the running incarnation. Returns its pid, or null when none runs. */
  signal(member: Member, signal: NodeJS.Signals): number | null;
  /** Resolves with how that incarnation ended, or null after `most_ms`. */
  endOf(pid: number, most_ms: number): Promise<Exit | null>;
  /** Whether all of them work. */
  isUp(): boolean;
  isUpNow(member: Member): boolean;
  /** Their next incarnations are of the other build, if there are two: of the workers, always one is of each. */
  changeBuild(members: readonly Member[]): void;
  /** How many incarnations were of the earlier build. */
  startsOfEarlier(): number;
  stop(): Promise<void>;
};

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const POLL_MS = 20;
/** The built files, because a process that compiles itself first takes twice as long to come back. */
const SCRIPTS = { api: 'dist/src/server.js', worker: 'dist/workers/main.js' } as const;
const TIMINGS = ['--timings', 'chaos'];

/** Who begins with the earlier build where there are two: one worker of each, and the older API on today's schema. */
const FIRST_EARLIER: readonly Member[] = ['api', 'worker-1'];

/** Starts all processes and resolves when all work. */
export async function startCrew(options: {
  readonly env: Readonly<Record<string, string>>;
  readonly api_url: string;
  readonly logFolder: string;
  /** Another build of ours, run beside today's. */
  readonly earlier_root?: string | null;
}): Promise<Crew> {
  const earlier = options.earlier_root ?? null;
  const isEarlier = new Set(earlier === null ? [] : FIRST_EARLIER);
  const startedEarlier = new Set<Member>();
  let startsOfEarlier = 0;
  const up = new Set<Member>();
  const exits: Exit[] = [];
  const running = new Map<Member, Supervised>();

  async function start(name: Member): Promise<void> {
    const supervised = await startSupervised({
      name,
      script: name === 'api' ? SCRIPTS.api : SCRIPTS.worker,
      args: TIMINGS,
      env: options.env,
      root: () => {
        startedEarlier.delete(name);
        if (earlier === null || !isEarlier.has(name)) return ROOT;
        startedEarlier.add(name);
        startsOfEarlier += 1;
        return earlier;
      },
      logFolder: options.logFolder,
      untilReady: (sawLine, signal) =>
        name === 'api'
          ? untilAnswers(`${options.api_url}/readyz`, signal)
          : sawLine((line) => line.includes('"worker.started"')),
      onExit: (exit) => {
        up.delete(name);
        exits.push(exit);
      },
      onRestart: () => {
        up.add(name);
        const pid = running.get(name)?.pid();
        // It was on its way up when its build was changed.
        if (startedEarlier.has(name) !== isEarlier.has(name) && pid !== undefined) reached(pid, 'SIGTERM');
      },
    });
    running.set(name, supervised);
    up.add(name);
  }

  const stop = async (): Promise<void> => {
    await Promise.all([...running.values()].map((one) => one.stop(0)));
  };
  const started = await Promise.allSettled((['api', ...WORKERS] as const).map(start));
  const failed = started.find((each) => each.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  return {
    signal: (member, signal) => {
      const pid = running.get(member)?.pid();
      return pid !== undefined && reached(pid, signal) ? pid : null;
    },
    endOf: async (pid, most_ms) => {
      const end_ms = performance.now() + most_ms;
      for (;;) {
        const exit = exits.find((each) => each.pid === pid);
        if (exit !== undefined || performance.now() > end_ms) return exit ?? null;
        await wait(POLL_MS);
      }
    },
    isUp: () => up.size === running.size,
    isUpNow: (member) => up.has(member),
    changeBuild: (members) => {
      for (const member of members) if (!isEarlier.delete(member) && earlier !== null) isEarlier.add(member);
    },
    startsOfEarlier: () => startsOfEarlier,
    stop,
  };
}

function reached(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

async function untilAnswers(url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const response = await fetch(url, { signal }).catch(() => null);
    await response?.arrayBuffer().catch(() => {});
    if (response?.ok === true) return;
    await wait(POLL_MS);
  }
}
