/** A Postgres whose data folder is copied while it is stopped, and put back later: the plainest backup there is. */
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../sandbox/postgres.ts';
import { scratchFolder } from '../../../sandbox/scratch-folder.ts';

export type DataFolder = {
  /** Database `postgres`, as superuser, straight to the server. */
  readonly url: string;
  readonly port: number;
  /** Stops the server, copies its folder, starts it again. */
  backUp(): Promise<void>;
  /** Stops the server, puts the copy in the place of its folder, starts it again. */
  putBack(): Promise<void>;
  close(): Promise<void>;
};

/** Starts a Postgres on a folder of its own. */
export async function openDataFolder(): Promise<DataFolder> {
  const folder = scratchFolder('duecourse-loss-');
  const options = { dataDir: join(folder, 'postgres'), durable: true, log: () => {} };
  let running: EmbeddedPostgres = await startEmbeddedPostgres({ ...options, fresh: true });
  const { dataDir, url } = running;
  const backup = join(dataDir, '..', `${dataDir.split('/').at(-1)}-backup`);
  const port = Number(new URL(url).port);
  const whileStopped = async (work: () => void): Promise<void> => {
    await running.stop();
    work();
    running = await startEmbeddedPostgres({ ...options, port });
  };
  return {
    url,
    port,
    backUp: () =>
      whileStopped(() => {
        rmSync(backup, { recursive: true, force: true });
        copy(dataDir, backup);
      }),
    putBack: () =>
      whileStopped(() => {
        for (const name of readdirSync(dataDir)) rmSync(join(dataDir, name), { recursive: true });
        copy(`${backup}/.`, dataDir);
      }),
    close: async () => {
      await running.stop();
      for (const each of [dataDir, backup, folder]) rmSync(each, { recursive: true, force: true });
    },
  };
}

/** With owners and modes, which Postgres insists on. */
function copy(from: string, to: string): void {
  const { status, stderr } = spawnSync('cp', ['-a', from, to], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the data folder was not copied: ${stderr}`);
}
