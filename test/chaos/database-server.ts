/**
 * A Postgres that we crash on purpose and that must remember every commit: as in production except for the disk, whose
 * cache survives a process. `synchronous_commit` stays on, because an acknowledged commit may decide about money.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../sandbox/postgres.ts';
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
  stop(): Promise<void>;
};

const TEMPLATE = 'chaos_template';

/** Starts a server with a migrated template. */
export async function startDatabaseServer(): Promise<DatabaseServer> {
  const folder = mkdtempSync(join(tmpdir(), 'duecourse-chaos-'));
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
    crash: async () => {
      const wasRunning = isRunning(running.pid);
      if (wasRunning) process.kill(running.pid, 'SIGQUIT');
      await running.stop();
      running = await startEmbeddedPostgres({ ...options, port });
      return wasRunning;
    },
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
