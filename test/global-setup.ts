/**
 * Starts what the projects of this run need, once: vitest calls this for each project, and the integration
 * tests alone are two. The template database is migrated here; each test file clones it
 * (`test/harness/services/services.ts`).
 */
import { randomBytes } from 'node:crypto';
import type postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { buildPrograms } from '../scripts/build/programs.ts';
import { onServer } from './harness/services/on-server.ts';
import { type Provisioned, provisionPostgres, provisionRedis } from './harness/services/provision.ts';
import { type PrivateCluster, startRedisCluster } from './harness/services/redis-cluster.ts';
import type { QueueBackend } from './harness/services/services.ts';

interface Shared {
  projects: number;
  build?: Promise<void>;
  database?: Promise<{ server: Provisioned; template: string }>;
  redis?: Promise<Provisioned>;
  clusters?: Promise<PrivateCluster[]>;
}

// Each project evaluates this module anew; the process is what they share.
const holder = globalThis as typeof globalThis & { duecourseTestServices?: Shared };

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  holder.duecourseTestServices ??= { projects: 0 };
  const shared = holder.duecourseTestServices;
  shared.projects += 1;
  shared.build ??= buildPrograms();
  shared.database ??= startDatabase();
  await shared.build;
  const { server, template } = await shared.database;
  project.provide('databaseServerUrl', server.url);
  project.provide('templateDatabase', template);
  const workers = project.vitest.config.maxWorkers;
  project.provide('redisUrls', await redisUrls(shared, project.config.provide.queueBackend, workers));
  return async () => {
    shared.projects -= 1;
    if (shared.projects === 0) await stopAll(shared);
  };
}

/** What each worker of the runner may wipe: a database number of one Redis, or a Cluster, which has but one. */
async function redisUrls(
  shared: Shared,
  backend: QueueBackend | undefined,
  workers: number,
): Promise<string[]> {
  if (backend === 'redis') {
    shared.redis ??= provisionRedis();
    const server = new URL((await shared.redis).url);
    return Array.from({ length: workers }, (_, index) => new URL(`/${index + 1}`, server).href);
  }
  if (backend !== 'redis-cluster') return [];
  shared.clusters ??= Promise.all(Array.from({ length: workers }, () => startRedisCluster()));
  return (await shared.clusters).map((cluster) => cluster.url);
}

async function startDatabase(): Promise<{ server: Provisioned; template: string }> {
  const server = await provisionPostgres();
  const template = `duecourse_test_${randomBytes(4).toString('hex')}`;
  await onServer(server.url, (sql) => sql`create database ${sql(template)}`);
  const url = new URL(server.url);
  url.pathname = `/${template}`;
  const { migrate } = await import('../src/store/postgres/migrate.ts');
  await migrate(url.href);
  return { server, template };
}

async function stopAll(shared: Shared): Promise<void> {
  delete holder.duecourseTestServices;
  await (await shared.redis)?.stop();
  await Promise.all(((await shared.clusters) ?? []).map((cluster) => cluster.stop()));
  const database = await shared.database;
  if (!database) return;
  // A server that was lent to us is left as it was found.
  if (database.server.source === 'TEST_DATABASE_URL') {
    await onServer(database.server.url, (sql) => dropAll(sql, database.template));
  }
  await database.server.stop();
}

async function dropAll(sql: postgres.Sql, template: string): Promise<void> {
  const rows = await sql<{ datname: string }[]>`
    select datname from pg_database where starts_with(datname, ${template})`;
  for (const { datname } of rows) await sql`drop database if exists ${sql(datname)} with (force)`;
}
