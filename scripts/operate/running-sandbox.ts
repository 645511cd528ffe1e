/** The sandbox running in this project, for commands without an environment. */
import { existsSync, readFileSync } from 'node:fs';

/** npm runs a command in the project's folder. */
const READY = '.sandbox/ready.json';

/** The part of `ready.json` that commands need. In the production build they cannot import the sandbox itself. */
export type RunningSandbox = {
  readonly api_url: string;
  readonly api_key: string;
  readonly database_url: string;
  readonly stripe_url: string;
  readonly stripe_secret_key: string;
};

/** What `npm run dev` wrote when everything was up; null if none runs. */
export function readRunningSandbox(): RunningSandbox | null {
  return existsSync(READY) ? (JSON.parse(readFileSync(READY, 'utf8')) as RunningSandbox) : null;
}
