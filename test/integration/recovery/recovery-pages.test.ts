import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRecoveryWorld, offers, type RecoveryWorld, stateOf } from './recovery-world.ts';

let world: RecoveryWorld;

beforeAll(async () => {
  world = await createRecoveryWorld();
});

afterAll(() => world.close());

const CHALLENGED = 'pm_card_authenticationRequired';

test('pays after the customer confirmed with their bank, on the one PaymentIntent', async () => {
  const { charge, link } = await world.asked(CHALLENGED);
  const browser = world.browser();

  const page = await browser.get(link);
  expect(stateOf(page)).toBe('to_confirm');
  const bank = await browser.press(page, 'confirm');
  expect(bank.url).toContain('/3ds/');
  const back = await browser.press(bank, '3ds-complete');

  expect(back.status).toBe(200);
  expect(stateOf(back)).toBe('paid');
  expect(back.url).toMatch(/\/r\/page\/rec_[a-z2-7]+\/return$/);
  expect((await world.read(charge)).charge.state).toBe('succeeded');
  expect(await world.ledger(charge)).toMatchObject([{ status: 'succeeded', successes: 1, confirms: 2 }]);
});

test('says that the try failed, and lets the customer try again', async () => {
  const { charge, link } = await world.asked(CHALLENGED);
  const browser = world.browser();

  const bank = await browser.press(await browser.get(link), 'confirm');
  const back = await browser.press(bank, '3ds-fail');
  expect(stateOf(back)).toBe('failed_try');
  const again = await browser.press(await browser.press(back, 'confirm'), '3ds-complete');

  expect(stateOf(again)).toBe('paid');
  expect((await world.read(charge)).attempts.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
    'off_session authentication_required',
    'on_session declined',
    'on_session succeeded',
  ]);
});

test('leads a second press to the bank page that waits already', async () => {
  const { charge, link } = await world.asked(CHALLENGED);
  const [first, second] = [world.browser(), world.browser()];

  const early = await second.get(link);
  const bank = await first.press(await first.get(link), 'confirm');
  const page = await second.get(link);
  expect(stateOf(page)).toBe('at_bank');
  const same = await second.press(early, 'confirm');

  expect(same.url).toBe(bank.url);
  expect((await world.read(charge)).attempts).toHaveLength(2);
});

/** Declined for good while the customer is away: only another card helps. */
const askedForCard = () => world.asked('pm_card_visa', ['expired_card']);

/** Up to the page that offers to pay with the card just entered. */
async function replaced(number = '4242424242424242') {
  const { customer, charge, link } = await askedForCard();
  const browser = world.browser();
  const checkout = await browser.press(await browser.get(link), 'replace');
  const back = await browser.press(checkout, 'checkout-pay', { number, action: 'pay' });
  return { customer, charge, link, browser, back };
}

test('shows the card that replaces the old one, and pays with it', async () => {
  const { customer, charge, browser, back } = await replaced();
  expect(stateOf(back)).toBe('to_confirm');
  expect(offers(back, 'confirm')).toBe(false);
  expect(back.html).toContain('Pay €42.99 with •••• 4242');

  const paid = await browser.press(back, 'pay-replacement');

  expect(stateOf(paid)).toBe('paid');
  expect(paid.html).toContain('Visa •••• 4242');
  expect(await world.ledger(charge)).toMatchObject([{ status: 'succeeded', successes: 1, confirms: 2 }]);
  await world.work();
  const [method] = await world.sql`
    select state from payment_methods where customer_id = ${customer.customer_id}
    and id <> ${customer.payment_method_id}`;
  expect(method?.state).toBe('detached');
  const told = world.mailsTo(customer.customer_id).map((mail) => mail.subject);
  expect(told[0]).toContain('A card was added');
});

test('makes the new card the default only when the customer ticked for it', async () => {
  const { customer, browser, back } = await replaced();

  await browser.press(back, 'pay-replacement', { future_use: 'yes' });
  await world.work();

  const [row] = await world.sql`
    select u.default_payment_method_id <> ${customer.payment_method_id} as replaced, m.state, n.scope,
           n.frequency, n.text, n.ip_address
    from customers u join payment_methods m on m.id = u.default_payment_method_id
    join consents n on n.id = m.consent_id where u.id = ${customer.customer_id}`;
  expect(row).toMatchObject({
    replaced: true,
    state: 'usable',
    scope: 'off_session',
    frequency: 'recurring',
    ip_address: '127.0.0.1',
  });
  expect(row?.text).toContain('Powerline may charge this card');
});

test('pays with a new card that its bank wants confirmed', async () => {
  const { charge, browser, back } = await replaced('4000002760003184');

  const bank = await browser.press(back, '3ds-complete').catch(() => back);
  expect(stateOf(bank)).toBe('to_confirm');
  const challenge = await browser.press(bank, 'pay-replacement');
  const paid = await browser.press(challenge, '3ds-complete');

  expect(stateOf(paid)).toBe('paid');
  expect((await world.ledger(charge))[0]).toMatchObject({ successes: 1 });
});

test('charges the new card once when nobody presses within ten minutes', async () => {
  const { charge } = await replaced();

  await world.work();
  expect((await world.read(charge)).charge.state).toBe('action_required');
  await world.advance(601);
  await world.work();

  const { charge: settled, attempts } = await world.read(charge);
  expect(settled.state).toBe('succeeded');
  expect(attempts.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
    'off_session declined',
    'off_session succeeded',
  ]);
});

test('opens one Checkout Session for two tabs, and five at most for a recovery', async () => {
  const { link } = await askedForCard();
  const browser = world.browser();
  const page = await browser.get(link);

  const [one, two] = await Promise.all([browser.press(page, 'replace'), browser.press(page, 'replace')]);
  expect(two.url).toBe(one.url);
  for (let number = 2; number <= 6; number += 1) {
    await world.advance(86_400 + 1);
    await world.work(['inbox_event', 'setup']);
    if (number <= 5) await browser.press(page, 'replace');
  }

  const last = await browser.get(link);
  expect([last.status, offers(last, 'replace')]).toEqual([200, false]);
  const rows = await world.sql`
    select number from replacements p join recoveries r on r.id = p.recovery_id
    where ${link} like '%' || r.id || '%' order by number`;
  expect(rows.map((row) => row.number)).toEqual([1, 2, 3, 4, 5]);
});

test('asks the customer again when the new card’s bank wants them after all', async () => {
  const { charge, browser, back } = await replaced('4000002760003184').then(async (given) => ({
    ...given,
    back: stateOf(given.back) === null ? await given.browser.press(given.back, '3ds-complete') : given.back,
  }));
  expect(stateOf(back)).toBe('to_confirm');
  await world.advance(601);
  await world.work();
  expect((await world.read(charge)).charge.state).toBe('action_required');

  const page = await browser.get(back.url);
  expect([stateOf(page), offers(page, 'pay-replacement')]).toEqual(['failed_try', true]);
  const paid = await browser.press(await browser.press(page, 'pay-replacement'), '3ds-complete');

  expect(stateOf(paid)).toBe('paid');
  expect((await world.ledger(charge))[0]).toMatchObject({ successes: 1, confirms: 3 });
});

test('gives a saved card up for a different one, and detaches it', async () => {
  const { customer, charge, browser, back } = await replaced();

  const checkout = await browser.press(back, 'replace');
  const ready = await browser.press(checkout, 'checkout-pay', { number: '5555555555554444', action: 'pay' });
  expect(ready.html).toContain('with •••• 4444');
  await world.work();
  const methods = await world.sql`
    select card_last4, state from payment_methods where customer_id = ${customer.customer_id}
    and id <> ${customer.payment_method_id} order by card_last4`;
  expect(methods).toEqual([
    { card_last4: '4242', state: 'detached' },
    { card_last4: '4444', state: 'usable' },
  ]);
  expect(stateOf(await browser.press(ready, 'pay-replacement'))).toBe('paid');
  expect((await world.ledger(charge))[0]).toMatchObject({ successes: 1 });
});

test('says to press again while charging is switched off, and charges nothing', async () => {
  const { charge, link } = await world.asked(CHALLENGED);
  const browser = world.browser();
  const page = await browser.get(link);
  await world.sql`update instance set charging_enabled = false`;

  const answer = await browser.press(page, 'confirm');
  await world.sql`update instance set charging_enabled = true`;

  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '30']);
  expect((await world.read(charge)).attempts).toHaveLength(1);
});

test('says to press again when Stripe does not answer, and keeps what it owes', async () => {
  const { charge, link } = await askedForCard();
  const browser = world.browser();
  const page = await browser.get(link);
  const { id } = await world.simulator.control.faults({
    match: { route: '/v1/checkout/sessions', method: 'POST' },
    action: { type: 'status', status: 503 },
    times: 1_000,
  });

  expect((await browser.press(page, 'replace')).status).toBe(503);
  await world.simulator.control.removeFault(id);
  const again = await browser.press(page, 'replace');

  expect(again.url).toContain('/c/pay/');
  const rows = await world.sql`select state, number from replacements where charge_id = ${charge}`;
  expect(rows).toEqual([{ state: 'awaiting_customer', number: 1 }]);
});

test('two presses at once open one attempt', async () => {
  const { charge, link } = await world.asked(CHALLENGED);
  const browser = world.browser();
  const page = await browser.get(link);

  await Promise.all([1, 2, 3, 4].map(() => browser.press(page, 'confirm')));

  expect((await world.read(charge)).attempts.map((attempt) => attempt.state)).toEqual([
    'authentication_required',
    'awaiting_customer',
  ]);
});

test('offers no other card for an hour after Stripe refused to take one, and then again', async () => {
  const { link } = await askedForCard();
  const browser = world.browser();
  const page = await browser.get(link);
  await world.simulator.control.faults({
    match: { route: '/v1/checkout/sessions', method: 'POST' },
    action: { type: 'status', status: 400, effect: 'none' },
    times: 1,
  });

  const refused = await browser.press(page, 'replace');
  expect([refused.status, stateOf(refused), offers(refused, 'replace')]).toEqual([
    200,
    'ask_merchant',
    false,
  ]);
  expect(refused.html).toContain('Please write to Powerline');
  await world.advance(3_601);
  const later = await browser.get(page.url);

  expect([stateOf(later), offers(later, 'replace')]).toEqual(['to_confirm', true]);
  expect((await browser.press(later, 'replace')).url).toContain('/c/pay/');
});
