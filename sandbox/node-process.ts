/**
 * One of our programs as a child process, with its lines in a log file and its exit recorded.
 *
 * It runs in a process group of its own, so that Ctrl-C reaches the sandbox alone and the sandbox decides the order in
 * which things stop. It ends with the sandbox, however that ends.
 */
import { spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { AppError } from '../src/platform/errors.ts';
import { endWithParent, letGo } from './child-process.ts';

/** How a process ended: `signal` when it was killed, else `code`. */
export type Exit = {
  readonly name: string;
  readonly pid: number;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** ISO 8601, real time. */
  readonly at: string;
};

export type NodeProcessOptions = {
  /** Names its log file. */
  readonly name: string;
  /** From the project's root, e.g. `workers/main.ts`. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly root: string;
  readonly logFolder: string;
  /** Lines that hold secrets and stay out of the log file. */
  readonly isSecret?: (line: string) => boolean;
  /** Each line of stdout. */
  readonly onLine?: (line: string) => void;
};

export type NodeProcess = {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<Exit>;
  isRunning(): boolean;
  /** SIGTERM, and SIGKILL after `deadline_ms`. */
  stop(deadline_ms: number): Promise<Exit>;
  /** The last lines it wrote, for an error message. */
  lastLines(): readonly string[];
};

const LINES_KEPT = 20;

/** Starts it; says nothing about whether it works. */
export function startNodeProcess(options: NodeProcessOptions): NodeProcess {
  const { name, script, args = [], env, root, logFolder, isSecret, onLine } = options;
  // A build needs no compiler at run time.
  const loader = script.endsWith('.ts') ? ['--import', 'tsx'] : [];
  const child = spawn(process.execPath, [...loader, script, ...args], {
    cwd: root,
    env: { ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) throw new AppError('process_not_started', { message: `${name} did not start` });
  const dismiss = endWithParent(pid);
  const file = createWriteStream(join(logFolder, `${name}.log`), { flags: 'a' });
  const last: string[] = [];
  const keep = (line: string): void => {
    writeLine(file, line);
    last.push(line);
    if (last.length > LINES_KEPT) last.shift();
  };
  createInterface({ input: child.stderr }).on('line', keep);
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (isSecret?.(line) !== true) keep(line);
    onLine?.(line);
  });
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => {
      dismiss();
      const exit = { name, pid, code, signal, at: new Date().toISOString() };
      file.end(`${JSON.stringify({ event: 'process.exited', part: name, ...exit })}\n`);
      resolve(exit);
    });
  });
  letGo(child);
  return {
    name,
    pid,
    exited,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    stop: async (deadline_ms) => {
      child.ref();
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), deadline_ms);
      const exit = await exited;
      clearTimeout(killer);
      return exit;
    },
    lastLines: () => last,
  };
}

/** Wraps what is not JSON (a warning from Node, a crash), so that a log file is JSON lines throughout. */
function writeLine(file: WriteStream, line: string): void {
  file.write(line.startsWith('{') ? `${line}\n` : `${JSON.stringify({ event: 'process.said', line })}\n`);
}
