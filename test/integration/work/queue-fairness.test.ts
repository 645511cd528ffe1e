/** More comes in than the workers can do, for as long as anybody likes: whose turn it is. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { createLeases } from '../../../src/billing/work/lease.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { productionTimings } from '../../../src/platform/timings.ts';
import { openQueue, type Queue } from '../../../src/queue/backend.ts';
import { dispatchOnce } from '../../../src/queue/dispatcher.ts';
import { createOffer } from '../../../src/queue/offer.ts';
import { type Database, openDatabase } from '../../../src/store/postgres/database.ts';
import { owe } from '../../harness/due-rows.ts';
import { wipeQueue } from '../../harness/queue-faults.ts';
import {
  createTestDatabase,
  markStartsWorker,
  redisUrl,
  type TestDatabase,
  wipeRedis,
} from '../../harness/services/services.ts';

const AHEAD = 20;
const timings = {
  ...productionTimings,
  offersFirstMax: AHEAD,
  offersFirstPauseMs: 300,
  offersOutstandingMax: 100,
  leaseMs: 200,
};
const log = silentLog();
let test: TestDatabase;
let database: Database;
let queue: Queue;

beforeAll(async () => {
  await wipeRedis();
  test = await createTestDatabase();
});
afterAll(() => test.drop());
beforeEach(async () => {
  database = openDatabase({ url: test.url, applicationName: 'test' });
  queue = await openQueue({ redisUrl: redisUrl(), databaseUrl: test.url, timings, log });
});
afterEach(async () => {
  await queue.close();
  await database.sql`truncate inbox_events`;
  await database.close();
  await wipeQueue(test.url, redisUrl());
});

const dispatch = () => dispatchOnce({ sql: database.sql, queue, timings, log });
const offering = () => createOffer(database.sql, queue, log, timings);

/** One pair of hands: takes jobs in the order of the queue, and does `meanwhile` before it takes the next. */
function consume(meanwhile: (handled: readonly string[]) => Promise<void> = async () => {}): string[] {
  markStartsWorker();
  const handled: string[] = [];
  const consumption = queue.consume('inbox_event', { concurrency: 1 }, async (ids) => {
    const sql = database.sql;
    await sql`update inbox_events set state = 'applied', due_at = null, revision = revision + 1, cause = 'worker'
              where id = any(${[...ids]})`;
    handled.push(...ids);
    await meanwhile(handled);
  });
  onTestFinished(() => consumption.close());
  return handled;
}

it('what goes ahead goes in the order in which it came', async () => {
  const offer = offering();
  const ids = await owe(database.sql, 5);
  for (const id of ids) await offer('inbox_event', [id]);
  const handled = consume();
  await expect.poll(() => handled).toEqual(ids);
});

it('no more goes ahead than there is room for, and the rest is found by the dispatcher', async () => {
  const offer = offering();
  const ids = await owe(database.sql, 3 * AHEAD);
  for (const id of ids) await offer('inbox_event', [id]);
  const { first, later } = await queue.waiting('inbox_event');
  // What is known of the queue is a moment old.
  expect(first).toBeGreaterThan(AHEAD / 2);
  expect(first).toBeLessThan(AHEAD * 1.5);
  expect(later).toBe(0);
  await dispatch();
  expect((await queue.waiting('inbox_event')).later).toBeGreaterThan(0);
  const handled = consume();
  await expect.poll(() => dispatch().then(() => new Set(handled).size)).toBe(ids.length);
});

it('what a dead worker left is next, before all that others keep the queue full with', async () => {
  const [left = ''] = await owe(database.sql, 1);
  const dead = createLeases(database.sql, timings, log);
  expect(await dead.claimDue('inbox_event', left)).not.toBeNull();
  dead.close();
  await offering()('inbox_event', await owe(database.sql, AHEAD));
  await owe(database.sql, 100);
  await dispatch();
  await expect
    .poll(async () => (await dispatch().then(() => queue.waiting('inbox_event'))).first)
    .toBe(AHEAD + 1);

  const handled = consume();

  await expect.poll(() => handled.indexOf(left)).toBe(AHEAD);
});

it('what has waited longest comes to its turn under a burst that does not end', async () => {
  const oldest = await owe(database.sql, 3);
  const offer = offering();
  let jobs = 0;
  let isOver = false;
  onTestFinished(() => {
    isOver = true;
  });
  await offer('inbox_event', await owe(database.sql, AHEAD));
  await dispatch();
  const handled = consume(async () => {
    if (isOver) return;
    jobs += 1;
    // For each that is done, two come in.
    for (const id of await owe(database.sql, 2)) await offer('inbox_event', [id]);
    if (jobs % 10 === 0) await dispatch();
  });

  await expect.poll(() => oldest.every((id) => handled.includes(id))).toBe(true);
});
