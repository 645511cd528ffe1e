/** Bank debits: days on the way, not to be cancelled meanwhile, and taken back afterwards. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { revokeConsent } from '../../../src/billing/customer/revoke-consent.ts';
import { randomId } from '../../../src/platform/ids.ts';
import { announced, answered, debtor, detailOf, onItsWay } from '../debits/debtors.ts';
import { createRecoveryWorld, type RecoveryWorld, stateOf } from '../recovery/recovery-world.ts';
import {
  attemptStates,
  breaksOf,
  cancel,
  clearWeather,
  confirmsOf,
  dueInSeconds,
  intentOf,
  toldOf,
} from './protocol-world.ts';

let world: RecoveryWorld;
const HOUR_S = 3_600;
const DAY_S = 86_400;

beforeAll(async () => {
  world = await createRecoveryWorld();
});

afterEach(() => clearWeather(world));

afterAll(() => world.close());

const key = (row: string) => ({ idempotencyKey: `test:${row}` });

test('a debit is pending until the bank has paid', async () => {
  const { charge } = await onItsWay(world, 'successDelayed');
  expect(await attemptStates(world, charge)).toEqual(['processing']);
  expect(await detailOf(world, charge)).toEqual({ state: 'pending', detail: 'debit_pending' });
  await answered(world, charge, 'succeed');
  expect(await attemptStates(world, charge)).toEqual(['succeeded']);
  expect(await toldOf(world, charge)).toEqual(['charge.succeeded']);
});

test('without webhooks it is read after an hour, then every six, then daily, and settles all the same', async () => {
  const { charge } = await onItsWay(world, 'successDelayed');
  await world.simulator.control.webhooks({ paused: true });
  const due: (number | null)[] = [];
  for (const hours of [1, 1, 1, 1, 1, 1, 6, 6, 6]) {
    due.push(await dueInSeconds(world, charge));
    const { id } = await intentOf(world, charge);
    await world.sql`update charges set due_at = dc_now() where id = ${charge}`;
    await world.sql`update charge_attempts set started_at = started_at - ${hours} * interval '1 hour'
                    where charge_id = ${charge}`;
    await world.work(['charge']);
    expect((await intentOf(world, charge)).id).toBe(id);
  }
  expect(due.map((seconds) => Math.round((seconds ?? 0) / HOUR_S))).toEqual([1, 1, 1, 1, 1, 1, 6, 6, 6]);
  const { id } = await intentOf(world, charge);
  await world.simulator.control.settle(id, 'succeed');
  await world.advance(DAY_S);
  await world.work(['charge']);
  expect((await world.read(charge)).charge.state).toBe('succeeded');
});

describe('a debit that the merchant cancels on its way', () => {
  test('stays on its way, and the bank’s yes is told as success', async () => {
    const { charge } = await onItsWay(world, 'successDelayed');
    await cancel(world, charge);
    await world.work();
    expect(await detailOf(world, charge)).toEqual({ state: 'pending', detail: 'cannot_cancel_debit' });
    await answered(world, charge, 'succeed');
    expect((await world.read(charge)).charge.state).toBe('succeeded');
    expect(await toldOf(world, charge)).toEqual(['charge.succeeded']);
  });

  test('is cancelled with proof by the bank’s no: no retry, no recovery', async () => {
    const { charge } = await onItsWay(world, 'failedDelayed');
    await cancel(world, charge);
    await world.work();
    await answered(world, charge, 'fail', 'insufficient_funds');
    expect((await world.read(charge)).charge.state).toBe('canceled');
    expect(await world.ledger(charge)).toMatchObject([{ status: 'canceled', successes: 0 }]);
    expect(await confirmsOf(world, charge)).toHaveLength(1);
    expect(await world.sql`select 1 from recoveries where charge_id = ${charge}`).toHaveLength(0);
    expect(await toldOf(world, charge)).toEqual(['charge.canceled']);
  });

  test('whose consent was withdrawn is not tried again after the bank’s no', async () => {
    const { customer, charge } = await onItsWay(world, 'failedDelayed');
    await revokeConsent(world.deps, customer.consent_id, 'key_test');
    expect((await world.read(charge)).charge.state).toBe('pending');
    await answered(world, charge, 'fail', 'insufficient_funds');
    expect(await detailOf(world, charge)).toEqual({ state: 'canceled', detail: 'consent_revoked' });
    expect(await confirmsOf(world, charge)).toHaveLength(1);
  });
});

test('a debit that failed for funds is announced and presented again, on the same PaymentIntent', async () => {
  const { charge } = await onItsWay(world, 'insufficientFunds');
  await answered(world, charge, 'fail', 'insufficient_funds');
  expect((await world.read(charge)).charge.state).toBe('retry_wait');
  await announced(world, charge);
  await world.work(['charge']);
  expect(await attemptStates(world, charge)).toEqual(['declined', 'processing']);
  expect(await world.ledger(charge)).toHaveLength(1);
});

test('a debit that failed, and whose customer was led to a bank since by a press that was lost, is over', async () => {
  const { charge } = await onItsWay(world, 'failedDelayed');
  const { id } = await intentOf(world, charge);
  await world.simulator.control.webhooks({ paused: true });
  await world.simulator.control.settle(id, 'fail', 'account_closed');
  const payment_method = 'pm_card_authenticationRequired';
  const pressed = {
    payment_method,
    allowed_payment_method_types: ['card'],
    return_url: 'https://shop.example',
  };
  const at_bank = await world.sdk.paymentIntents.confirm(id, pressed, key(randomId('chg')));
  expect(at_bank.status).toBe('requires_action');

  await world.advance(HOUR_S);
  await world.work(['charge']);

  expect(await attemptStates(world, charge)).toEqual(['declined']);
  expect((await world.read(charge)).charge.state).toBe('action_required');
  expect(await confirmsOf(world, charge)).toHaveLength(1);
});

test('a debit that is taken back after success is a dispute; the charge stays succeeded', async () => {
  const customer = await debtor(world, 'disputed');
  const charge = await world.charge(customer);
  await announced(world, charge);
  await world.work(['charge']);
  await world.advance(DAY_S);
  await expect
    .poll(async () => {
      await world.work();
      return toldOf(world, charge);
    })
    // Nobody can contest it, so Stripe shows it as lost from the first.
    .toEqual(['charge.succeeded', 'charge.disputed', 'charge.dispute_closed']);
  expect(await breaksOf(world, charge)).toEqual(['dispute']);
  expect((await world.read(charge)).charge.state).toBe('succeeded');
});

test('an account that is closed is replaced by a card, which pays the same PaymentIntent', async () => {
  const { customer, charge } = await onItsWay(world, 'failedDelayed');
  await answered(world, charge, 'fail', 'account_closed');
  expect((await world.read(charge)).recovery?.kind).toBe('replace');
  const browser = world.browser();
  const page = await browser.get(world.linkTo(customer.customer_id));
  const checkout = await browser.press(page, 'replace');
  const back = await browser.press(checkout, 'checkout-pay', { number: '4242424242424242', action: 'pay' });

  const paid = await browser.press(back, 'pay-replacement');

  expect(stateOf(paid)).toBe('paid');
  const [intent] = await world.ledger(charge);
  expect(intent).toMatchObject({ status: 'succeeded', successes: 1, confirms: 2 });
  const { attempts } = await world.read(charge);
  expect(attempts[1]?.request_body).toContain('allowed_payment_method_types[0]=card');
});
