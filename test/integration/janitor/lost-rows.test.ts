/**
 * Rows are lost while Stripe keeps what they asked for: a restore, a failover without its last commits. What a merchant
 * then asks for again is found at Stripe, and nobody pays twice.
 */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reconcile } from '../../../src/billing/janitor/reconcile.ts';
import { sweepOrphansOnce } from '../../../src/billing/janitor/sweep-orphans.ts';
import { noteLoss } from '../../../src/store/postgres/loss.ts';
import { setCharging, turnChargingOn } from '../../../src/store/work/charging.ts';
import type { SavedCustomer } from '../../harness/world.ts';
import { type ApiWorld, bodyOf, CONSENT, createApiWorld } from '../api/api-world.ts';
import { breaksOf } from '../charge/protocol-world.ts';
import { loseRows } from './lost-rows.ts';

const HOUR_S = 3_600;
const WORD = { reason: 'entered from the mails of that day', by: 'Kim' };

let api: ApiWorld;
let customer: SavedCustomer;

beforeEach(async () => {
  api = await createApiWorld();
  customer = await api.world.customer('pm_card_visa');
});
afterEach(() => api.close());

/** A charge as a merchant asks for it, under a key that can be used again. */
async function ask(more: object = {}, key: string = randomUUID()): Promise<{ id: string; key: string }> {
  const taken = await api.post('/v1/charges', bodyOf(customer, more), { key });
  expect(taken.status).toBe(202);
  return { id: taken.body.id, key };
}

const restored = () =>
  noteLoss(api.world.sql, { cause: 'restored', seen_at: null, since: null, stops: true });

const agree = async () => {
  const { sql, deps } = api.world;
  const { id } = deps.instance;
  return reconcile({ sql, stripe: deps.stripe, instance_id: id, recheck_ms: 0 }, null);
};

/** Everything at Stripe that succeeded for the customer. */
async function successes(): Promise<number> {
  const { payment_intents } = await api.world.simulator.control.ledger(api.world.secretKey);
  return payment_intents.reduce((sum, intent) => sum + intent.successes, 0);
}

const stateOf = async (id: string) => (await api.world.read(id)).charge.state;

describe('a charge that was paid before its row was lost', () => {
  test('is found paid when it is asked for again a day later, and settles', async () => {
    const { world } = api;
    const { id, key } = await ask();
    await world.work();
    expect(await stateOf(id)).toBe('succeeded');
    await loseRows(world.sql, [id]);
    await restored();
    await world.advance(25 * HOUR_S);

    expect((await ask({}, key)).id).toBe(id);
    await world.work();

    expect(await stateOf(id)).toBe('succeeded');
    expect(await successes()).toBe(1);
    expect(await world.ledger(id)).toHaveLength(1);
  });

  test('by the runbook in its own order: off, restored, asked again, reconcile clean, on', async () => {
    const { world } = api;
    const asked = [await ask({ reference: 'May' }), await ask(), await ask()];
    await world.work();
    const ids = asked.map(({ id }) => id);
    await setCharging(world.sql, false, WORD);
    await loseRows(world.sql, ids);
    await restored();
    await world.advance(25 * HOUR_S);
    await world.work();

    for (const [index, { key }] of asked.entries()) await ask(index === 0 ? { reference: 'May' } : {}, key);
    await world.work();

    expect(await Promise.all(ids.map(stateOf))).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(await agree()).toMatchObject({ agree: true, charges: 3 });
    expect(await turnChargingOn(world.sql, WORD, false)).toMatchObject({ cause: 'restored' });
    expect(await turnChargingOn(world.sql, WORD, true)).toBeNull();
    const { id: fresh } = await ask();
    await world.work();
    expect(await stateOf(fresh)).toBe('succeeded');
    expect(await successes()).toBe(4);
  });

  test.each([
    ['that is cancelled before it was looked for ends paid, not canceled', '0 days'],
    ['that is now asked for at a later time, and cancelled before it, is looked for all the same', '9 days'],
  ])('%s', async (_what, later) => {
    const { world } = api;
    const { id, key } = await ask();
    await world.work();
    await loseRows(world.sql, [id]);
    await restored();
    const [due] = await world.sql<{ due_at: string }[]>`
      select to_char(dc_now() at time zone 'UTC' + ${later}::interval, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as due_at`;
    await ask(later === '0 days' ? {} : { ...due }, key);

    expect((await api.post(`/v1/charges/${id}/cancel`)).status).toBe(202);
    await world.work();

    expect(await stateOf(id)).toBe('succeeded');
    expect(await successes()).toBe(1);
  });
});

describe('what is found after a loss and is not what is asked for now', () => {
  test.each([
    ['another amount', { amount: 1_300 }, 'amount_differs'],
    ['another description', { description: 'Power in November' }, 'request_differs'],
  ])('%s: nobody is charged, a person looks', async (_what, more, kind) => {
    const { world } = api;
    const { id, key } = await ask();
    await world.work();
    await loseRows(world.sql, [id]);
    await restored();
    await turnChargingOn(world.sql, WORD, true);

    await ask(more, key);
    await world.work();

    expect(await stateOf(id)).toBe('needs_review');
    expect(await breaksOf(world, id)).toEqual([kind]);
    expect(await successes()).toBe(1);
  });

  test('the same reference under another key: parked, both named', async () => {
    const { world } = api;
    const { id } = await ask({ reference: 'May' });
    await world.work();
    await loseRows(world.sql, [id]);
    await restored();
    await turnChargingOn(world.sql, WORD, true);

    const again = await ask({ reference: 'May' });
    await world.work();

    expect(again.id).not.toBe(id);
    expect(await stateOf(again.id)).toBe('needs_review');
    const [found] =
      await world.sql`select kind, stripe_id, observed from breaks where entity_id = ${again.id}`;
    const [paid] = await world.ledger(id);
    expect(found).toMatchObject({
      kind: 'reference_found',
      stripe_id: paid?.id,
      observed: { dc_charge: id, status: 'succeeded' },
    });
    expect(await successes()).toBe(1);
  });
});

describe('a loss that nobody told is noted, and charging goes off,', () => {
  const lostBy = async () =>
    (await api.world.sql`select lost_cause as by, charging_enabled as on from instance`)[0];

  test('by an event about a PaymentIntent whose charge is missing', async () => {
    const { world } = api;
    const { id } = await ask();
    await world.work(['charge']);
    await loseRows(world.sql, [id]);
    await world.work();
    expect(await lostBy()).toEqual({ by: 'payment_intent_without_row', on: false });
  });

  test('by an event that names a confirm which no attempt was written ahead for', async () => {
    const { world } = api;
    const { id, key } = await ask();
    await world.work(['charge']);
    await loseRows(world.sql, [id]);
    await ask({}, key);
    await world.work(['inbox_event']);
    expect(await lostBy()).toEqual({ by: 'key_without_row', on: false });
    await world.work();
    expect(await successes()).toBe(1);
  });

  test('by the sweep, before the charge is asked for again: nobody typed anything, and nobody pays twice', async () => {
    const { world } = api;
    const { id, key } = await ask();
    await world.work();
    await loseRows(world.sql, [id]);
    await world.advance(25 * HOUR_S);
    await sweepOrphansOnce(world.deps);
    expect(await lostBy()).toEqual({ by: 'payment_intent_without_row', on: false });
    await ask({}, key);
    await world.work();
    expect(await stateOf(id)).toBe('succeeded');
    expect(await successes()).toBe(1);
  });

  test('by reconcile', async () => {
    const { world } = api;
    const { id } = await ask();
    await world.work();
    await loseRows(world.sql, [id]);
    expect((await agree()).agree).toBe(false);
    expect(await lostBy()).toEqual({ by: 'payment_intent_without_row', on: false });
  });
});

test('charging goes on only with the word that withdrawals were entered again, and the word is kept', async () => {
  const { sql, deps } = api.world;
  await restored();
  expect(await turnChargingOn(sql, WORD, false)).toMatchObject({ cause: 'restored' });
  const enabled = async () => (await sql`select charging_enabled as on from instance`)[0]?.on;
  expect(await enabled()).toBe(false);

  expect(await turnChargingOn(sql, WORD, true)).toBeNull();

  expect(await enabled()).toBe(true);
  expect(await sql`select closed_by from breaks where entity_id = ${deps.instance.id}`).toEqual([
    { closed_by: `operator: ${WORD.reason}` },
  ]);
  const kept = await sql`
    select "by", observed ->> 'withdrawals_entered' as entered from operator_actions where verb = 'charging_on'`;
  expect(kept).toEqual([{ by: 'Kim', entered: 'true' }]);
});

test('a charge of which Stripe knows nothing is looked for in one list, created under its number and paid once', async () => {
  const { world } = api;
  await restored();
  await turnChargingOn(world.sql, WORD, true);
  const { id } = await ask({ reference: 'invoice-9' });
  await world.work();
  const looks = (await world.simulator.control.requests()).filter(
    ({ method, path }) => method === 'GET' && path === '/v1/payment_intents',
  );
  expect(looks).toHaveLength(1);
  expect(await stateOf(id)).toBe('succeeded');
  expect((await world.read(id)).charge.create_number).toBe(1);
  expect(await successes()).toBe(1);
});

test('an attempt after a loss is numbered above those that the events of its PaymentIntent name', async () => {
  const { world } = api;
  customer = await world.customer('pm_card_visa', ['insufficient_funds', 'succeed']);
  const { id, key } = await ask();
  await world.work();
  expect(await stateOf(id)).toBe('retry_wait');
  await loseRows(world.sql, [id]);
  await restored();
  await turnChargingOn(world.sql, WORD, true);
  await ask({}, key);
  await world.work();

  const { attempts, charge } = await world.read(id);
  expect(charge.state).toBe('succeeded');
  expect(attempts.map(({ number }) => number)).toEqual([2]);
  expect(await agree()).toMatchObject({ agree: true });
});

test('a customer without a key comes back under the id of its reference, and is bound to the same one', async () => {
  const { world } = api;
  const person = { reference: 'household 7', email: 'lost@example.test' };
  const first = (await api.post('/v1/customers', person, { key: null })).body;
  await world.work();
  const bound = () => world.sql`select id, stripe_customer_id from customers where reference = 'household 7'`;
  const before = await bound();
  await loseRows(world.sql, [first.id]);
  await restored();
  await world.advance(25 * HOUR_S);

  expect((await api.post('/v1/customers', person, { key: null })).body.id).toBe(first.id);
  await world.work();

  expect(await bound()).toEqual(before);
});

test('customer and setup that were made before their rows were lost are found, not made again', async () => {
  const { world } = api;
  const person = { email: 'lost@example.test', name: 'Lost' };
  const key = randomUUID();
  const { body } = await api.post('/v1/customers', person, { key });
  const setup = { customer: body.id, return_url: 'https://shop.example/back', consent: CONSENT };
  const setupKey = randomUUID();
  const asked = await api.post('/v1/setups', setup, { key: setupKey });
  await world.work();
  const before = await world.sql`
    select c.stripe_customer_id, s.stripe_setup_intent_id from customers c join setups s on s.customer_id = c.id`;
  await loseRows(world.sql, [asked.body.id, body.id]);
  await restored();
  await world.advance(25 * HOUR_S);

  await api.post('/v1/customers', person, { key });
  await api.post('/v1/setups', setup, { key: setupKey });
  await world.work(['customer', 'setup']);

  const after = await world.sql`
    select c.stripe_customer_id, s.stripe_setup_intent_id from customers c join setups s on s.customer_id = c.id`;
  expect(after).toEqual(before);
  expect(before[0]?.stripe_setup_intent_id).toMatch(/^seti_/);
});
