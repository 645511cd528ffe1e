/** Waking whoever waits: by the change, and by every moment in which a change may have been missed. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLog } from '../../../src/platform/log.ts';
import { type Database, openDatabase } from '../../../src/store/postgres/database.ts';
import { type Changes, openChanges } from '../../../src/store/work/changes.ts';
import { openProxy } from '../../harness/cut-off-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../../harness/services/services.ts';

let database: TestDatabase;
let store: Database;
let proxy: Awaited<ReturnType<typeof openProxy>>;
let changes: Changes;

beforeAll(async () => {
  database = await createTestDatabase();
  store = openDatabase({ url: database.url, applicationName: 'changes-test' });
  proxy = await openProxy(database.url);
  changes = openChanges({ databaseUrl: proxy.url, log: silentLog() });
});
afterAll(async () => {
  await changes.close();
  await store.close();
  await proxy.close();
  await database.drop();
});

const notify = (id: string) => store.sql`select pg_notify('dc_changed', ${id})`;

function waiter(id: string) {
  const heard = { changed: 0, over: 0 };
  const unsubscribe = changes.subscribe(id, {
    changed: () => {
      heard.changed += 1;
    },
    over: () => {
      heard.over += 1;
    },
  });
  return { heard, unsubscribe };
}

test('a change wakes those who wait for its row, and nobody else', async () => {
  const mine = waiter('chg_mine');
  const other = waiter('chg_other');
  await expect
    .poll(async () => {
      await notify('chg_mine');
      return mine.heard.changed;
    })
    .toBeGreaterThan(1);
  // The first listen told everybody once.
  expect(other.heard.changed).toBeLessThanOrEqual(1);

  mine.unsubscribe();
  const before = mine.heard.changed;
  const late = waiter('chg_mine');
  await notify('chg_mine');
  await expect.poll(() => late.heard.changed).toBeGreaterThan(0);
  expect(mine.heard.changed).toBe(before);
});

test('a change that came while nobody listened is made up for', async () => {
  const waiting = waiter('chg_missed');
  proxy.cut();
  await notify('chg_missed');
  await new Promise((resolve) => setImmediate(resolve));
  expect(waiting.heard.changed).toBe(0);

  proxy.restore();
  await expect.poll(() => waiting.heard.changed, { timeout: 60_000 }).toBe(1);
  await notify('chg_missed');
  await expect.poll(() => waiting.heard.changed).toBe(2);
});

test('the end of the process ends every wait, also one that begins after it', () => {
  const before = waiter('chg_before');
  changes.release();
  const after = waiter('chg_after');

  expect([before.heard.over, after.heard.over]).toEqual([1, 1]);
});
