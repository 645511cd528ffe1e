/**
 * The belt on Postgres: BullMQ's own backend, in schema `bullmq` of the database that holds everything else, so that a
 * laptop or a small shop needs one service only.
 *
 * Consumers hold one connection each for LISTEN. They have their own pool, so that a producer never waits behind them. A
 * lost notification costs at most `drainDelay`: then the consumer polls.
 */
import {
  createPostgresBackend,
  DEFAULT_SCHEMA,
  type PostgresConnectionOptions,
  runMigrations,
  withBackend,
} from 'bullmq';
import { Client, Pool } from 'pg';
import type { Log } from '../platform/log.ts';
import { kinds } from '../store/work/obligations.ts';
import { type Belt, warnOfErrors } from './belt.ts';

export type PostgresBeltOptions = {
  readonly databaseUrl: string;
  /** How long a producer's statement may take, in milliseconds, waiting for a connection included. */
  readonly commandTimeout_ms: number;
  readonly log: Log;
};

const { Queue, Worker } = withBackend(createPostgresBackend);

const PRODUCER_CONNECTIONS_MAX = 2;
/** Beside one LISTEN connection for each kind: fetching and finishing jobs are short statements. */
const CONSUMER_CONNECTIONS_SPARE = 4;
const CONSUMER_STATEMENT_MS = 10_000;
const LOCK_MS = 30_000;

/**
 * Brings schema `bullmq` to the version of the installed BullMQ. Safe from many processes at once: BullMQ takes an
 * advisory lock, and a process that waited for it finds nothing left to do.
 */
export async function migrateQueue(databaseUrl: string): Promise<void> {
  const client = new Client({
    connectionString: databaseUrl,
    application_name: 'duecourse-queue-migrate',
    connectionTimeoutMillis: 10_000,
  });
  await client.connect();
  try {
    await client.query(`set lock_timeout = ${LOCK_MS}`);
    await runMigrations(client, DEFAULT_SCHEMA);
  } finally {
    await client.end();
  }
}

/** Migrates and opens the pools. Fails if Postgres is away: nothing works without it. */
export async function openPostgresBelt(options: PostgresBeltOptions): Promise<Belt> {
  const { databaseUrl, commandTimeout_ms, log } = options;
  await migrateQueue(databaseUrl);
  const producing = openPool(databaseUrl, log, 'producer', PRODUCER_CONNECTIONS_MAX, commandTimeout_ms);
  let consuming: Pool | null = null;
  const consumers = (): Pool => {
    const size = kinds.length + CONSUMER_CONNECTIONS_SPARE;
    consuming ??= openPool(databaseUrl, log, 'consumer', size, CONSUMER_STATEMENT_MS);
    return consuming;
  };

  return {
    backend: 'postgres',
    isUp: () => true,
    openProducer: (name, queue) => new Queue(name, { ...queue, connection: asConnection(producing) }),
    openConsumer: (name, processor, worker) =>
      new Worker<unknown, void>(name, processor, { ...worker, connection: asConnection(consumers()) }),
    ping: async () => {
      await producing.query('select 1');
    },
    close: async () => {
      await Promise.all([producing.end(), consuming?.end()]);
    },
  };
}

function openPool(
  databaseUrl: string,
  log: Log,
  use: 'producer' | 'consumer',
  size: number,
  statement_ms: number,
): Pool {
  const pool = new Pool({
    connectionString: databaseUrl,
    application_name: `duecourse-queue-${use}`,
    // BullMQ's statements name no schema.
    options: `-c search_path=${DEFAULT_SCHEMA}`,
    max: size,
    connectionTimeoutMillis: statement_ms,
    statement_timeout: statement_ms,
    query_timeout: statement_ms,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  // Each backend of BullMQ adds a listener to the shared pool.
  pool.setMaxListeners(kinds.length + 1);
  pool.on('error', warnOfErrors(log, `postgres.${use}`));
  // The pool listens to idle clients only. A client that breaks between two statements of BullMQ would end the process
  // without this listener; its next statement fails anyway.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** BullMQ declares its own type for a `pg.Pool`, stricter than pg's. */
function asConnection(pool: Pool): PostgresConnectionOptions {
  return pool as unknown as PostgresConnectionOptions;
}
