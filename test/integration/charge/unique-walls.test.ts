/**
 * What the database refuses whoever asks, written straight into the tables: these walls stand when a statement of
 * ours reads too early, forgets a condition or runs beside its own repetition.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase, type Sql } from '../../../src/store/postgres/database.ts';
import { type SeededCharge, seedCharge } from '../../harness/rows.ts';
import { createTestDatabase, type TestDatabase } from '../../harness/services/services.ts';

let database: TestDatabase;
let store: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  store = openDatabase({ url: database.url, applicationName: 'test', connectionsMax: 2 });
});

afterAll(async () => {
  await store.close();
  await database.drop();
});

const bind = (sql: Sql, { id }: SeededCharge, intent: string) => sql`
  update charges set stripe_payment_intent_id = ${intent} where id = ${id}`;

const attempt = (
  sql: Sql,
  { id }: SeededCharge,
  number: number,
  given: { readonly key?: string; readonly state?: string; readonly stripe_charge_id?: string } = {},
) => {
  const key = given.key ?? `dc1:${id}:confirm:${number}`;
  const state = given.state ?? 'open';
  const ended_at = state === 'open' ? null : new Date();
  return sql`
    insert into charge_attempts (charge_id, number, kind, state, idempotency_key, stripe_payment_intent_id,
                                 payment_method_id, request_body, api_version, lease_number, stripe_charge_id,
                                 ended_at)
    values (${id}, ${number}, 'off_session', ${state}, ${key}, ${`pi_${id}`}, 'pm_1', 'off_session=true', '1', 1,
            ${given.stripe_charge_id ?? null}, ${ended_at})`;
};

const refer = (sql: Sql, { id }: SeededCharge, reference: string) => sql`
  update charges set reference = ${reference} where id = ${id}`;

const useUp = (sql: Sql, { id }: SeededCharge, consent_id: string) => sql`
  update charges set one_time_consent_id = ${consent_id} where id = ${id}`;

const repeat = (sql: Sql, { id }: SeededCharge, again_of: string) => sql`
  update charges set again_of = ${again_of} where id = ${id}`;

const recovery = (sql: Sql, { id }: SeededCharge, name: string) => sql`
  insert into recoveries (id, state, charge_id, kind, payment_method_id, expires_at, link_nonce)
  values (${name + id.slice(4)}, 'open', ${id}, 'authenticate', 'pm_1', dc_now() + interval '1 day', 'n')`;

const mail = (sql: Sql, { id }: SeededCharge, name: string) => sql`
  insert into messages (id, state, recovery_id, step)
  values (${name + id.slice(4)}, 'queued', ${`a${id.slice(4)}`}, 'opened')`;

const keyed = (sql: Sql, { id }: SeededCharge, entity: string) => sql`
  insert into idempotency_keys (route, key, request_hash, entity_id, status_code)
  values ('POST /v1/charges', ${id}, '\\x00', ${entity}, 202)`;

type Write = (sql: Sql, charge: SeededCharge, other: SeededCharge) => Promise<unknown>;

/** What is refused, the constraint that refuses it, what goes well before, and what does not. */
const refusals: [what: string, constraint: string, before: Write, refused: Write][] = [
  [
    'a second attempt beside an open one',
    'charge_attempts_one_open_key',
    (sql, charge) => attempt(sql, charge, 1),
    (sql, charge) => attempt(sql, charge, 2),
  ],
  [
    'the key of another attempt',
    'charge_attempts_idempotency_key_key',
    (sql, charge) => attempt(sql, charge, 1, { state: 'declined' }),
    (sql, charge) => attempt(sql, charge, 2, { key: `dc1:${charge.id}:confirm:1` }),
  ],
  [
    'a charge of Stripe as the outcome of two attempts',
    'charge_attempts_stripe_charge_id_key',
    (sql, charge) => attempt(sql, charge, 1, { state: 'declined', stripe_charge_id: `ch_${charge.id}` }),
    (sql, charge) => attempt(sql, charge, 2, { state: 'lost', stripe_charge_id: `ch_${charge.id}` }),
  ],
  [
    'one PaymentIntent for two charges',
    'charges_stripe_payment_intent_id_key',
    (sql, charge) => bind(sql, charge, `pi_${charge.id}`),
    (sql, charge, other) => bind(sql, other, `pi_${charge.id}`),
  ],
  [
    'one reference for two charges',
    'charges_reference_key',
    (sql, charge) => refer(sql, charge, `ref_${charge.id}`),
    (sql, charge, other) => refer(sql, other, `ref_${charge.id}`),
  ],
  [
    'a one-time consent for two charges',
    'charges_one_time_consent_key',
    (sql, charge) => useUp(sql, charge, charge.consent_id),
    (sql, charge, other) => useUp(sql, other, charge.consent_id),
  ],
  [
    'a closed charge that is made again twice',
    'charges_again_of_key',
    (sql, charge) => repeat(sql, charge, `chg_of_${charge.id}`),
    (sql, charge, other) => repeat(sql, other, `chg_of_${charge.id}`),
  ],
  [
    'a second live recovery of a charge',
    'recoveries_one_live_key',
    (sql, charge) => recovery(sql, charge, 'a'),
    (sql, charge) => recovery(sql, charge, 'b'),
  ],
  [
    'a second mail of one step',
    'messages_step_key',
    (sql, charge) => recovery(sql, charge, 'a').then(() => mail(sql, charge, 'x')),
    (sql, charge) => mail(sql, charge, 'y'),
  ],
  [
    'one Idempotency-Key for two objects',
    'idempotency_keys_pkey',
    (sql, charge) => keyed(sql, charge, charge.id),
    (sql, charge, other) => keyed(sql, charge, other.id),
  ],
  [
    'success of which no amount is known',
    'charges_succeeded_check',
    async (sql, charge) => {
      await bind(sql, charge, `pi_${charge.id}`);
    },
    (sql, { id }) => sql`update charges set state = 'succeeded', settled_at = dc_now() where id = ${id}`,
  ],
  [
    'failure of a bound charge without proof',
    'charges_proof_check',
    (sql, charge) => bind(sql, charge, `pi_${charge.id}`),
    (sql, { id }) => sql`update charges set state = 'failed', settled_at = dc_now() where id = ${id}`,
  ],
];

describe('the database refuses', () => {
  test.each(refusals)('%s', async (_what, constraint_name, before, refused) => {
    const [charge, other] = [await seedCharge(store.sql), await seedCharge(store.sql)];
    await before(store.sql, charge, other);
    await expect(refused(store.sql, charge, other)).rejects.toMatchObject({ constraint_name });
  });
});
