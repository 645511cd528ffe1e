/** Rows, dispatcher and belt together: whatever happens to the queue, every row that is due is worked on. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createLeases } from '../../../src/billing/work/lease.ts';
import { createLog, type Log } from '../../../src/platform/log.ts';
import { productionTimings } from '../../../src/platform/timings.ts';
import { openQueue, type Queue } from '../../../src/queue/backend.ts';
import { dispatchOnce } from '../../../src/queue/dispatcher.ts';
import { createOffer } from '../../../src/queue/offer.ts';
import { type Database, openDatabase } from '../../../src/store/postgres/database.ts';
import { moveRow } from '../../../src/store/work/obligations.ts';
import { owe } from '../../harness/due-rows.ts';
import { wipeQueue } from '../../harness/queue-faults.ts';
import {
  createTestDatabase,
  markStartsWorker,
  redisUrl,
  type TestDatabase,
  wipeRedis,
} from '../../harness/services/services.ts';
import { comes } from '../../harness/until.ts';

const timings = { ...productionTimings, offerStaleMs: 150, leaseMs: 400, leaseRenewIntervalMs: 100 };
let test: TestDatabase;
let database: Database;
let queue: Queue;
let log: Log;
let lines: string[];

beforeAll(async () => {
  await wipeRedis();
  test = await createTestDatabase();
});
afterAll(() => test.drop());
beforeEach(async () => {
  lines = [];
  log = createLog({ level: 'debug', role: 'test', destination: { write: (line) => lines.push(line) } });
  database = openDatabase({ url: test.url, applicationName: 'test' });
  queue = await openQueue({ redisUrl: redisUrl(), databaseUrl: test.url, timings, log });
});
afterEach(async () => {
  await queue.close();
  await database.sql`truncate inbox_events`;
  await database.close();
  await wipeQueue(test.url, redisUrl());
});

const dispatch = (more = {}): Promise<boolean> =>
  dispatchOnce({ sql: database.sql, queue, timings: { ...timings, ...more }, log });

async function waiting(): Promise<number> {
  const rows = await database.sql`
    select count(*)::int as rows from inbox_events where state = 'received'`;
  return Number(rows[0]?.rows);
}

/** A worker's way: claim, act, move; counts how often each row was acted on. */
function work(concurrency = 4, before: () => Promise<void> = async () => {}): Map<string, number> {
  markStartsWorker();
  const acted = new Map<string, number>();
  const leases = createLeases(database.sql, timings, log);
  const consumption = queue.consume('inbox_event', { concurrency }, async (ids) => {
    await Promise.all(
      ids.map(async (id) => {
        const claimed = await leases.claimDue('inbox_event', id);
        if (claimed === null) return;
        await before();
        acted.set(id, (acted.get(id) ?? 0) + 1);
        const { row, lease } = claimed;
        const { lease_number } = lease;
        const set = { state: 'applied' };
        const move = { id, revision: row.revision, lease_number, set, due_in_ms: null, cause: 'worker' };
        await moveRow(database.sql, 'inbox_event', move);
        await leases.release(lease);
      }),
    );
  });
  onTestFinished(() => consumption.close().then(() => leases.close()));
  return acted;
}

/** The dispatcher's loop, as fast as a test wants it. */
async function dispatchUntilDone(): Promise<void> {
  await expect.poll(() => dispatch().then(waiting, waiting)).toBe(0);
}

describe('the dispatcher', () => {
  it('offers what is due, 25 rows a job when there are many', async () => {
    await owe(database.sql, 60);
    await dispatch();
    expect(await queue.waitingCount('inbox_event')).toBe(3);
  });

  it('offers a few rows one a job, so that none waits for the slowest', async () => {
    await owe(database.sql, 7);
    await dispatch();
    expect(await queue.waitingCount('inbox_event')).toBe(7);
  });

  it('leaves what was offered alone until the offer has gone stale, then offers it again', async () => {
    await owe(database.sql, 3);
    await dispatch();
    await dispatch({ offerStaleMs: 60_000 });
    expect(await queue.waitingCount('inbox_event')).toBe(3);
    await dispatch({ offerStaleMs: 0 });
    expect(await queue.waitingCount('inbox_event')).toBe(6);
  });

  it('leaves a full queue alone, however much is due', async () => {
    await owe(database.sql, 200);
    for (let round = 0; round < 5; round += 1) await dispatch({ offersOutstandingMax: 100, offerStaleMs: 0 });
    expect(await queue.waitingCount('inbox_event')).toBe(4);
  });

  it('is not kept from the rest by what others have put ahead of it', async () => {
    await createOffer(database.sql, queue, log)('inbox_event', await owe(database.sql, 10));
    await owe(database.sql, 1);
    await dispatch({ offersOutstandingMax: 100, offerStaleMs: 60_000 });
    expect(await queue.waiting('inbox_event')).toEqual({ first: 10, later: 1 });
  });

  it('says that there is more while the queue has room', async () => {
    await owe(database.sql, 1_100);
    const once = () => dispatch({ offerStaleMs: 60_000 });
    expect([await once(), await once(), await once()]).toEqual([true, true, false]);
  });

  it('passes over rows of the future', async () => {
    const [id] = await owe(database.sql, 1);
    await database.sql`update inbox_events set due_at = dc_now() + interval '1 hour' where id = ${id ?? ''}`;
    await dispatch();
    expect(await queue.waitingCount('inbox_event')).toBe(0);
  });

  it('gives each row to one of several dispatchers', async () => {
    await owe(database.sql, 300);
    await Promise.all(Array.from({ length: 5 }, () => dispatch({ offerStaleMs: 60_000 })));
    const acted = work();
    await expect.poll(waiting).toBe(0);
    expect([...acted.values()].every((times) => times === 1)).toBe(true);
  });
});

describe('every row is worked on once', () => {
  it('when the queue is wiped while 50 jobs wait', async () => {
    const ids = await owe(database.sql, 50);
    await createOffer(database.sql, queue, log)('inbox_event', ids);
    expect(await queue.waitingCount('inbox_event')).toBe(50);
    await wipeQueue(test.url, redisUrl());
    expect(await queue.waitingCount('inbox_event')).toBe(0);
    const acted = work();
    await dispatchUntilDone();
    expect([...acted.values()]).toEqual(ids.map(() => 1));
  });

  it('when the queue is wiped under workers in the middle of their jobs', async () => {
    const ids = await owe(database.sql, 50);
    let underWay = 0;
    let goOn = (): void => {};
    const wiped = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const acted = work(5, async () => {
      underWay += 1;
      await wiped;
    });
    await createOffer(database.sql, queue, log)('inbox_event', ids);
    await expect.poll(() => underWay).toBe(5);
    await wipeQueue(test.url, redisUrl());
    goOn();
    await dispatchUntilDone();
    expect(acted.size).toBe(50);
    expect([...acted.values()].filter((times) => times > 1)).toEqual([]);
  });

  it('when every offer was sent three times', async () => {
    const ids = await owe(database.sql, 40);
    const offer = createOffer(database.sql, queue, log);
    for (let times = 0; times < 3; times += 1) await offer('inbox_event', ids);
    expect(await queue.waitingCount('inbox_event')).toBe(120);
    const acted = work(10);
    await expect.poll(() => queue.waitingCount('inbox_event')).toBe(0);
    await expect.poll(waiting).toBe(0);
    expect([...acted.values()]).toEqual(ids.map(() => 1));
  });

  it('when a worker died with the lease in its hand', async () => {
    const [id] = await owe(database.sql, 1);
    const dead = createLeases(database.sql, timings, log);
    expect(await dead.claimDue('inbox_event', id ?? '')).not.toBeNull();
    dead.close();
    const acted = work();
    await dispatch();
    expect(await queue.waitingCount('inbox_event')).toBe(0);
    await dispatchUntilDone();
    expect(acted.get(id ?? '')).toBe(1);
  });
});

describe('an offer to a queue that is away', () => {
  it('fails within its time, is told to the log only, and is made up for by the dispatcher', async () => {
    const ids = await owe(database.sql, 2);
    const gone = redisUrl() === null ? withPort(test.url) : test.url;
    const unreachable = await openQueue({
      redisUrl: redisUrl() === null ? null : withPort(redisUrl() ?? ''),
      databaseUrl: gone,
      timings,
      log,
    }).catch(() => null);
    if (unreachable !== null) {
      await comes('the end of the offer', createOffer(database.sql, unreachable, log)('inbox_event', ids));
      expect(await unreachable.ready()).toBe(false);
      await unreachable.close();
      expect(lines.some((line) => line.includes('offer.lost'))).toBe(true);
    }
    const acted = work();
    await dispatchUntilDone();
    expect(acted.size).toBe(2);
  });
});

/** The same address, of one server or of several, at a port where nobody listens. */
function withPort(url: string): string {
  return url.replace(/:\d+(?=[,/]|$)/g, ':1');
}
