/** `.sandbox/ready.json`: where everything is. It exists exactly while all of it is up. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Ready = {
  readonly api_url: string;
  readonly api_key: string;
  readonly stripe_url: string;
  readonly stripe_secret_key: string;
  readonly stripe_publishable_key: string;
  readonly stripe_webhook_secret: string;
  readonly inbox_url: string;
  readonly database_url: string;
  readonly redis_url: string | null;
  readonly test_clock_url: string;
  readonly pids: {
    readonly sandbox: number;
    readonly api: number;
    readonly workers: readonly number[];
    readonly simulator: number;
    readonly postgres: number;
  };
};

const NAME = 'ready.json';

/** Written aside and renamed, so that it is never seen half-written. It holds secrets, but only those of a sandbox. */
export function writeReady(folder: string, ready: Ready): void {
  const aside = join(folder, `${NAME}.${process.pid}`);
  writeFileSync(aside, `${JSON.stringify(ready, null, 2)}\n`, { mode: 0o600 });
  renameSync(aside, join(folder, NAME));
}

/** Removes it, if it is there. */
export function removeReady(folder: string): void {
  rmSync(join(folder, NAME), { force: true });
}
