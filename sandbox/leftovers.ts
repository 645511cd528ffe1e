/**
 * What a crashed sandbox may have left: the file that says all is up, and processes whose watcher died with it.
 * postgres-orphan.ts looks after Postgres.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../src/platform/errors.ts';
import { commandLine, isAlive } from './postgres-orphan.ts';
import { removeReady } from './ready-file.ts';

type Noted = { readonly sandbox: number; readonly children: readonly { pid: number; script: string }[] };

const NAME = 'processes.json';

/** Records which processes this sandbox runs, for the next one. */
export function noteProcesses(folder: string, children: Noted['children']): void {
  writeFileSync(join(folder, NAME), `${JSON.stringify({ sandbox: process.pid, children })}\n`);
}

/** After a normal stop there is nothing to look for. */
export function forgetProcesses(folder: string): void {
  rmSync(join(folder, NAME), { force: true });
}

/**
 * Ends what a dead sandbox left running in this folder.
 *
 * @throws AppError `sandbox_in_use` if that sandbox is alive
 */
export function clearLeftovers(folder: string): void {
  const noted = readNoted(folder);
  if (noted !== null) {
    if (noted.sandbox !== process.pid && isSandbox(noted.sandbox)) {
      throw new AppError('sandbox_in_use', {
        message: `A sandbox is already running here (process ${noted.sandbox})`,
      });
    }
    // The pid may belong to another program by now: its command line must name the script that we ran.
    for (const { pid, script } of noted.children) {
      if (isAlive(pid) && commandLine(pid).includes(script)) process.kill(pid, 'SIGKILL');
    }
  }
  removeReady(folder);
}

function isSandbox(pid: number): boolean {
  return isAlive(pid) && /sandbox|demo|vitest|chaos/.test(commandLine(pid));
}

function readNoted(folder: string): Noted | null {
  try {
    return JSON.parse(readFileSync(join(folder, NAME), 'utf8')) as Noted;
  } catch {
    return null;
  }
}
