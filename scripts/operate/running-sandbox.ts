/** The sandbox that runs in this project, for commands that were given no environment. */
import { existsSync, readFileSync } from 'node:fs';

/** npm runs a command in the project's folder. */
const READY = '.sandbox/ready.json';

/** As much of `ready.json` as commands need; built for production, they know nothing of the sandbox itself. */
export type RunningSandbox = {
  readonly database_url: string;
  readonly stripe_url: string;
  readonly stripe_secret_key: string;
};

/** What `npm run dev` wrote when all was up; null when none runs. */
export function readRunningSandbox(): RunningSandbox | null {
  return existsSync(READY) ? (JSON.parse(readFileSync(READY, 'utf8')) as RunningSandbox) : null;
}
