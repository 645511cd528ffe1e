/** The sandbox that runs in this project, for commands that were given no environment. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Ready } from '../sandbox/ready-file.ts';

const READY = fileURLToPath(new URL('../.sandbox/ready.json', import.meta.url));

/** What `npm run dev` wrote when all was up; null when none runs. */
export function readRunningSandbox(): Ready | null {
  return existsSync(READY) ? (JSON.parse(readFileSync(READY, 'utf8')) as Ready) : null;
}
