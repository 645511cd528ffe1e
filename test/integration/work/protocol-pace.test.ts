/** One budget for the account: nobody is forgotten by it, and nothing in it is lost. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPacer } from '../../../src/billing/work/pace.ts';
import { type Database, openDatabase } from '../../../src/store/postgres/database.ts';
import { retrieveCustomer } from '../../../src/stripe/customers.ts';
import { createTestDatabase, type TestDatabase } from '../../harness/services/services.ts';
import { createWorld } from '../../harness/world.ts';

let database: TestDatabase;
let store: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  store = openDatabase({ url: database.url, applicationName: 'test', connectionsMax: 4 });
});

afterAll(async () => {
  await store.close();
  await database.drop();
});

describe('the pace', () => {
  const rates = { per_endpoint: 1_000, global: 1_000 };

  test('tells everybody who waits that it cannot be had: nobody is left waiting for ever', async () => {
    const broken = openDatabase({ url: database.url, applicationName: 'broken', connectionsMax: 1 });
    await broken.close();
    const pacer = createPacer(broken.sql, { rates, blockMs: 250 });
    const { signal } = new AbortController();
    const waiting = Array.from({ length: 5 }, () =>
      pacer.acquire('payment_intents.confirm', 'single', signal),
    );
    const outcomes = await Promise.allSettled(waiting);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(Array(5).fill('rejected'));
  });

  test('loses no tokens to those who queue for the row', async () => {
    const reserve = async (want: number) =>
      await store.sql<
        { granted: number }[]
      >`select reserve_pace('contended', 10, 1000, ${want}::int) as granted`;
    await reserve(10);
    const holder = await store.sql.reserve();
    await holder`begin`;
    await holder`select 1 from pace for update`;
    const waiting = reserve(1);
    await expect
      .poll(() => store.sql`select 1 from pg_stat_activity where wait_event_type = 'Lock'`)
      .toHaveLength(1);
    await holder`select pg_sleep(0.5)`;
    // Another worker's refill, later than the moment at which the waiting one began.
    await holder`update pace set tokens = 5, filled_at = clock_timestamp() where endpoint = 'contended'`;
    await holder`commit`;
    holder.release();
    expect((await waiting)[0]?.granted).toBe(1);
    const [bucket] = await store.sql`select tokens from pace where endpoint = 'contended'`;
    expect(bucket?.tokens).toBeGreaterThanOrEqual(4);
  });

  test('holds back a read until the budget, which every process shares, has a call left', async () => {
    const world = await createWorld();
    const customer = await world.customer('pm_card_visa');
    const holder = await world.sql.reserve();
    const reads = async () =>
      (await world.simulator.control.requests()).filter(
        ({ method, path }) => method === 'GET' && path.includes(customer.stripe_customer_id),
      );
    await world.sql`select reserve_pace('customers.retrieve', 1, 1, 0)`;
    await holder`begin`;
    await holder`select 1 from pace for update`;
    const read = retrieveCustomer(world.deps.stripe, customer.stripe_customer_id);
    await expect
      .poll(
        () =>
          world.sql`select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%reserve_pace%'`,
      )
      .toHaveLength(1);
    expect(await reads()).toEqual([]);
    await holder`commit`;
    holder.release();
    expect(await read).toMatchObject({ kind: 'ok' });
    expect(await reads()).toHaveLength(1);
    await world.close();
  });
});
