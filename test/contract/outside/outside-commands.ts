/** The commands as a stranger types them, in a copy of the project without a sandbox of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PARTS = [
  'src',
  'workers',
  'simulator',
  'sandbox',
  'scripts',
  'clients',
  'examples',
  'bench',
  'migrations',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

/** A folder with the sources in it and the dependencies linked; to be removed by the caller. */
export function copyProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'duecourse-clone-'));
  chmodSync(folder, 0o755);
  for (const part of PARTS) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

export type Environment = Readonly<Record<string, string>>;
export type Finished = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Nothing of this machine's configuration: only what the command was given. */
function environmentOf(env: Environment): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), ...env };
}

/** `npm run -s <words>`, to its end. */
export async function run(
  folder: string,
  words: readonly string[],
  env: Environment = {},
): Promise<Finished> {
  const child = spawn('npm', ['run', '-s', ...words], { cwd: folder, env: environmentOf(env) });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** The object that `--json` promises as the last line of stdout. */
export function lastLine(finished: Finished): unknown {
  const line = finished.stdout.trimEnd().split('\n').at(-1) ?? '';
  if (line === '') throw new Error(`nothing on stdout: ${finished.stderr}`);
  return JSON.parse(line);
}

export type Running = {
  readonly child: ChildProcess;
  /** The first line of stdout. */
  readonly firstLine: Promise<string>;
  readonly exited: Promise<number | null>;
  /** SIGTERM to npm, which passes it on; resolves with its exit code. */
  stop(): Promise<number | null>;
};

/** `npm run -s <words>` that stays up. */
export function start(folder: string, words: readonly string[], env: Environment = {}): Running {
  const child = spawn('npm', ['run', '-s', ...words], {
    cwd: folder,
    env: environmentOf(env),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const firstLine = once(createInterface(child.stdout), 'line').then(([line]) => String(line));
  return {
    child,
    firstLine,
    exited,
    stop: async () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

/** Whether a process is there; one that nobody has collected yet is dead all the same. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
