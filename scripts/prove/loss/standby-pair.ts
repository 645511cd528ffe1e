/** A primary and a standby that streams from it, by the PostgreSQL that this machine has installed. */
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startEmbeddedPostgres } from '../../../sandbox/postgres.ts';
import { dataFolder, postgresUser } from '../../../sandbox/postgres-home.ts';
import { scratchFolder } from '../../../sandbox/scratch-folder.ts';
import { openProxy, type TcpProxy } from '../../../test/chaos/proxy.ts';
import { onServer } from '../../../test/harness/services/on-server.ts';
import { installedPostgres, POSTGRES_MISSING } from './installed-postgres.ts';

export type StandbyPair = {
  /** Database `postgres`, as superuser, straight to the primary. */
  readonly url: string;
  /** Resolves when the standby has replayed everything that the primary has written. */
  untilReplayed(): Promise<void>;
  /** Tears the stream and holds it shut: the standby misses what is written from now on. */
  stopStreaming(): void;
  /** Kills the primary as a power cut would, and promotes the standby. Resolves with the port that takes writes. */
  failOver(): Promise<number>;
  close(): Promise<void>;
};

const run = promisify(execFile);
const POLL_MS = 20;
const REPLAYED_MS = 20_000;
const PASSWORD = /:([^:@/]*)@/;
/** The disk's cache survives a process, and processes are all that is killed here. */
const SETTINGS = { wal_level: 'replica', max_wal_senders: 4, hot_standby: 'on', fsync: 'off' } as const;

/**
 * Starts both. `synchronous`: a commit is acknowledged once the standby has it on its disk.
 *
 * @throws Error with `POSTGRES_MISSING` if no server is installed
 */
export async function openStandbyPair(synchronous: boolean): Promise<StandbyPair> {
  const bin = installedPostgres();
  if (bin === null) throw new Error(POSTGRES_MISSING);
  const folder = scratchFolder('duecourse-standby-');
  const server = { bin, settings: SETTINGS, log: () => {} };
  const primary = await startEmbeddedPostgres({ ...server, dataDir: join(folder, 'primary'), fresh: true });
  const stream = await openProxy();
  stream.aim(Number(new URL(primary.url).port));
  const copy = dataFolder(postgresUser(), join(folder, 'standby'));
  await copyPrimary({ bin, url: primary.url, stream, copy });
  const standby = await startEmbeddedPostgres({ ...server, dataDir: copy });
  // Afterwards, because the copy must not wait for a standby of its own once it is the primary.
  if (synchronous) await waitForStandby(primary.url);
  return {
    url: primary.url,
    untilReplayed: () => untilReplayed(primary.url, standby.url),
    stopStreaming: () => {
      stream.weather({ kind: 'refuse' });
      stream.cut();
    },
    failOver: async () => {
      process.kill(primary.pid, 'SIGQUIT');
      await primary.stop();
      await run(join(bin, 'pg_ctl'), ['promote', '-w', '-D', copy], { ...postgresUser(), cwd: '/' });
      return Number(new URL(standby.url).port);
    },
    close: async () => {
      await standby.stop();
      await primary.stop();
      await stream.close();
      for (const each of [copy, primary.dataDir, folder]) rmSync(each, { recursive: true, force: true });
    },
  };
}

/** The password goes by the environment: a command line can be read by everybody. */
async function copyPrimary(given: {
  readonly bin: string;
  readonly url: string;
  readonly stream: TcpProxy;
  readonly copy: string;
}): Promise<void> {
  const { bin, url, stream, copy } = given;
  const from = ['-h', '127.0.0.1', '-p', String(stream.port), '-U', 'postgres'];
  const how = ['-R', '-X', 'stream', '-c', 'fast', '--no-sync', '-C', '-S', 'standby'];
  const env = { PATH: process.env.PATH, LC_ALL: 'C', PGPASSWORD: PASSWORD.exec(url)?.[1] ?? '' };
  await run(join(bin, 'pg_basebackup'), ['-D', copy, ...from, ...how], {
    ...postgresUser(),
    cwd: '/',
    env,
  });
}

const waitForStandby = (url: string): Promise<void> =>
  onServer(url, async (sql) => {
    await sql`alter system set synchronous_standby_names = '*'`;
    await sql`select pg_reload_conf()`;
  });

function untilReplayed(primary: string, standby: string): Promise<void> {
  return onServer(primary, async (sql) => {
    const [row] = await sql<{ lsn: string }[]>`select pg_current_wal_flush_lsn()::text as lsn`;
    await onServer(standby, async (replica) => {
      const end_ms = performance.now() + REPLAYED_MS;
      for (;;) {
        const [seen] = await replica<{ done: boolean }[]>`
          select pg_last_wal_replay_lsn() >= ${row?.lsn ?? ''}::pg_lsn as done`;
        if (seen?.done === true) return;
        if (performance.now() > end_ms) throw new Error('the standby does not follow its primary');
        await wait(POLL_MS);
      }
    });
  });
}
