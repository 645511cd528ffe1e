/** Our processes as children of a test, and every line that they wrote. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Exit, type NodeProcess, startNodeProcess } from '../../sandbox/node-process.ts';
import { builtScript } from './built.ts';
import { markStartsWorker } from './services/services.ts';
import { until } from './until.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const STOP_MS = 8_000;
const START_MS = 60_000;

export type ProcessOptions = {
  /** In the form of DUECOURSE_FAILPOINTS. */
  readonly failpoints?: string;
  /** A worker's roles; all by default. */
  readonly roles?: string;
};

export type Family = ReturnType<typeof childrenOf>;

/** Starts processes with this environment, and stops all that still run. */
export function childrenOf(env: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'duecourse-stack-'));
  const started: NodeProcess[] = [];
  return {
    spawn(script: string, failpoints: string | undefined, args: readonly string[]): NodeProcess {
      const child = startNodeProcess({
        name: `${started.length}`,
        script: builtScript(script),
        args,
        env: failpoints === undefined ? env : { ...env, DUECOURSE_FAILPOINTS: failpoints },
        root: ROOT,
        logFolder: folder,
      });
      started.push(child);
      return child;
    },
    /** What a process wrote to stdout and stderr, line by line. */
    linesOf: (child: NodeProcess): string[] => read(folder, child),
    /** What all processes wrote, line by line. */
    allLines: (): string[] => started.flatMap((child) => read(folder, child)),
    async stopAll(): Promise<void> {
      const running = started.filter((child) => child.isRunning());
      // A process that was stopped by a signal would never see the next.
      for (const child of running) process.kill(child.pid, 'SIGCONT');
      await Promise.all(running.map((child) => child.stop(STOP_MS)));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function read(folder: string, child: NodeProcess): string[] {
  try {
    return readFileSync(join(folder, `${child.name}.log`), 'utf8')
      .split('\n')
      .filter(Boolean);
  } catch {
    return [];
  }
}

/** Resolves once it answers. */
export async function startApi(family: Family, api_url: string, given: ProcessOptions): Promise<NodeProcess> {
  const child = family.spawn('src/server.ts', given.failpoints, ['--timings', 'chaos']);
  await until(
    'the API answers',
    async () => {
      if (!child.isRunning()) throw new Error(`the API ended:\n${child.lastLines().join('\n')}`);
      const response = await fetch(`${api_url}/readyz`).catch(() => null);
      await response?.arrayBuffer();
      return response?.ok === true;
    },
    { most_ms: START_MS },
  );
  return child;
}

/** Resolves once it has begun to work, or a failpoint has killed it before it could say so. */
export async function startWorker(family: Family, given: ProcessOptions): Promise<NodeProcess> {
  markStartsWorker();
  const roles = given.roles === undefined ? [] : ['--roles', given.roles];
  const child = family.spawn('workers/main.ts', given.failpoints, ['--timings', 'chaos', ...roles]);
  await until(
    'the worker works',
    () => {
      const lines = child.lastLines().join('\n');
      if (!child.isRunning() && !lines.includes('failpoint.hit'))
        throw new Error(`a worker ended:\n${lines}`);
      return !child.isRunning() || lines.includes('"worker.started"');
    },
    { most_ms: START_MS },
  );
  return child;
}

/** How a process ended. */
export async function endOf(child: NodeProcess, most_ms = 60_000): Promise<Exit> {
  let exit: Exit | null = null;
  void child.exited.then((told) => {
    exit = told;
  });
  return until('the process ends', () => exit, { most_ms, tell: () => child.lastLines() });
}
