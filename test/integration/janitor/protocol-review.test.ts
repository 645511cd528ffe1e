/** Charges that a person has to look at: what parks them, what they still take, and what is never confirmed for them. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { pressConfirm } from '../../../src/billing/recovery/press.ts';
import { createWorld, type World } from '../../harness/world.ts';
import {
  atTheBank,
  breaksOf,
  cancel,
  clearWeather,
  confirmsOf,
  intentOf,
  tell,
  toldOf,
} from '../charge/protocol-world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterEach(() => clearWeather(world));

afterAll(() => world.close());

/** Another program takes the money of the charge's own PaymentIntent, and one cent less. */
async function takeOneLess(charge: string): Promise<void> {
  const { id } = await intentOf(world, charge);
  await world.sdk.paymentIntents.update(id, { amount: 1_249 });
  const payment_method = (await world.read(charge)).charge.payment_method_id;
  await world.sdk.paymentIntents.confirm(id, { payment_method, off_session: true });
}

describe('a charge that is parked for a person', () => {
  async function parked() {
    const charge = await world.charge(await world.customer('pm_card_visa', ['insufficient_funds']));
    await world.work();
    await takeOneLess(charge);
    const snapshot = await intentOf(world, charge);
    await tell(world, snapshot);
    const { charge: row } = await world.read(charge);
    expect(row).toMatchObject({ state: 'needs_review', due_at: null });
    return { charge, snapshot };
  }

  test('is one whose money differs by one; nothing automatic touches it', async () => {
    const { charge } = await parked();
    expect(await breaksOf(world, charge)).toEqual(['amount_differs']);
    await world.advance(40 * 86_400);
    await world.work();
    expect((await world.read(charge)).charge.state).toBe('needs_review');
    expect(await confirmsOf(world, charge)).toHaveLength(1);
  });

  test('still takes the success that matches, and no other', async () => {
    const { charge, snapshot } = await parked();
    const success = { ...snapshot, amount_minor: 1_250, amount_received_minor: 1_250 };
    for (const wrong of [
      { amount_minor: 1_251 },
      { currency: 'usd' },
      { customer: null },
      { livemode: null },
    ]) {
      await tell(world, { ...success, ...wrong });
      expect((await world.read(charge)).charge.state).toBe('needs_review');
    }
    await tell(world, success);
    expect((await world.read(charge)).charge.state).toBe('succeeded');
    expect(await toldOf(world, charge)).toEqual(['charge.under_review', 'charge.succeeded']);
  });

  test('takes no press and sends no mail, and its recovery waits', async () => {
    const { charge, press } = await atTheBank(world);
    const { charge: row, recovery } = await world.read(charge);
    const bank = (await intentOf(world, charge)).id;
    await world.sdk.paymentIntents.update(bank, { amount: 1_249 });
    await world.simulator.control.authenticate(bank, 'succeed');
    await tell(world, await intentOf(world, charge));
    expect((await world.read(charge)).charge.state).toBe('needs_review');
    expect((await pressConfirm(world.deps, press)).outcome).toBe('processing');
    await world.advance(8 * 86_400);
    await world.work();
    expect((await world.read(charge)).recovery?.id).toBe(recovery?.id);
    const sent = await world.sql`
      select 1 from messages m join recoveries r on r.id = m.recovery_id
      where r.charge_id = ${charge} and m.state = 'sent'`;
    expect(sent).toHaveLength(0);
    expect(row.stripe_payment_intent_id).not.toBeNull();
  });

  test('is one whose PaymentIntent Stripe does not know', async () => {
    const charge = await world.charge(await world.customer('pm_card_visa'));
    await world.sql`update charges set stripe_payment_intent_id = 'pi_of_nobody' where id = ${charge}`;
    await world.work(['charge']);
    expect((await world.read(charge)).charge).toMatchObject({ state: 'needs_review', due_at: null });
    expect(await breaksOf(world, charge)).toEqual(['payment_intent_missing']);
  });

  test('is one whose PaymentIntent waits to be captured, which nobody here asked for', async () => {
    const customer = await world.customer('pm_card_visa');
    const charge = await world.charge(customer);
    const intent = await world.sdk.paymentIntents.create(
      {
        amount: 1_250,
        currency: 'eur',
        customer: customer.stripe_customer_id,
        allowed_payment_method_types: ['card'],
        capture_method: 'manual',
        metadata: { dc_charge: charge, dc_instance: world.deps.instance.id },
      },
      { idempotencyKey: `manual:${charge}` },
    );
    await world.sql`update charges set stripe_payment_intent_id = ${intent.id} where id = ${charge}`;
    await world.work();
    expect((await world.read(charge)).charge.state).toBe('needs_review');
    expect(await breaksOf(world, charge)).toEqual(['unexpected_status']);
    await cancel(world, charge);
    await world.work();
    expect((await world.read(charge)).charge.state).toBe('canceled');
  });
});

describe('a create from before yesterday', () => {
  const yesterday = (charge: string) =>
    world.sql`update charges set create_opened_at = dc_now() - interval '25 hours' where id = ${charge}`;

  async function made(amount: number, confirm: boolean) {
    const customer = await world.customer('pm_card_visa');
    const charge = await world.charge(customer);
    await world.sdk.paymentIntents.create(
      {
        amount,
        currency: 'eur',
        customer: customer.stripe_customer_id,
        allowed_payment_method_types: ['card'],
        metadata: { dc_charge: charge, dc_instance: world.deps.instance.id },
        ...(confirm ? { payment_method: customer.payment_method_id, confirm, off_session: true } : {}),
      },
      { idempotencyKey: `before:${charge}` },
    );
    await yesterday(charge);
    return charge;
  }

  test('that was paid before the row was lost is settled, and never confirmed again', async () => {
    await world.simulator.control.webhooks({ paused: true });
    const charge = await made(1_250, true);
    await world.work(['charge']);
    const { charge: row, attempts } = await world.read(charge);
    expect(row.state).toBe('succeeded');
    expect(attempts).toEqual([]);
    expect(await confirmsOf(world, charge)).toEqual([]);
    expect(await world.ledger(charge)).toMatchObject([{ successes: 1, confirms: 1 }]);
  });

  test('of another amount is never confirmed: a person looks', async () => {
    const charge = await made(99_900, false);
    await world.work(['charge']);
    expect((await world.read(charge)).charge).toMatchObject({
      state: 'needs_review',
      stripe_payment_intent_id: null,
    });
    expect(await breaksOf(world, charge)).toEqual(['amount_differs']);
    expect(await world.ledger(charge)).toMatchObject([{ confirms: 0 }]);
  });
});
