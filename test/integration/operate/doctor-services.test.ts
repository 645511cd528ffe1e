/** `npm run doctor` on a database or a Redis that is not as it must be. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { redisServerPath } from '../../../sandbox/redis.ts';
import { onServer } from '../../harness/services/on-server.ts';
import { openRedis } from '../../harness/services/redis-servers.ts';
import { createEmptyDatabase } from '../../harness/services/services.ts';
import { blamed, createDeployment, type Deployment, databaseWith, NOBODY_LISTENS } from './doctor-world.ts';

let deployment: Deployment;
beforeAll(async () => {
  deployment = await createDeployment();
});
afterAll(() => deployment.close());

const expectBlame: Deployment['expectBlame'] = (...given) => deployment.expectBlame(...given);

describe('the database', () => {
  const at = (change: (url: URL) => void) => {
    const url = new URL(deployment.world.databaseUrl);
    change(url);
    return { DATABASE_URL: url.href };
  };
  const reachable = 'database.reachable DATABASE_URL';

  test('that is away, has no such name, or does not know the role', async () => {
    await expectBlame(
      { DATABASE_URL: `postgres://${NOBODY_LISTENS}/x` },
      reachable,
      /ECONNREFUSED[\s\S]*Start Postgres/,
    );
    await expectBlame(
      at((url) => {
        url.pathname = '/nowhere_at_all';
      }),
      reachable,
      /3D000[\s\S]*Create it/,
    );
    await expectBlame(
      at((url) => {
        url.username = 'nobody_at_all';
      }),
      reachable,
      /28(?:000|P01)/,
    );
  });

  test('without its migrations, or without one', async () => {
    const empty = await createEmptyDatabase();
    onTestFinished(() => empty.drop());
    const migrations = 'database.migrations DATABASE_URL';
    await expectBlame({ DATABASE_URL: empty.url, REDIS_URL: '' }, migrations, /npm run migrate/);
    const behind = await databaseWith(
      (sql) => sql`delete from drizzle.__drizzle_migrations
                   where id = (select max(id) from drizzle.__drizzle_migrations)`,
    );
    await expectBlame({ DATABASE_URL: behind }, migrations, /1 of \d+ migrations/);
  });

  test('that takes no writes', async () => {
    const url = await databaseWith(
      (sql, name) => sql`alter database ${sql(name)} set default_transaction_read_only = on`,
    );
    await expectBlame({ DATABASE_URL: url }, 'database.writable DATABASE_URL', /follows the primary/);
  });

  test('whose role was granted nothing', async () => {
    const role = `bare_${randomBytes(4).toString('hex')}`;
    await onServer(deployment.world.databaseUrl, (sql) =>
      sql.unsafe(`create role ${role} login password 'of-a-test'`),
    );
    onTestFinished(() => onServer(deployment.world.databaseUrl, (sql) => sql.unsafe(`drop role ${role}`)));
    const asRole = at((url) => Object.assign(url, { username: role, password: 'of-a-test' }));
    const report = await expectBlame(asRole, 'database.role DATABASE_URL', /DATABASE_APP_ROLE/);
    expect(report.checks).toContainEqual({
      check: 'database.migrations',
      state: 'skipped',
      after: ['database.role'],
    });
  });

  test('whose clock is another than ours', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 90_000 });
    onTestFinished(() => void vi.useRealTimers());
    await expectBlame({}, 'database.clock DATABASE_URL', /differ by (?:89|90|91) s[\s\S]*NTP/);
  });

  test('of a live deployment, or one whose clock a test has moved', async () => {
    const identity = 'database.identity DATABASE_URL';
    const lives = await databaseWith((sql) => sql`update instance set livemode = true`);
    await expectBlame({ DATABASE_URL: lives }, identity, /of its own for each mode/);
    const moved = await databaseWith((sql) => sql`update instance set clock_offset_ms = 60000`);
    await expectBlame({ DATABASE_URL: moved }, identity, /TEST_MODE=1/);
    expect(blamed((await deployment.examined({ DATABASE_URL: moved, TEST_MODE: '1' })).report)).toEqual([]);
  });

  test('without the tables of a queue that is to be there', async () => {
    const url = await databaseWith((sql) => sql`drop schema if exists bullmq cascade`);
    await expectBlame({ DATABASE_URL: url, REDIS_URL: '' }, 'queue.tables DATABASE_URL', /npm run migrate/);
  });
});

describe.skipIf(redisServerPath() === null)("the queue's Redis", () => {
  const told = async (...settings: [string, string][]) => {
    const client = openRedis(deployment.env.REDIS_URL ?? '');
    try {
      for (const [name, value] of settings) await client.call('config', 'set', name, value);
    } finally {
      client.disconnect();
    }
  };

  test('that is away', async () => {
    await expectBlame({ REDIS_URL: `redis://${NOBODY_LISTENS}` }, 'queue.reachable REDIS_URL', /Start it/);
  });

  test('that evicts', async () => {
    await told(['maxmemory-policy', 'allkeys-lru']);
    onTestFinished(() => told(['maxmemory-policy', 'noeviction']));
    await expectBlame({}, 'queue.policy REDIS_URL', /maxmemory-policy to noeviction/);
  });

  test('that wants another password', async () => {
    const user = `u${randomBytes(4).toString('hex')}`;
    const REDIS_URL = (deployment.env.REDIS_URL ?? '').replace('redis://', `redis://${user}:wrong-password@`);
    await expectBlame({ REDIS_URL }, 'queue.reachable REDIS_URL', /REDIS_PASSWORD/);
  });

  test('that follows another', async () => {
    const client = openRedis(deployment.env.REDIS_URL ?? '');
    onTestFinished(async () => {
      await client.call('replicaof', 'no', 'one');
      client.disconnect();
    });
    await client.call('replicaof', '127.0.0.1', '1');
    await expectBlame({}, 'queue.persistence REDIS_URL', /Name the primary/);
  });
});
