/** A verdict belongs to the card where its network says so: to every method and customer that has the same one. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { advance } from '../../../src/billing/advance.ts';
import { pressConfirm } from '../../../src/billing/recovery/press.ts';
import { readMethod } from '../../../src/store/customer/payment-method-list.ts';
import { readMailBills, startMessage } from '../../../src/store/recovery/messages.ts';
import { createWorld, type SavedCustomer, type World } from '../../harness/world.ts';
import { attemptStates } from '../charge/protocol-world.ts';
import { knowCard, renewCard } from './card-world.ts';
import { anotherCard, cardOf, choose, takeIn, usedBy } from './following-world.ts';

const CONFIRM = '/v1/payment_intents/:id/confirm';
const REVOKED = { decline_code: 'revocation_of_authorization', network_decline_code: 'R1' };
type Script = Parameters<World['customer']>[1];
let world: World;

beforeAll(async () => {
  world = await createWorld({
    timings: { stripeTimeoutMs: 1_500 },
    simulator: { fingerprints: 'of_number' },
  });
});

afterAll(() => world.close());

const stateOf = async (charge: string) => (await world.read(charge)).charge.state;
const closedOf = async (id: string) => (await readMethod(world.tables, id))?.closed ?? null;

/** A customer whose card has been read at Stripe, so that it is known which card it is. */
async function payer(token: string, script: Script = []): Promise<SavedCustomer> {
  const customer = await world.customer(token, script);
  await knowCard(world, customer.payment_method_id);
  return customer;
}

/** Whether the first mail about a charge says that it was tried. */
async function isTold(charge: string): Promise<boolean | undefined> {
  const [mail] = await world.sql<{ id: string; lease_number: number }[]>`
    select m.id, m.lease_number from messages m join recoveries r on r.id = m.recovery_id
    where r.charge_id = ${charge} and m.step = 'opened'`;
  const start = { id: '', lease_number: 0, ...mail, wait_ms: 0 };
  const started = await startMessage(world.sql, start, world.deps.timings);
  return started === null ? undefined : (await readMailBills(world.sql, started))?.bills[0].was_tried;
}

/** As long as what waits needs to be tried one after the other. */
async function pass(): Promise<void> {
  for (let look = 0; look < 8; look += 1) {
    await world.work();
    await world.advance(6);
  }
}

async function charged(customer: SavedCustomer, named = true): Promise<string> {
  const { payment_method_id } = customer;
  const charge = await takeIn(world, customer, named ? { payment_method_id } : {});
  await world.work();
  return charge;
}

describe('a verdict on the card', () => {
  test('keeps three further charges from it, of its customers all, until the network renews it', async () => {
    const customer = await payer('pm_card_visa_debit', ['stolen_card']);
    const neighbour = await payer('pm_card_visa_debit');
    const first = await charged(customer);
    expect(await attemptStates(world, first)).toEqual(['declined']);
    const further = [await charged(customer), await charged(customer, false), await charged(neighbour)];
    for (const charge of further) {
      expect(await stateOf(charge)).toBe('action_required');
      expect(await attemptStates(world, charge)).toEqual([]);
      expect((await world.ledger(charge)).map(({ confirms }) => confirms)).toEqual([0]);
    }
    const kinds = await world.sql`select distinct kind from recoveries where charge_id = any(${further})`;
    expect(kinds).toEqual([{ kind: 'replace' }]);
    expect(await closedOf(neighbour.payment_method_id)).toMatchObject({ reason: 'stolen_card' });
    expect([await isTold(first), await isTold(further[2] as string)]).toEqual([true, false]);
    await renewCard(world, customer.payment_method_id);
    await pass();
    expect(await closedOf(customer.payment_method_id)).toBeNull();
    expect(await stateOf(await charged(customer))).toBe('succeeded');
    // What waited was woken; of the neighbour's the network has said nothing yet.
    expect(await Promise.all(further.map(stateOf))).toEqual(['succeeded', 'succeeded', 'action_required']);
    expect(await stateOf(await charged(neighbour))).toBe('action_required');
  });

  test('is none where the code is about one charge: the next one is tried', async () => {
    const customer = await payer('pm_card_mastercard_debit', ['transaction_not_allowed']);
    expect(await stateOf(await charged(customer))).toBe('action_required');
    expect(await stateOf(await charged(customer))).toBe('succeeded');
  });

  test('is not shared by methods that were never read: then each is a card of its own', async () => {
    const customer = await world.customer('pm_card_discover', ['lost_card']);
    const neighbour = await world.customer('pm_card_discover');
    await charged(customer);
    expect(await attemptStates(world, await charged(customer))).toEqual([]);
    expect(await stateOf(await charged(neighbour))).toBe('succeeded');
    // What was said of the method stands when it becomes known which card it is, and is not spread by that.
    await knowCard(world, customer.payment_method_id);
    expect(await attemptStates(world, await charged(customer))).toEqual([]);
  });

  test.each([
    ['pm_card_gb_mastercard', { network_advice_code: '03' }, []],
    ['pm_card_at', { network_advice_code: '03' }, ['succeeded']],
    ['pm_card_be', { network_decline_code: '46' }, []],
    ['pm_card_ae_mastercard', { network_decline_code: '46' }, ['succeeded']],
  ])('is its own network’s only: %s after %o', async (token, codes, expected) => {
    const advised = { decline_code: 'do_not_honor', advice_code: 'do_not_try_again', ...codes } as const;
    const customer = await payer(token, [advised]);
    const brand = token.includes('mastercard') ? 'mastercard' : 'visa';
    await world.sql`update payment_methods set card_brand = ${brand} where id = ${customer.payment_method_id}`;
    await charged(customer);
    expect(await attemptStates(world, await charged(customer))).toEqual(expected);
  });

  test('of a renewed card is not about what was tried before: its new data stay open', async () => {
    const customer = await payer('pm_card_bg', ['lost_card']);
    const charge = await takeIn(world, customer);
    await world.simulator.control.faults({ match: { route: CONFIRM }, action: 'reset_after', times: 2 });
    await world.work(['charge']);
    await renewCard(world, customer.payment_method_id);
    await world.work();
    await world.advance(30);
    await world.work();
    expect((await attemptStates(world, charge))[0]).toBe('declined');
    expect(await stateOf(await charged(customer))).toBe('succeeded');
  });

  test('leads a charge that follows to another card of its customer', async () => {
    const customer = await payer('pm_card_hr', ['pickup_card']);
    await charged(customer);
    const other = await anotherCard(world, customer, 'pm_card_jcb');
    const charge = await charged(customer, false);
    expect(await stateOf(charge)).toBe('succeeded');
    expect(await usedBy(world, charge)).toEqual([other]);
    expect(await attemptStates(world, await charged(customer))).toEqual([]);
  });

  test('lets the customer press all the same', async () => {
    const customer = await payer('pm_card_cy', ['lost_card']);
    await charged(customer);
    const charge = await charged(customer);
    const [recovery] = await world.sql<
      { id: string }[]
    >`select id from recoveries where charge_id = ${charge}`;
    const { payment_method_id } = customer;
    const pressed = await pressConfirm(world.deps, {
      ...{ charge_id: charge, recovery_id: recovery?.id ?? '', payment_method_id },
      ...{ future_use: false, return_url: 'http://127.0.0.1:1/r' },
    });
    expect(pressed).toEqual({ outcome: 'paid' });
    // Its owner's payment is not the network's word.
    expect(await closedOf(payment_method_id)).not.toBeNull();
  });

  test('that comes between a sending and the next is asked for again: the outcome is looked for', async () => {
    const customer = await payer('pm_card_cz', ['lost_card']);
    const neighbour = await payer('pm_card_cz');
    const waiting = await takeIn(world, neighbour);
    const { faults, removeFault } = world.simulator.control;
    const broken = await faults({ match: { route: CONFIRM }, action: 'reset_before', times: 9 });
    await advance(world.deps, 'charge', [waiting]);
    await removeFault(broken.id);
    expect(await attemptStates(world, waiting)).toEqual(['open']);
    const due = (hours: number) =>
      world.sql`update charges set due_at = dc_now() + ${hours} * interval '1 hour' where id = ${waiting}`;
    await due(1);
    await charged(customer);
    await due(0);
    for (let minute = 0; minute < 15; minute += 1) {
      await world.work();
      await world.advance(60);
    }
    expect(await attemptStates(world, waiting)).toEqual(['lost']);
    expect(await stateOf(waiting)).toBe('action_required');
    expect((await world.ledger(waiting)).map(({ confirms }) => confirms)).toEqual([0]);
  });
});

describe('a verdict on an agreement', () => {
  test('ends this customer’s charges unasked until they have paid with the card themselves', async () => {
    const customer = await payer('pm_card_dk', ['authentication_required', REVOKED, 'succeed']);
    const neighbour = await payer('pm_card_dk');
    const asked = await charged(customer);
    expect(await stateOf(asked)).toBe('action_required');
    const charges = [await charged(customer), await charged(customer)];
    for (const charge of charges)
      expect((await world.read(charge)).charge).toMatchObject({
        state: 'failed',
        close_detail: 'merchant_action',
      });
    expect(await attemptStates(world, charges[1] as string)).toEqual([]);
    const told = await world.sql`select 1 from recoveries where charge_id = any(${charges})`;
    expect(told).toEqual([]);
    expect(await stateOf(await charged(neighbour))).toBe('succeeded');
    const [recovery] = await world.sql<
      { id: string }[]
    >`select id from recoveries where charge_id = ${asked}`;
    await pressConfirm(world.deps, {
      ...{ charge_id: asked, recovery_id: recovery?.id ?? '', future_use: false },
      payment_method_id: customer.payment_method_id,
      return_url: 'http://127.0.0.1:1/r',
    });
    expect(await stateOf(asked)).toBe('succeeded');
    expect(await closedOf(customer.payment_method_id)).toBeNull();
    expect(await stateOf(await charged(customer))).toBe('succeeded');
  });

  test('is over when its customer has agreed anew', async () => {
    const customer = await payer('pm_card_de', [REVOKED]);
    await charged(customer);
    expect(await stateOf(await charged(customer))).toBe('failed');
    const { consent_id } = await anotherCard(world, customer);
    const { payment_method_id } = customer;
    await world.sql`update payment_methods set consent_id = ${consent_id} where id = ${payment_method_id}`;
    expect(await stateOf(await charged(customer))).toBe('succeeded');
  });
});

test('a charge is taken in with a warning where nothing will be sent', async () => {
  const customer = await payer('pm_card_fi', ['stolen_card']);
  await charged(customer);
  const warningsOf = async (charge: string) =>
    (await world.sql`select warnings from charges where id = ${charge}`)[0]?.warnings;
  expect(await warningsOf(await charged(customer))).toEqual(['card_closed']);
  expect(await warningsOf(await charged(customer, false))).toEqual(['card_closed']);
  await choose(world, await anotherCard(world, customer, 'pm_card_amex'));
  expect(await warningsOf(await charged(customer, false))).toEqual([]);
  expect(cardOf(customer)).toBeDefined();
});
