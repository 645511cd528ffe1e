/**
 * A database for each test file, cloned from the migrated template, and a Redis (or a Cluster) for each worker of the
 * test runner. Files stay parallel, because they share nothing that they write.
 */
import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { expect, inject } from 'vitest';
import { onServer } from './on-server.ts';
import { onEachServer } from './redis-servers.ts';

export type QueueBackend = 'postgres' | 'redis' | 'redis-cluster';

declare module 'vitest' {
  export interface ProvidedContext {
    databaseServerUrl: string;
    templateDatabase: string;
    /** One for each worker of the runner; empty when the queue runs on Postgres. */
    redisUrls: readonly string[];
    queueBackend: QueueBackend;
  }
}

export interface TestDatabase {
  readonly url: string;
  /** Ends every connection to it first. Idempotent. */
  drop(): Promise<void>;
}

/** `npm run test:predicates` breaks a database before its test begins. */
export type DatabaseWatched = { databaseMade?: (url: string) => Promise<void> };

/** The queue backend that this project's tests run on. */
export function queueBackend(): QueueBackend {
  return inject('queueBackend');
}

/** A migrated database that no other test knows. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return cloneDatabase(inject('templateDatabase'));
}

/** An empty database, for code that migrates by itself. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return cloneDatabase('template0');
}

async function cloneDatabase(template: string): Promise<TestDatabase> {
  const serverUrl = inject('databaseServerUrl');
  const name = `${inject('templateDatabase')}_${randomBytes(4).toString('hex')}`;
  await onServer(serverUrl, (sql) => sql`create database ${sql(name)} template ${sql(template)}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await (globalThis as DatabaseWatched).databaseMade?.(url.href);
  const drop = () => onServer(serverUrl, (sql) => sql`drop database if exists ${sql(name)} with (force)`);
  return { url: url.href, drop };
}

/**
 * The Redis of this worker of the runner, `null` when the queue runs on Postgres. A worker runs its files one after
 * another, so wiping it disturbs no other file.
 */
export function redisUrl(): string | null {
  const urls = inject('redisUrls');
  return urls[Number(process.env.VITEST_POOL_ID ?? '1') - 1] ?? urls[0] ?? null;
}

/** Empties this worker's Redis; call it before a file starts, and to wipe the queue. Does nothing on Postgres. */
export async function wipeRedis(): Promise<void> {
  const url = redisUrl();
  if (url === null) return;
  await onEachServer(url, (redis) => redis.flushdb());
}

/**
 * Counts the running test among those that start a worker. `npm test` prints the count for each backend and fails when
 * they differ: otherwise a test skipped on one backend would go unnoticed. The harness calls this where workers start.
 */
export function markStartsWorker(): void {
  const file = process.env.DUECOURSE_WORKER_TESTS_FILE;
  if (!file) return;
  const { testPath, currentTestName } = expect.getState();
  const line = JSON.stringify({
    backend: queueBackend(),
    test: `${testPath} ${currentTestName ?? '(set-up)'}`,
  });
  appendFileSync(file, `${line}\n`);
}
