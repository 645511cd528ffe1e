/** Bank debits: days on the way, not to be cancelled meanwhile, and taken back afterwards. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { revokeConsent } from '../../../src/billing/customer/revoke-consent.ts';
import { randomId } from '../../../src/platform/ids.ts';
import type { SavedCustomer } from '../../harness/world.ts';
import { createRecoveryWorld, type RecoveryWorld, stateOf } from '../recovery/recovery-world.ts';
import {
  attemptStates,
  breaksOf,
  cancel,
  clearWeather,
  confirmsOf,
  dueAfterMove,
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

/** A customer whose bank account was saved with a mandate, as a merchant adopts it. */
async function debtor(account: string): Promise<SavedCustomer> {
  const { sdk, sql } = world;
  const customer_id = randomId('cst');
  const consent_id = randomId('cns');
  const email = `${customer_id}@example.test`;
  const { id: stripe_customer_id } = await sdk.customers.create({ email }, key(customer_id));
  const saved = await sdk.setupIntents.create(
    {
      customer: stripe_customer_id,
      payment_method: `pm_sepaDebit_${account}_de`,
      confirm: true,
      usage: 'off_session',
      allowed_payment_method_types: ['sepa_debit'],
      mandate_data: {
        customer_acceptance: {
          type: 'online',
          online: { ip_address: '127.0.0.1', user_agent: 'test' },
        },
      },
    },
    key(randomId('set')),
  );
  const payment_method_id = String(saved.payment_method);
  await sql`
    insert into customers (id, state, email, name, stripe_customer_id, default_payment_method_id)
    values (${customer_id}, 'bound', ${email}, 'Robin', ${stripe_customer_id}, ${payment_method_id})`;
  await sql`
    insert into consents (id, customer_id, scope, frequency, amount_basis, text, text_version, accepted_at)
    values (${consent_id}, ${customer_id}, 'off_session', 'recurring', 'usage', 'I agree.', '1', dc_now())`;
  await sql`
    insert into payment_methods (id, state, customer_id, consent_id, type, usage, mandate_id)
    values (${payment_method_id}, 'usable', ${customer_id}, ${consent_id}, 'sepa_debit', 'off_session',
            ${String(saved.mandate)})`;
  return { customer_id, consent_id, payment_method_id, stripe_customer_id };
}

async function onItsWay(account: string) {
  const customer = await debtor(account);
  const charge = await world.charge(customer);
  await world.work(['charge']);
  expect((await world.read(charge)).charge.state).toBe('pending');
  return { customer, charge };
}

/** The bank's answer, and everything that it sets going. */
async function answered(charge: string, outcome: 'succeed' | 'fail', code?: string): Promise<void> {
  const { id } = await intentOf(world, charge);
  await world.simulator.control.settle(id, outcome, code);
  await expect
    .poll(async () => {
      await world.work();
      return (await world.read(charge)).charge.state;
    })
    .not.toBe('pending');
  await world.work();
}

const detailOf = async (charge: string) =>
  (await world.sql`select state, detail from charges where id = ${charge}`)[0];

test('a debit is pending until the bank has paid', async () => {
  const { charge } = await onItsWay('successDelayed');
  expect(await attemptStates(world, charge)).toEqual(['processing']);
  expect(await detailOf(charge)).toEqual({ state: 'pending', detail: 'debit_pending' });
  await answered(charge, 'succeed');
  expect(await attemptStates(world, charge)).toEqual(['succeeded']);
  expect(await toldOf(world, charge)).toEqual(['charge.succeeded']);
});

test('without webhooks it is read after an hour, then every six, then daily, and settles all the same', async () => {
  const { charge } = await onItsWay('successDelayed');
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
    const { charge } = await onItsWay('successDelayed');
    await cancel(world, charge);
    await world.work();
    expect(await detailOf(charge)).toEqual({ state: 'pending', detail: 'cannot_cancel_debit' });
    await answered(charge, 'succeed');
    expect((await world.read(charge)).charge.state).toBe('succeeded');
    expect(await toldOf(world, charge)).toEqual(['charge.succeeded']);
  });

  test('is cancelled with proof by the bank’s no: no retry, no recovery', async () => {
    const { charge } = await onItsWay('failedDelayed');
    await cancel(world, charge);
    await world.work();
    await answered(charge, 'fail', 'insufficient_funds');
    expect((await world.read(charge)).charge.state).toBe('canceled');
    expect(await world.ledger(charge)).toMatchObject([{ status: 'canceled', successes: 0 }]);
    expect(await confirmsOf(world, charge)).toHaveLength(1);
    expect(await world.sql`select 1 from recoveries where charge_id = ${charge}`).toHaveLength(0);
    expect(await toldOf(world, charge)).toEqual(['charge.canceled']);
  });

  test('whose consent was withdrawn is not tried again after the bank’s no', async () => {
    const { customer, charge } = await onItsWay('failedDelayed');
    await revokeConsent(world.deps, customer.consent_id, 'key_test');
    expect((await world.read(charge)).charge.state).toBe('pending');
    await answered(charge, 'fail', 'insufficient_funds');
    expect(await detailOf(charge)).toEqual({ state: 'canceled', detail: 'consent_revoked' });
    expect(await confirmsOf(world, charge)).toHaveLength(1);
  });
});

test('a debit that failed for funds is tried again a day later on the same PaymentIntent', async () => {
  const { charge } = await onItsWay('insufficientFunds');
  await answered(charge, 'fail', 'insufficient_funds');
  expect((await world.read(charge)).charge.state).toBe('retry_wait');
  expect(await dueAfterMove(world, charge)).toBe(DAY_S);
  await world.advance(DAY_S);
  await world.work(['charge']);
  expect(await attemptStates(world, charge)).toEqual(['declined', 'processing']);
  expect(await world.ledger(charge)).toHaveLength(1);
});

test('a debit that failed, and whose customer was led to a bank since by a press that was lost, is over', async () => {
  const { charge } = await onItsWay('failedDelayed');
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
  const customer = await debtor('disputed');
  const charge = await world.charge(customer);
  await world.work(['charge']);
  await world.advance(DAY_S);
  await expect
    .poll(async () => {
      await world.work();
      return breaksOf(world, charge);
    })
    .toEqual(['dispute']);
  expect((await world.read(charge)).charge.state).toBe('succeeded');
  expect(await toldOf(world, charge)).toEqual(['charge.succeeded']);
});

describe('a debit whose failure only its charge explains', () => {
  const DAYS = [1, 3, 7, 7];

  /** The bank answers each debit the same for three weeks. Answers how often we asked for the money. */
  async function debitsOf(code: string | undefined): Promise<number> {
    const { charge } = await onItsWay('failedDelayed');
    await answered(charge, 'fail', code);
    for (const days of DAYS) {
      await world.advance(days * DAY_S);
      await world.work(['charge']);
      if ((await world.read(charge)).charge.state === 'pending') await answered(charge, 'fail', code);
    }
    last = charge;
    return (await confirmsOf(world, charge)).length;
  }
  let last = '';

  test.each([
    ['account_closed', 'action_required', 'replace'],
    ['debit_not_authorized', 'action_required', 'replace'],
    ['a_reason_of_next_year', 'action_required', 'replace'],
  ])('%s: is tried once, and its customer asked for another method', async (code, state, kind) => {
    expect(await debitsOf(code)).toBe(1);
    const { charge, recovery } = await world.read(last);
    expect([charge.state, recovery?.kind]).toEqual([state, kind]);
    expect((await world.sql`select last_error from charges where id = ${last}`)[0]?.last_error).toMatchObject(
      { decline_code: code, advice: 'replace' },
    );
  });

  test('debit_disputed: is tried once, and told to the merchant alone', async () => {
    expect(await debitsOf('debit_disputed')).toBe(1);
    expect(await detailOf(last)).toEqual({ state: 'failed', detail: 'merchant_action' });
    expect(await world.sql`select 1 from recoveries where charge_id = ${last}`).toHaveLength(0);
  });

  test('for which the bank gives no reason is tried once', async () => {
    expect(await debitsOf(undefined)).toBe(1);
    expect((await world.read(last)).recovery?.kind).toBe('replace');
  });

  test('insufficient_funds: is tried four times, days apart', async () => {
    expect(await debitsOf('insufficient_funds')).toBe(4);
    expect((await world.read(last)).recovery?.kind).toBe('replace');
  });
});

test('an account that is closed is replaced by a card, which pays the same PaymentIntent', async () => {
  const { customer, charge } = await onItsWay('failedDelayed');
  await answered(charge, 'fail', 'account_closed');
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
