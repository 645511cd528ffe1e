/**
 * What the statements on a charge's way read, with 20,000 charges on file, 600 of them in flight: the charges that they
 * are about, by their ids, however little the planner knows of the leases.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ChargePlan } from '../../../src/domain/charge/charge-facts.ts';
import { findCharge, readCharges } from '../../../src/store/charge/charge-context.ts';
import { openAttempts } from '../../../src/store/charge/open-attempt.ts';
import { openCreates } from '../../../src/store/charge/open-create.ts';
import { parkCharge, settleCharges } from '../../../src/store/charge/settle-charges.ts';
import { type Database, openDatabase, type Sql } from '../../../src/store/postgres/database.ts';
import {
  backOffRow,
  claimRows,
  forgetOffers,
  moveRow,
  offerDueRows,
  offerRows,
  releaseLeases,
  renewLeases,
} from '../../../src/store/work/obligations.ts';
import { readsOf } from '../../harness/plans.ts';
import { seedCharge } from '../../harness/rows.ts';
import { createTestDatabase, type TestDatabase } from '../../harness/services/services.ts';

const CHARGES = 20_000;
const LEASED = 600;
const DUE = 8_000;
const LEFT = 5;
/** As far as the dispatcher looks for what was left, and the row behind it. */
const FRONT = 4_001;
const BATCH = 25;
/** Each part of a statement may read its rows again, and no others. */
const PARTS = 6;

let database: TestDatabase;
let store: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  store = openDatabase({ url: database.url, applicationName: 'test', connectionsMax: 2 });
  const { id } = await seedCharge(store.sql);
  await store.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`
      insert into charges (id, state, due_at, customer_id, payment_method_id, consent_id, amount_minor, currency,
                           livemode, description)
      select 'chg_' || lpad(n::text, 6, '0'), case when n <= ${LEASED} then 'queued' else 'retry_wait' end,
             dc_now() + case when n <= ${LEASED} then interval '-1 minute' when n <= ${DUE} then interval '-30 s'
                             else interval '1 day' end,
             c.customer_id, c.payment_method_id, c.consent_id, 1250, 'eur', false, 'Seeded'
      from charges c, generate_series(1, ${CHARGES}) n where c.id = ${id}`;
  });
  // The planner believes that nothing is leased, as after any quiet hour.
  await store.sql`vacuum analyze charges`;
  await store.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`
      update charges set claim_token = gen_random_uuid(), lease_number = 1,
        lease_until = clock_timestamp() + case when id > ${idOf(LEASED - LEFT)} then interval '-1 s' else interval '1 hour' end
      where id between ${idOf(1)} and ${idOf(LEASED)}`;
  });
});

afterAll(async () => {
  await store.close();
  await database.drop();
});

const idOf = (n: number): string => `chg_${String(n).padStart(6, '0')}`;
const ids = Array.from({ length: BATCH }, (_, index) => idOf(7 * (index + 1)));
const free = Array.from({ length: BATCH }, (_, index) => idOf(LEASED + 7 * (index + 1)));
const leases = ids.map((id) => ({ id, lease_number: 1 }));
const [one = { id: '', lease_number: 0 }] = leases;
const LEASE = { lease_ms: 60_000, due_only: false };
const CAUSE = { cause: 'worker', cause_reference: 'test' } as const;

const waits: ChargePlan = { state: 'retry_wait', due_in_ms: 1, detail: null, attempt: null, recovery: null };

const statements: Record<string, (sql: Sql) => Promise<unknown>> = {
  claimRows: (sql) =>
    claimRows(
      sql,
      'charge',
      free.map((id) => ({ id, token: randomUUID() })),
      LEASE,
    ),
  readCharges: (sql) => readCharges(sql, ids),
  openCreates: (sql) =>
    openCreates(
      sql,
      ids.map((charge_id) => ({ charge_id, lease_number: 1, method_type: 'card' })),
    ),
  'openCreates of one': (sql) =>
    openCreates(sql, [{ charge_id: one.id, lease_number: 1, method_type: 'card' }]),
  openAttempts: (sql) =>
    openAttempts(
      sql,
      ids.map((charge_id) => ({
        charge_id,
        lease_number: 1,
        payment_intent_id: `pi_${charge_id}`,
        attempt: null,
        ...CAUSE,
      })),
    ),
  settleCharges: (sql) =>
    settleCharges(
      sql,
      ids.map((charge_id) => ({ charge_id, revision: 0, plan: waits, stripe_request_id: null, ...CAUSE })),
    ),
  renewLeases: (sql) => renewLeases(sql, 'charge', leases, 60_000),
  releaseLeases: (sql) => releaseLeases(sql, 'charge', leases),
  backOffRow: (sql) => backOffRow(sql, 'charge', one, null),
  moveRow: (sql) =>
    moveRow(sql, 'charge', { id: one.id, revision: 0, lease_number: 1, set: {}, due_in_ms: 1, ...CAUSE }),
  offerRows: (sql) => offerRows(sql, 'charge', ids),
  forgetOffers: (sql) => forgetOffers(sql, 'charge', ids),
  findCharge: (sql) => findCharge(sql, 'pi_none', one.id, 'dc1:none:confirm:1'),
  parkCharge: (sql) =>
    parkCharge(sql, {
      charge_id: one.id,
      kind: 'unexpected_status',
      stripe_id: null,
      observed: {},
      move: true,
      cause: 'worker',
    }),
};

test.each(Object.entries(statements))(
  '%s reads the charges it is about, and no others',
  async (_name, act) => {
    const reads = await readsOf(database.url, 'charges', act);
    expect(reads.length).toBeGreaterThan(0);
    for (const { indexes, rows } of reads) {
      expect(indexes).not.toContain('charges_created_idx');
      expect(rows).toBeLessThanOrEqual(PARTS * BATCH);
    }
  },
);

test('what a dead worker left is found at the front of the line, however long the line is', async () => {
  const options = { limit: 100, stale_ms: 0, left_only: true };
  for (const { rows } of await readsOf(database.url, 'charges', (sql) =>
    offerDueRows(sql, 'charge', options),
  ))
    expect(rows).toBeLessThanOrEqual(FRONT);
  const left = await offerDueRows(store.sql, 'charge', options);
  expect(left.map(({ id }) => id).sort()).toEqual(
    Array.from({ length: LEFT }, (_, index) => idOf(LEASED - LEFT + 1 + index)),
  );
});
