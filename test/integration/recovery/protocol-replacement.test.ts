/** Another card: charged by whoever comes first, once, and gone when nobody needs it any more. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { advance } from '../../../src/billing/advance.ts';
import { setCharging } from '../../harness/rows.ts';
import { attemptStates, clearWeather, confirmsOf } from '../charge/protocol-world.ts';
import { createRecoveryWorld, offers, type RecoveryWorld, stateOf } from './recovery-world.ts';

let world: RecoveryWorld;
const CONFIRM = '/v1/payment_intents/:id/confirm';
const MINUTE_S = 60;

beforeAll(async () => {
  world = await createRecoveryWorld({ timings: { stripeTimeoutMs: 1_500 } });
});

afterEach(async () => {
  await setCharging(world.sql, true);
  await clearWeather(world);
});

afterAll(() => world.close());

/** At Stripe's page, after a card that was refused for good. */
async function atCheckout() {
  const { customer, charge, link } = await world.asked('pm_card_visa', ['expired_card']);
  const browser = world.browser();
  const checkout = await browser.press(await browser.get(link), 'replace');
  return { customer, charge, link, browser, checkout };
}

async function replaced() {
  const at = await atCheckout();
  const { charge, browser, checkout } = at;
  const back = await browser.press(checkout, 'checkout-pay', { number: '4242424242424242', action: 'pay' });
  expect(offers(back, 'pay-replacement')).toBe(true);
  const [row] = await world.sql<{ payment_method_id: string }[]>`
    select payment_method_id from replacements where charge_id = ${charge} and state = 'completed'`;
  if (row === undefined) throw new Error('the replacement is not completed');
  return { ...at, back, new_card: row.payment_method_id };
}

const attemptsOf = async (charge: string) =>
  (await world.read(charge)).attempts.map(
    ({ kind, state, payment_method_id }) => `${kind} ${state} ${payment_method_id}`,
  );

describe('a card that replaces another', () => {
  test('is charged once when the worker’s turn and the press come together', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { charge, browser, back, new_card } = await replaced();
      const recovery = (await world.read(charge)).recovery?.id ?? '';
      await world.advance(10 * MINUTE_S + 1);
      const [page] = await Promise.all([
        browser.press(back, 'pay-replacement'),
        advance(world.deps, 'recovery', [recovery]),
      ]);
      expect(['paid', 'processing', null]).toContain(stateOf(page));
      await world.work();
      expect((await world.read(charge)).charge.state).toBe('succeeded');
      const attempts = await attemptsOf(charge);
      expect(attempts.filter((attempt) => attempt.endsWith(`succeeded ${new_card}`))).toHaveLength(1);
      expect(attempts).toHaveLength(2);
      expect(await world.ledger(charge)).toMatchObject([{ successes: 1, confirms: 2 }]);
    }
  });

  test('is not charged by a worker once a press asked to keep it', async () => {
    const { charge, browser, back } = await replaced();
    const declined = { match: { route: CONFIRM }, action: 'rate_limit', times: 1 } as const;
    await world.simulator.control.faults(declined);
    await browser.press(back, 'pay-replacement', { future_use: 'yes' });
    const sent = await confirmsOf(world, charge);
    expect(sent).toHaveLength(2);
    const away = (await world.read(charge)).attempts.filter(({ kind }) => kind === 'off_session');
    expect(away).toHaveLength(1);
    await world.advance(11 * MINUTE_S);
    await world.work();
    const after = await world.read(charge);
    expect(after.attempts.filter(({ kind }) => kind === 'off_session')).toHaveLength(1);
    expect(after.charge.state).toBe('succeeded');
  });

  test('whose confirm never ran is the customer’s to press again: the old card is left alone', async () => {
    const { customer, charge, browser } = await replaced();
    const page = world.linkTo(customer.customer_id);
    await world.simulator.control.webhooks({ paused: true });
    const stored = { type: 'status', status: 500, effect: 'none' } as const;
    await world.simulator.control.faults({ match: { route: CONFIRM }, action: stored, times: 1 });
    await world.advance(10 * MINUTE_S + 1);
    for (let minute = 0; minute < 20; minute += 1) {
      await world.work();
      await world.advance(MINUTE_S);
    }
    expect(await attemptStates(world, charge)).toEqual(['declined', 'lost']);
    expect((await world.read(charge)).charge.state).toBe('action_required');

    const paid = await browser.press(await browser.get(page), 'pay-replacement');

    expect(stateOf(paid)).toBe('paid');
    const attempts = await attemptsOf(charge);
    expect(attempts.filter((attempt) => attempt.includes(customer.payment_method_id))).toHaveLength(1);
    expect(await world.ledger(charge)).toMatchObject([{ successes: 1 }]);
  });

  test('is detached, uncharged, when its recovery closed before the worker’s turn', async () => {
    const { charge, new_card } = await replaced();
    await world.cancel(charge);
    await world.advance(11 * MINUTE_S);
    await world.work();
    expect((await world.read(charge)).charge.state).toBe('canceled');
    expect((await attemptsOf(charge)).some((attempt) => attempt.includes(new_card))).toBe(false);
    expect(await world.sql`select state from payment_methods where id = ${new_card}`).toEqual([
      { state: 'detached' },
    ]);
  });

  test('waits for the kill switch, and is charged when charging is back', async () => {
    const { charge, new_card } = await replaced();
    await setCharging(world.sql, false);
    await world.advance(11 * MINUTE_S);
    await world.work();
    expect(await attemptStates(world, charge)).toEqual(['declined']);
    await setCharging(world.sql, true);
    await world.advance(2 * MINUTE_S);
    await world.work();
    expect((await attemptsOf(charge)).at(-1)).toBe(`off_session succeeded ${new_card}`);
  });
});

describe('the Checkout Session of a recovery that closed', () => {
  async function sessionOf(charge: string) {
    const [row] = await world.sql<{ state: string; session: string; method: string | null }[]>`
      select state, stripe_checkout_session_id as session, payment_method_id as method
      from replacements where charge_id = ${charge}`;
    if (row === undefined) throw new Error('no replacement');
    return { ...row, status: (await world.sdk.checkout.sessions.retrieve(row.session)).status };
  }

  test('is expired with it', async () => {
    const { charge } = await atCheckout();
    expect(await sessionOf(charge)).toMatchObject({ state: 'awaiting_customer', status: 'open' });
    await world.cancel(charge);
    await world.work();
    expect(await sessionOf(charge)).toMatchObject({ state: 'closed', status: 'expired' });
  });

  test('and was completed all the same leaves a card that is detached and never charged', async () => {
    const { charge, browser, checkout } = await atCheckout();
    await world.cancel(charge);
    const late = await browser.press(checkout, 'checkout-pay', { number: '4242424242424242', action: 'pay' });
    expect(late.status).toBe(200);
    await world.work();
    await world.advance(11 * MINUTE_S);
    await world.work();
    const { state, status, method } = await sessionOf(charge);
    expect({ state, status }).toEqual({ state: 'closed', status: 'complete' });
    expect(await world.sql`select state from payment_methods where id = ${method}`).toEqual([
      { state: 'detached' },
    ]);
    expect(await confirmsOf(world, charge)).toHaveLength(1);
    expect((await world.read(charge)).charge.state).toBe('canceled');
  });
});
