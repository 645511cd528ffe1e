/** Which PaymentIntent a charge has when several carry its mark, and that it is still the one that was agreed. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { byHolder, handToPerson } from '../../../src/billing/charge/hand-to-person.ts';
import { sweepOrphansOnce } from '../../../src/billing/janitor/sweep-orphans.ts';
import { pressConfirm } from '../../../src/billing/recovery/press.ts';
import { createWorld, type World } from '../../harness/world.ts';
import {
  attemptStates,
  breaksOf,
  clearWeather,
  confirmsOf,
  dueInSeconds,
  intentOf,
  tell,
} from '../charge/protocol-world.ts';
import { forgotten } from './marked-world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld({ timings: { stripeTimeoutMs: 1_500 } });
});

afterEach(() => clearWeather(world));

afterAll(() => world.close());

async function statusesOf(charge: string): Promise<Record<string, string>> {
  const intents = await world.ledger(charge);
  return Object.fromEntries(intents.map((intent) => [intent.id, intent.status]));
}

describe('of several PaymentIntents under the mark of one charge', () => {
  test('the paid one is bound, though an older one waits; the other is cancelled', async () => {
    const { charge, ids } = await forgotten(world, 'pm_card_visa', ['unconfirmed', 'paid']);
    const [older, paid] = ids as [string, string];

    await world.work(['charge']);

    expect((await world.read(charge)).charge).toMatchObject({
      state: 'succeeded',
      stripe_payment_intent_id: paid,
    });
    expect(await confirmsOf(world, charge)).toEqual([]);
    expect(await statusesOf(charge)).toEqual({ [older]: 'canceled', [paid]: 'succeeded' });
  });

  test('another whose cancellation is not answered is cancelled by the sweep', async () => {
    const { charge, ids } = await forgotten(world, 'pm_card_visa', ['unconfirmed', 'paid']);
    const [older, paid] = ids as [string, string];
    const match = { route: '/v1/payment_intents/:id/cancel' };
    await world.simulator.control.faults({ match, action: 'reset_before', times: 2 });
    await world.work(['charge']);
    expect(await statusesOf(charge)).toMatchObject({
      [older]: 'requires_payment_method',
      [paid]: 'succeeded',
    });

    await world.advance(3_600);
    await sweepOrphansOnce(world.deps);

    expect(await statusesOf(charge)).toEqual({ [older]: 'canceled', [paid]: 'succeeded' });
  });

  test.each([
    ['two that were paid', ['paid', 'paid']],
    ['one whose amount is only held', ['unconfirmed', 'held']],
  ] as const)('%s are for a person, who is told of each; none is confirmed', async (_, kinds) => {
    const { charge, ids } = await forgotten(world, 'pm_card_visa', kinds);

    await world.work(['charge']);

    expect((await world.read(charge)).charge).toMatchObject({
      state: 'needs_review',
      stripe_payment_intent_id: null,
    });
    expect(await breaksOf(world, charge)).toEqual(['several_payment_intents']);
    const [row] = await world.sql`select observed from breaks where entity_id = ${charge}`;
    for (const id of ids) expect(row?.observed.payment_intents).toContain(id);
    expect(await confirmsOf(world, charge)).toEqual([]);
  });

  test('the one at the bank is bound with its attempt, and the customer’s answer settles it', async () => {
    const { charge, ids } = await forgotten(world, 'pm_card_authenticationRequired', [
      'unconfirmed',
      'at_the_bank',
    ]);
    const [, bank] = ids as [string, string];

    await world.work(['charge']);

    const { charge: row, attempts } = await world.read(charge);
    expect(row).toMatchObject({ state: 'action_required', stripe_payment_intent_id: bank });
    expect(attempts).toMatchObject([{ number: 1, kind: 'on_session', state: 'awaiting_customer' }]);
    expect(await dueInSeconds(world, charge)).toBeGreaterThan(29 * 60);
    await world.simulator.control.authenticate(bank, 'succeed');
    await world.advance(1_801);
    await world.work(['charge']);
    expect((await world.read(charge)).charge.state).toBe('succeeded');
    expect(await attemptStates(world, charge)).toEqual(['succeeded']);
    expect(await confirmsOf(world, charge)).toEqual([]);
  });

  test('a customer who does not come back from there is asked again', async () => {
    const { charge } = await forgotten(world, 'pm_card_authenticationRequired', ['at_the_bank']);
    await world.work(['charge']);

    await world.advance(1_801);
    await world.work(['charge']);

    const { charge: row, recovery } = await world.read(charge);
    expect(row.state).toBe('action_required');
    expect(recovery).not.toBeNull();
    expect(await attemptStates(world, charge)).toEqual(['abandoned']);
    expect(await confirmsOf(world, charge)).toEqual([]);
  });
});

describe('an event about what is final', () => {
  test('that does not fit the charge is not believed: Stripe is asked', async () => {
    const charge = await world.charge(await world.customer('pm_card_visa', ['insufficient_funds']));
    await world.work(['charge']);
    const intent = await intentOf(world, charge);
    for (const status of ['canceled', 'succeeded'] as const)
      for (const wrong of [
        { amount_minor: 1 },
        { currency: 'usd' },
        { customer: 'cus_other' },
        { livemode: null },
      ])
        await tell(world, { ...intent, status, amount_received_minor: 1_250, ...wrong });
    expect((await world.read(charge)).charge.state).toBe('retry_wait');
    expect(await breaksOf(world, charge)).toEqual([]);

    await world.sdk.paymentIntents.cancel(intent.id);
    await tell(world, { ...intent, status: 'canceled', amount_minor: 1 });
    expect((await world.read(charge)).charge).toMatchObject({
      state: 'failed',
      detail: 'canceled_at_stripe',
    });
  });
});

describe('a PaymentIntent that somebody has changed at Stripe', () => {
  const changes = [
    ['amount', { amount: 99_900 }],
    ['currency', { currency: 'usd' }],
  ] as const;

  test.each(changes)(
    'has its %s compared before the next attempt: nothing is confirmed',
    async (_, change) => {
      const charge = await world.charge(await world.customer('pm_card_visa', ['insufficient_funds']));
      await world.work(['charge']);
      const { charge: row } = await world.read(charge);
      await world.sdk.paymentIntents.update(String(row.stripe_payment_intent_id), change);

      await world.advance(86_401);
      await world.work(['charge']);

      expect((await world.read(charge)).charge.state).toBe('needs_review');
      expect(await breaksOf(world, charge)).toEqual(['amount_differs']);
      expect(await confirmsOf(world, charge)).toHaveLength(1);
      expect(await world.ledger(charge)).toMatchObject([{ amount_received: 0 }]);
    },
  );

  test('to another customer is not confirmed either, and the break says what differs', async () => {
    const charge = await world.charge(await world.customer('pm_card_visa', ['insufficient_funds']));
    await world.work(['charge']);
    const stranger = await world.customer('pm_card_visa');
    const id = String((await world.read(charge)).charge.stripe_payment_intent_id);
    await world.sdk.paymentIntents.update(id, { customer: stranger.stripe_customer_id });

    await world.advance(86_401);
    await world.work(['charge']);

    const rows = await world.sql`select stripe_id, observed from breaks where entity_id = ${charge}`;
    expect(rows).toMatchObject([{ stripe_id: id, observed: { differs: 'customer' } }]);
    expect(await confirmsOf(world, charge)).toHaveLength(1);
  });

  test('is for a person by the word of who holds the charge, not of one who was overtaken', async () => {
    const charge = await world.charge(await world.customer('pm_card_visa', ['insufficient_funds']));
    await world.work(['charge']);
    const { lease_number } = (await world.read(charge)).charge;
    const met = {
      charge_id: charge,
      kind: 'amount_differs',
      stripe_id: null,
      observed: {},
      move: true,
    } as const;

    await handToPerson(world.deps, { ...met, ...byHolder({ id: charge, lease_number: lease_number - 1 }) });
    expect(await breaksOf(world, charge)).toEqual([]);
    expect((await world.read(charge)).charge.state).toBe('retry_wait');
    await handToPerson(world.deps, { ...met, ...byHolder({ id: charge, lease_number }) });
    expect(await breaksOf(world, charge)).toEqual(['amount_differs']);
    expect((await world.read(charge)).charge.state).toBe('needs_review');
  });

  test('is not confirmed by the customer’s press', async () => {
    const customer = await world.customer('pm_card_authenticationRequired');
    const charge = await world.charge(customer);
    await world.work(['charge']);
    const { charge: row, recovery } = await world.read(charge);
    await world.sdk.paymentIntents.update(String(row.stripe_payment_intent_id), { amount: 99_900 });

    const pressed = await pressConfirm(world.deps, {
      charge_id: charge,
      recovery_id: recovery?.id ?? '',
      payment_method_id: customer.payment_method_id,
      future_use: false,
      return_url: 'http://127.0.0.1/r/page',
    });

    expect(pressed.outcome).toBe('processing');
    expect((await world.read(charge)).charge.state).toBe('needs_review');
    expect(await confirmsOf(world, charge)).toHaveLength(1);
  });
});
