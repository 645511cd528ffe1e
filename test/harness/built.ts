/**
 * Our programs as they are deployed: built once for the whole run. A process that compiles itself first takes twice as
 * long to start, and the tests start hundreds.
 */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What starts the program whose source is `script`, e.g. `workers/main.ts`, from the project's root. */
export function builtScript(script: string): string {
  return `dist/${script.replace(/\.ts$/, '.js')}`;
}

/** Builds them all. Files that are as they were stay untouched, so that another run beside this one can start them. */
export async function buildPrograms(): Promise<void> {
  const typescript = createRequire(import.meta.url).resolve('typescript/package.json');
  const compiler = join(dirname(typescript), 'bin', 'tsc');
  // Types are checked by `npm run check`; a test tells a wrong one by what it does.
  const args = ['-p', 'tsconfig.build.json', '--noCheck', '--incremental', '--tsBuildInfoFile'];
  await promisify(execFile)(process.execPath, [compiler, ...args, 'dist/.tsbuildinfo'], { cwd: ROOT });
}
