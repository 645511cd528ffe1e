/**
 * What every measurement stands on: one Postgres that syncs to disk, a migrated database to copy for each measurement, a
 * mail catcher, and our programs as they are deployed. All on loopback, all ended by `close`.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startInbox } from '../../sandbox/inbox.ts';
import { startEmbeddedPostgres } from '../../sandbox/postgres.ts';
import { redisServerPath } from '../../sandbox/redis.ts';
import { buildPrograms } from '../../scripts/build/programs.ts';
import { openDatabase, type Sql } from '../../src/store/postgres/database.ts';
import { migrate } from '../../src/store/postgres/migrate.ts';

export type Ground = {
  /** Logs of the processes. */
  readonly folder: string;
  readonly smtp_url: string;
  readonly postgres_pid: number;
  /** Whether this machine has a Redis to start. */
  readonly hasRedis: boolean;
  freshDatabase(): Promise<FreshDatabase>;
  close(): Promise<void>;
};

export type FreshDatabase = { readonly url: string; readonly sql: Sql; drop(): Promise<void> };

/** The project's folder, in which processes start. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const TEMPLATE = 'bench_template';
/** A million rows take minutes. */
const STATEMENT_MS = 900_000;
const SETTINGS = {
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.max': 10_000,
  // A checkpoint in one round and none in the next would be the difference that we see.
  checkpoint_timeout: '1h',
  max_wal_size: '8GB',
} as const;

/**
 * Starts it; the caller closes it.
 *
 * @param durable false only for tests: Postgres syncs nothing to disk
 */
export async function openGround({ durable = true } = {}): Promise<Ground> {
  const stops: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) await stop();
  };
  try {
    return { ...(await start(durable, stops)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(durable: boolean, stops: (() => unknown)[]): Promise<Omit<Ground, 'close'>> {
  const folder = mkdtempSync(join(tmpdir(), 'duecourse-bench-'));
  // As root, Postgres runs as another user, who needs access.
  chmodSync(folder, 0o755);
  stops.push(() => rmSync(folder, { recursive: true, force: true }));
  await buildPrograms();
  const postgres = await startEmbeddedPostgres({
    dataDir: join(folder, 'postgres'),
    fresh: true,
    durable,
    settings: SETTINGS,
    log: () => {},
  });
  stops.push(postgres.stop);
  const inbox = await startInbox();
  stops.push(inbox.close);
  const admin = open(postgres.url);
  stops.push(admin.close);
  const urlOf = (name: string): string => Object.assign(new URL(postgres.url), { pathname: name }).href;
  await admin.sql.unsafe(`create database ${TEMPLATE}`);
  await migrate(urlOf(TEMPLATE));
  const template = open(urlOf(TEMPLATE));
  await template.sql.unsafe('create extension pg_stat_statements');
  await template.close();
  let made = 0;
  return {
    folder,
    smtp_url: inbox.smtp_url,
    postgres_pid: postgres.pid,
    hasRedis: redisServerPath() !== null,
    async freshDatabase() {
      made += 1;
      const name = `bench_${made}`;
      await admin.sql.unsafe(`create database ${name} template ${TEMPLATE}`);
      const database = open(urlOf(name));
      const drop = async (): Promise<void> => {
        await database.close();
        await admin.sql.unsafe(`drop database ${name} with (force)`);
      };
      return { url: urlOf(name), sql: database.sql, drop };
    },
  };
}

function open(url: string) {
  return openDatabase({
    url,
    applicationName: 'bench',
    connectionsMax: 2,
    statementTimeout_ms: STATEMENT_MS,
  });
}
