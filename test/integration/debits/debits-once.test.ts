/**
 * A debit is asked for once, whatever dies, is lost or answers nothing on the way; and what takes the place of one that failed
 * is another account or a card.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { configureFailpoints } from '../../../src/platform/failpoints.ts';
import { attemptStates, clearWeather, confirmsOf } from '../charge/protocol-world.ts';
import { createRecoveryWorld, offers, type RecoveryWorld } from '../recovery/recovery-world.ts';
import { announced, answered, debtor } from './debtors.ts';

let world: RecoveryWorld;
const CONFIRM = '/v1/payment_intents/:id/confirm';
const MINUTE_S = 60;

beforeAll(async () => {
  world = await createRecoveryWorld({
    timings: { stripeTimeoutMs: 1_500 },
    simulator: { clock: 'manual', pendingMandates: 'refused' },
  });
});
afterEach(async () => {
  configureFailpoints(null, { testMode: true });
  await clearWeather(world);
});
afterAll(() => world.close());

/** Time passes for those who work, the next claim included, until the bank has the debit. */
async function untilPending(charge: string): Promise<void> {
  for (let round = 0; round < 40; round += 1) {
    await world.work(['charge']);
    if (['pending', 'succeeded'].includes((await world.read(charge)).charge.state)) return;
    await world.sql`update charges set lease_until = null where id = ${charge}`;
    await world.advance(MINUTE_S);
  }
  throw new Error('it never reached its bank');
}

/** Sent under one key, however often: the bank is asked once. */
async function expectOnce(charge: string): Promise<void> {
  expect(new Set(await confirmsOf(world, charge)).size).toBe(1);
  await world.advance(10 * MINUTE_S);
  await world.simulator.control.deliveries();
  await world.work();
  expect(await world.ledger(charge)).toMatchObject([{ confirms: 1, successes: 1 }]);
  expect((await world.read(charge)).charge.state).toBe('succeeded');
}

describe('a debit is asked for once', () => {
  test.each([
    'claim.after_effect',
    'bind.before',
    'bind.after_effect',
    'bind.after',
    'confirm.before',
    'confirm.after_effect',
    'confirm.after',
    'settle.before',
    'settle.after_effect',
    'settle.after',
  ])('though its worker falls at %s', async (place) => {
    const charge = await world.charge(await debtor(world, 'successDelayed'));
    await announced(world, charge);
    await world.simulator.control.webhooks({ paused: true });
    configureFailpoints(`${place}:throw@1`, { testMode: true });
    await world.work(['charge']).catch(() => undefined);
    configureFailpoints(null, { testMode: true });
    await untilPending(charge);
    await world.simulator.control.webhooks({ paused: false });
    await expectOnce(charge);
  });

  test.each([
    ['a 500 that was executed', { type: 'status', status: 500, effect: 'commit' }],
    ['an answer that never comes', 'hang_after'],
    ['half an answer', 'partial_body'],
    ['a connection that ends', 'reset_after'],
  ] as const)('though its confirm is answered by %s, and no webhook comes', async (_what, action) => {
    const charge = await world.charge(await debtor(world, 'successDelayed'));
    await announced(world, charge);
    await world.simulator.control.webhooks({ paused: true });
    // The SDK itself sends a second time after a reset.
    const times = action === 'reset_after' ? 2 : 1;
    await world.simulator.control.faults({ match: { route: CONFIRM }, action, times });
    await untilPending(charge);
    await world.simulator.control.webhooks({ paused: false });
    await expectOnce(charge);
  });
});

describe('a confirm that Stripe refuses for a mandate that its bank has not confirmed', () => {
  test('is looked into; the charge waits for the bank, and is then debited once', async () => {
    const customer = await debtor(world, 'successDelayed');
    const charge = await world.charge(customer);
    await announced(world, charge);
    const [method] = await world.sql<{ mandate_id: string }[]>`
      select mandate_id from payment_methods where id = ${customer.payment_method_id}`;
    await world.simulator.control.webhooks({ paused: true });
    await world.simulator.control.mandate(method?.mandate_id ?? '', 'pending');
    await world.work(['charge']);
    expect(await attemptStates(world, charge)).toEqual(['not_executed']);
    expect((await world.read(charge)).charge.state).toBe('retry_wait');
    await world.advance(30 * MINUTE_S);
    await world.work(['charge']);
    expect(await attemptStates(world, charge)).toEqual(['not_executed']);
    await world.simulator.control.webhooks({ paused: false });
    await world.simulator.control.mandate(method?.mandate_id ?? '', 'active');
    await world.simulator.control.deliveries();
    await world.work();
    expect(await attemptStates(world, charge)).toEqual(['not_executed', 'processing']);
    await answered(world, charge, 'succeed');
    expect(await world.ledger(charge)).toMatchObject([{ confirms: 1, successes: 1 }]);
  });
});

describe('a debit that failed', () => {
  test('is paid from another account under a new mandate, or by card, as its customer likes', async () => {
    const customer = await debtor(world, 'failedDelayed');
    const charge = await world.charge(customer);
    await announced(world, charge);
    await untilPending(charge);
    await answered(world, charge, 'fail', 'account_closed');
    const browser = world.browser();
    const page = await browser.get(world.linkTo(customer.customer_id));
    const checkout = await browser.press(page, 'replace');
    expect([offers(checkout, 'checkout-iban'), offers(checkout, 'checkout-number')]).toEqual([true, true]);
    const typed = { iban: 'DE08370400440532013003', accept: 'on' };
    const back = await browser.press(checkout, 'checkout-pay', typed);
    expect(offers(back, 'pay-replacement')).toBe(true);
    await browser.press(back, 'pay-replacement');
    const [saved] = await world.sql`
      select m.type, m.bank_last4, m.mandate_status from payment_methods m join setups s on s.id = m.setup_id
      where s.customer_id = ${customer.customer_id}`;
    expect(saved).toEqual({ type: 'sepa_debit', bank_last4: '3003', mandate_status: 'active' });
    expect(await attemptStates(world, charge)).toEqual(['declined', 'processing']);
    await answered(world, charge, 'succeed');
    expect((await world.read(charge)).charge.state).toBe('succeeded');
    expect(await world.ledger(charge)).toMatchObject([{ confirms: 2, successes: 1 }]);
  });
});
