/** A process of the benchmark's own, which says a line of JSON when it is ready, and acts on signals. */
import { type NodeProcess, startNodeProcess } from '../../sandbox/node-process.ts';
import { ROOT } from './ground.ts';

export type Child = Pick<NodeProcess, 'pid'> & {
  /** The next line of stdout that begins with `{`; rejects when the process ends instead, or says nothing for minutes. */
  line<T>(): Promise<T>;
  /** Tells it to go on. */
  go(): void;
  stop(): Promise<void>;
};

export type ChildOptions = {
  readonly name: string;
  /** From the project's root. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFolder: string;
};

/** Longer than our own processes' deadline. */
const STOP_MS = 25_000;
const SILENT_MS = 300_000;

export function startChild(options: ChildOptions): Child {
  const lines: string[] = [];
  const waiting: ((line: string) => void)[] = [];
  const process_ = startNodeProcess({
    ...options,
    root: ROOT,
    onLine: (line) => {
      if (!line.startsWith('{')) return;
      const next = waiting.shift();
      if (next === undefined) lines.push(line);
      else next(line);
    },
  });
  const ended = process_.exited.then(() => {
    throw new Error(`${options.name} ended:\n${process_.lastLines().join('\n')}`);
  });
  ended.catch(() => {});
  return {
    pid: process_.pid,
    async line<T>() {
      const next = lines.shift() ?? new Promise<string>((resolve) => void waiting.push(resolve));
      let timer: NodeJS.Timeout | undefined;
      const silent = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`${options.name} says nothing`)), SILENT_MS);
      });
      try {
        return JSON.parse(await Promise.race([next, ended, silent])) as T;
      } finally {
        clearTimeout(timer);
      }
    },
    go: () => void process.kill(process_.pid, 'SIGUSR2'),
    async stop() {
      // A process that is held would never see the next signal.
      if (process_.isRunning()) process.kill(process_.pid, 'SIGCONT');
      if (process_.isRunning()) await process_.stop(STOP_MS);
    },
  };
}
