/**
 * What lists and the books read with 20,000 charges on file, of which all but a few succeeded long ago: the rows that they
 * show or add up, by their indexes, and not the history.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { machines } from '../../../src/domain/machines.ts';
import { listCharges } from '../../../src/store/charge/charge-list.ts';
import { readEnded, readNotEnded, sumReceived } from '../../../src/store/janitor/reconciliation.ts';
import { type Database, openDatabase } from '../../../src/store/postgres/database.ts';
import { EVERY_CHARGE } from '../../harness/every-charge.ts';
import { readsOf, readsOfBuilt } from '../../harness/plans.ts';
import { seedCharge } from '../../harness/rows.ts';
import { createTestDatabase, type TestDatabase } from '../../harness/services/services.ts';

const CHARGES = 20_000;
/** Charges of each state but `succeeded`; none is canceled. One more is due. */
const FEW = 10;
/** Of a day: 400 days of 50 charges each. */
const A_DAY = CHARGES / 400;
/** Rows on the pages that an entry by time stands for: 128 pages. */
const A_RANGE = 128 * 45;

let database: TestDatabase;
let store: Database;
let newest: Date;

beforeAll(async () => {
  database = await createTestDatabase();
  store = openDatabase({
    url: database.url,
    applicationName: 'test',
    connectionsMax: 2,
    statementTimeout_ms: 60_000,
  });
  const { id } = await seedCharge(store.sql);
  await store.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`
      insert into charges (id, state, customer_id, payment_method_id, consent_id, amount_minor, currency, livemode,
                           description, stripe_payment_intent_id, amount_received_minor, created_at, settled_at)
      select 'chg_' || md5(n::text), 'succeeded', c.customer_id, c.payment_method_id, c.consent_id, 1250, 'eur', false,
             'Seeded', 'pi_' || n, 1250, at, at
      from charges c, generate_series(1, ${CHARGES}) n, lateral (
        select now() - (${CHARGES} - n) * interval '1 day' / ${A_DAY} as at) t
      where c.id = ${id}`;
    // The oldest ones are in all the other states.
    await tx`
      with other as (
        select id, (array['queued', 'retry_wait', 'needs_review', 'action_required', 'failed'])[1 + n / ${FEW}] as state
        from (select id, row_number() over (order by created_at)::int - 1 as n from charges) c where n < 5 * ${FEW})
      update charges c set state = other.state, amount_received_minor = null,
        settled_at = case when other.state = 'failed' then c.settled_at end,
        due_at = case when other.state in ('queued', 'retry_wait') then dc_now() end
      from other where other.id = c.id`;
  });
  await store.sql`vacuum analyze charges`;
  const [last] = await store.sql<{ at: Date }[]>`select max(settled_at) as at from charges`;
  newest = last?.at ?? new Date(0);
});

afterAll(async () => {
  await store.close();
  await database.drop();
});

const statesOf = (status: string) =>
  Object.entries(machines.charge.statuses).flatMap(([state, shown]) => (shown === status ? [state] : []));

describe('a list of charges', () => {
  test.each([
    ['processing', statesOf('processing'), false, 3 * FEW + 1],
    ['requires_action', statesOf('requires_action'), false, FEW],
    ['failed', statesOf('failed'), false, FEW],
    ['canceled', statesOf('canceled'), false, 0],
    ['scheduled', ['queued'], true, 0],
  ])('that are %s reads those alone', async (_status, states, scheduled, count) => {
    const filter = { ...EVERY_CHARGE, states, scheduled };
    expect(await listCharges(store.tables, filter)).toHaveLength(count);
    const reads = await readsOfBuilt(database.url, 'charges', (tables) => listCharges(tables, filter));
    expect(reads).toHaveLength(2);
    for (const { rows } of reads) expect(rows).toBeLessThanOrEqual(3 * (3 * FEW + 2));
  });
});

describe('the books', () => {
  // Half a minute before one charge, and as long behind another.
  const at = (days: number) => new Date(newest.getTime() - days * 86_400_000 - 30_000);
  const day = () => ({ from: at(10), to: at(9) });

  test('of a day add up its charges', async () => {
    const [sum] = await sumReceived(store.sql, day());
    expect(sum).toEqual({ currency: 'eur', received_minor: A_DAY * 1250 });
    for (const { rows, indexes } of await readsOf(database.url, 'charges', (sql) =>
      sumReceived(sql, day()),
    )) {
      expect(indexes).toContain('charges_settled_idx');
      expect(rows).toBeLessThanOrEqual(2 * A_RANGE);
    }
  });

  test('of a day name its charges', async () => {
    expect(await readEnded(store.sql, day().from, day().to)).toHaveLength(A_DAY);
    expect(await readEnded(store.sql, day().from, null)).toHaveLength(10 * A_DAY + 1);
    for (const { rows } of await readsOf(database.url, 'charges', (sql) =>
      readEnded(sql, day().from, day().to),
    ))
      expect(rows).toBeLessThanOrEqual(2 * A_RANGE);
  });

  test('name every charge that has not ended', async () => {
    expect(await readNotEnded(store.sql)).toHaveLength(4 * FEW);
    for (const { rows } of await readsOf(database.url, 'charges', (sql) => readNotEnded(sql)))
      expect(rows).toBeLessThanOrEqual(8 * FEW);
  });
});
