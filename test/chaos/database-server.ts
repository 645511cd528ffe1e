/**
 * A Postgres that we crash on purpose and that must remember every commit: as in production except for the disk, whose
 * cache survives a process. `synchronous_commit` stays on, because an acknowledged commit may decide about money.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../sandbox/postgres.ts';
import { scratchFolder } from '../../sandbox/scratch-folder.ts';
import { migrateQueue } from '../../src/queue/postgres.ts';
import { migrate } from '../../src/store/postgres/migrate.ts';
import { onServer } from '../harness/services/on-server.ts';

export type DatabaseServer = {
  readonly port: number;
  /** Creates a database in the state after `npm run migrate`. */
  create(name: string): Promise<void>;
  drop(name: string): Promise<void>;
  /** Its address without a proxy, or through the proxy at `port`. */
  url(name: string, port?: number): string;
  /** Shuts down at once, as if the machine lost power, and starts again. Returns whether it had been running. */
  crash(): Promise<boolean>;
  /**
   * From now on commits are acknowledged before they are on the disk; `span` lasts until the server loses its power, and
   * `after` follows when it is back without them. No other crash comes between.
   */
  forget<T>(span: () => Promise<void>, after: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
};

const TEMPLATE = 'chaos_template';
/** Nothing but a full buffer, or ten seconds, brings the log to the disk. */
const FORGETFUL: Readonly<Record<string, string>> = {
  synchronous_commit: 'off',
  wal_writer_delay: "'10s'",
  wal_writer_flush_after: "'1GB'",
  bgwriter_lru_maxpages: '0',
};

/** Starts a server with a migrated template. */
export async function startDatabaseServer(): Promise<DatabaseServer> {
  const folder = scratchFolder('duecourse-chaos-');
  const options = { dataDir: join(folder, 'postgres'), durable: true, log: () => {} };
  let running: EmbeddedPostgres = await startEmbeddedPostgres({ ...options, fresh: true });
  const { dataDir } = running;
  const server_url = running.url;
  const port = Number(new URL(server_url).port);
  const url = (name: string, through = port): string => {
    const address = new URL(server_url);
    address.pathname = `/${name}`;
    address.port = String(through);
    return address.href;
  };
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const taken = turn.then(work);
    turn = taken.catch(() => {});
    return taken;
  };
  const crash = async (): Promise<boolean> => {
    const wasRunning = isRunning(running.pid);
    if (wasRunning) process.kill(running.pid, 'SIGQUIT');
    await running.stop();
    running = await startEmbeddedPostgres({ ...options, port });
    return wasRunning;
  };
  /** Null resets. */
  const set = (settings: readonly (readonly [string, string | null])[]): Promise<void> =>
    onServer(server_url, async (sql) => {
      for (const [name, value] of settings)
        await sql.unsafe(
          value === null ? `alter system reset ${name}` : `alter system set ${name} = ${value}`,
        );
      await sql`select pg_reload_conf()`;
    });
  await onServer(server_url, async (sql) => {
    await sql`alter system set fsync = off`;
    await sql`alter system set full_page_writes = off`;
    await sql`select pg_reload_conf()`;
    await sql`create database ${sql(TEMPLATE)}`;
  });
  await migrate(url(TEMPLATE));
  await migrateQueue(url(TEMPLATE));
  return {
    port,
    url,
    create: (name) =>
      onServer(server_url, (sql) => sql`create database ${sql(name)} template ${sql(TEMPLATE)}`),
    drop: (name) => onServer(server_url, (sql) => sql`drop database if exists ${sql(name)} with (force)`),
    crash: () => inTurn(crash),
    forget: (span, after) =>
      inTurn(async () => {
        await set(Object.entries(FORGETFUL));
        await span();
        await crash();
        await set(Object.keys(FORGETFUL).map((name) => [name, null]));
        return after();
      }),
    stop: async () => {
      await running.stop();
      rmSync(dataDir, { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Signal 0 only asks whether the process exists. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
