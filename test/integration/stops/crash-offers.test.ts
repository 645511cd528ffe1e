/** Rows, dispatcher and belt in one process, where each accident of an offer can be placed exactly. */
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type PrivateRedis, redisServerPath, startPrivateRedis } from '../../../sandbox/redis.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { productionTimings } from '../../../src/platform/timings.ts';
import { openQueue, type Queue } from '../../../src/queue/backend.ts';
import { dispatchOnce } from '../../../src/queue/dispatcher.ts';
import { createOffer } from '../../../src/queue/offer.ts';
import { insertInboxEvents } from '../../../src/store/door/inbox-intake.ts';
import { type Database, openDatabase } from '../../../src/store/postgres/database.ts';
import { offerDueRows } from '../../../src/store/work/obligations.ts';
import {
  createTestDatabase,
  markStartsWorker,
  redisUrl,
  type TestDatabase,
} from '../../harness/services/services.ts';
import { until } from '../../harness/until.ts';

const timings = { ...productionTimings, offerStaleMs: 150 };
const log = silentLog();

let database: TestDatabase;
let store: Database;
let queue: Queue;
let server: PrivateRedis | null = null;

async function open(url: string | null): Promise<void> {
  database = await createTestDatabase();
  store = openDatabase({ url: database.url, applicationName: 'test', connectionsMax: 4 });
  const prefix = `{${randomBytes(4).toString('hex')}}`;
  queue = await openQueue({ redisUrl: url, databaseUrl: database.url, timings, log, prefix });
}

afterEach(async () => {
  await queue.close();
  await store.close();
  await database.drop();
  await server?.stop();
  server = null;
});

const event = (id: string) => ({
  id,
  type: 'payment_intent.succeeded',
  object_type: 'payment_intent',
  object_id: 'pi_x',
  request_key: null,
  livemode: false,
  created_s: 1,
  projection: null,
});

/** Rows that are due: inbox events, because they need nothing before them. */
async function owe(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => `evt_${randomBytes(8).toString('hex')}`);
  await insertInboxEvents(store.sql, ids.map(event), 'webhook');
  return ids;
}

/** A worker in its simplest form; answers which rows it was rung for and took. */
function work(): Set<string> {
  markStartsWorker();
  const done = new Set<string>();
  queue.consume('inbox_event', { concurrency: 4 }, async (ids) => {
    for (const id of ids) {
      const rows = await store.sql`
        update inbox_events set state = 'ignored', due_at = null where id = ${id} and state = 'received' returning id`;
      if (rows.length === 1) done.add(id);
    }
  });
  return done;
}

const dispatch = () => dispatchOnce({ sql: store.sql, queue, timings, log });

/** Dispatches as the loop does, whatever comes of a round. */
const allDone = (done: Set<string>, ids: readonly string[]) =>
  until(
    'all rows are done',
    async () => {
      await dispatch().catch(() => undefined);
      return ids.every((id) => done.has(id));
    },
    { most_ms: 60_000, tell: () => done.size },
  );

describe('a row is offered', () => {
  beforeEach(() => open(redisUrl()));

  test('though its transaction came to its end after that of a younger row', async () => {
    // postgres.js (3.4.9) never answers a reservation that it has to connect for, unless it asks for types then.
    await store.sql`select 1`;
    const session = await store.sql.reserve();
    await session`begin`;
    await insertInboxEvents(session, [event('evt_older')], 'webhook');
    const [younger = ''] = await owe(1);
    const done = work();
    await allDone(done, [younger]);
    await session`commit`;
    session.release();

    await allDone(done, ['evt_older']);
  });

  test('again when only half of a bulk reached the queue', async () => {
    const ids = await owe(50);
    const marked = await offerDueRows(store.sql, 'inbox_event', { limit: 50, stale_ms: 0 });
    await queue.offer('inbox_event', marked.slice(0, 25), { ids_per_job: 25 });
    const done = work();
    await until('the first half is done', () => done.size === 25);

    await allDone(done, ids);
  });
});

describe.skipIf(redisServerPath() === null)('on a Redis that', () => {
  let redis: Redis;

  beforeEach(async () => {
    server = await startPrivateRedis();
    redis = new Redis(server.url);
    await open(server.url);
    await until('the queue is up', () => queue.ready());
  });

  afterEach(() => redis.disconnect());

  const frozen = (signal: 'SIGSTOP' | 'SIGCONT') => async () => {
    if (server !== null) process.kill(server.pid, signal);
  };

  test.each([
    [
      'is out of memory',
      () => redis.config('SET', 'maxmemory', '1'),
      () => redis.config('SET', 'maxmemory', '0'),
    ],
    ['takes no writes', () => redis.replicaof('127.0.0.1', 1), () => redis.replicaof('NO', 'ONE')],
    [
      'lacks its replicas',
      () => redis.config('SET', 'min-replicas-to-write', '1'),
      () => redis.config('SET', 'min-replicas-to-write', '0'),
    ],
    ['stands still for longer than an offer waits', frozen('SIGSTOP'), frozen('SIGCONT')],
  ] as [string, () => Promise<unknown>, () => Promise<unknown>][])(
    '%s nothing is lost: the rows stay due, and are offered when it is well',
    async (_name, fail, heal) => {
      const done = work();
      const ids = await owe(3);
      await fail();

      await createOffer(store.sql, queue, log)('inbox_event', ids);
      await dispatch().catch(() => undefined);
      const [row] = await store.sql`select count(*)::int as due from inbox_events where due_at <= dc_now()`;
      expect(row?.due).toBe(3);
      await heal();

      await allDone(done, ids);
    },
  );
});
