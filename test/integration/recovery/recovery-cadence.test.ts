import { afterAll, beforeAll, expect, test } from 'vitest';
import { expireRecovery } from '../../../src/store/recovery/recoveries.ts';
import { createRecoveryWorld, type RecoveryWorld, stateOf } from './recovery-world.ts';

let world: RecoveryWorld;

beforeAll(async () => {
  world = await createRecoveryWorld();
});

afterAll(() => world.close());

const HOUR_S = 3_600;
const asked = () => world.asked('pm_card_authenticationRequired');
const subjects = (customer_id: string): string[] =>
  world
    .mailsTo(customer_id)
    .map((mail) => mail.subject.split(':')[0] ?? '')
    .reverse();

async function pass(hours: number): Promise<void> {
  await world.advance(hours * HOUR_S);
  await world.work();
}

async function rowOf(charge: string) {
  const [row] = await world.sql`
    select r.state, r.expires_at > dc_now() as has_time, r.bounced_at, c.state as charge, c.close_detail,
           array(select m.step || ' ' || m.state from messages m where m.recovery_id = r.id
                 order by m.created_at, m.id) as messages
    from recoveries r join charges c on c.id = r.charge_id where c.id = ${charge}`;
  if (row === undefined) throw new Error('no recovery');
  return row;
}

test('mails at once, after a day, after three and after six, then ends with proof', async () => {
  const { customer, charge, link } = await asked();

  for (let hour = 0; hour < 168; hour += 12) await pass(12);

  const confirm = 'Please confirm your payment of €42.99 to Powerline';
  expect(subjects(customer.customer_id)).toEqual([confirm, 'Reminder', 'Reminder', 'Last call']);
  const links = world.mailsTo(customer.customer_id).flatMap((mail) => mail.links);
  expect(new Set(links)).toEqual(new Set([link]));
  await pass(1);
  expect(await rowOf(charge)).toMatchObject({
    state: 'expired',
    charge: 'failed',
    close_detail: 'recovery_expired',
  });
  expect(await world.ledger(charge)).toMatchObject([{ status: 'canceled', successes: 0 }]);
  expect(stateOf(await world.browser().get(link))).toBe('expired');
});

test('says nothing more once the charge is paid', async () => {
  const { customer, charge, link } = await asked();
  const browser = world.browser();
  await browser.press(await browser.press(await browser.get(link), 'confirm'), '3ds-complete');

  for (let day = 0; day < 8; day += 1) await pass(24);

  expect(subjects(customer.customer_id)).toHaveLength(1);
  expect(await rowOf(charge)).toMatchObject({
    state: 'completed',
    charge: 'succeeded',
    messages: ['opened sent'],
  });
});

test('says nothing more once the merchant cancelled', async () => {
  const { customer, charge } = await asked();
  await world.cancel(charge);

  for (let day = 0; day < 8; day += 1) await pass(24);

  expect(subjects(customer.customer_id)).toHaveLength(1);
  expect(await rowOf(charge)).toMatchObject({ state: 'revoked', charge: 'canceled' });
});

test('drops a mail that was owed before the payment came', async () => {
  const { customer, charge, link } = await asked();
  await world.advance(24 * HOUR_S);
  await world.work(['recovery']);
  const browser = world.browser();
  await browser.press(await browser.press(await browser.get(link), 'confirm'), '3ds-complete');

  await world.work();

  expect(subjects(customer.customer_id)).toHaveLength(1);
  expect((await rowOf(charge)).messages).toEqual(['opened sent', 'reminder_1 suppressed']);
});

test('holds mails back while a person looks at the charge', async () => {
  const { customer, charge } = await asked();
  await world.advance(24 * HOUR_S);
  await world.work(['recovery']);
  await world.sql`update charges set state = 'needs_review' where id = ${charge}`;
  await world.work();
  await pass(1);

  expect((await rowOf(charge)).messages).toEqual(['opened sent', 'reminder_1 queued']);
  expect(subjects(customer.customer_id)).toHaveLength(1);
});

test('gives the customer an hour after a last call that went out late', async () => {
  const { charge, link } = await asked();

  await pass(7 * 24 + 5);
  expect(await rowOf(charge)).toMatchObject({
    state: 'open',
    has_time: true,
    messages: ['opened sent', 'last_call sent'],
  });
  expect(stateOf(await world.browser().get(link))).toBe('to_confirm');
  await pass(1);

  expect(await rowOf(charge)).toMatchObject({ state: 'expired', charge: 'failed' });
});

test('does not end while the customer is at the bank, and takes the money that they confirm there', async () => {
  const { charge, link } = await asked();
  for (let day = 0; day < 6; day += 1) await pass(24);
  await world.advance(24 * HOUR_S - 600);
  const browser = world.browser();
  const bank = await browser.press(await browser.get(link), 'confirm');

  await world.advance(900);
  await world.work(['recovery']);
  expect(await rowOf(charge)).toMatchObject({ state: 'open', has_time: false });
  const back = await browser.press(bank, '3ds-complete');

  expect(stateOf(back)).toBe('paid');
  await world.work();
  expect(await rowOf(charge)).toMatchObject({ state: 'completed', charge: 'succeeded' });
});

test('a press that came between the decision to end and its statement wins', async () => {
  const { charge, link } = await asked();
  const browser = world.browser();
  const page = await browser.get(link);
  const id = /rec_[a-z2-7]{24}/.exec(link)?.[0] ?? '';
  const [row] = await world.sql`select lease_number from recoveries where id = ${id}`;
  const end = () => expireRecovery(world.sql, { id, lease_number: row?.lease_number });
  await browser.press(page, 'confirm');
  await world.sql`update recoveries set expires_at = dc_now() where id = ${id}`;

  expect(await end()).toBeNull();
  expect(await rowOf(charge)).toMatchObject({ state: 'open', charge: 'action_required' });
  await world.sql`
    update charge_attempts set state = 'abandoned', ended_at = dc_now()
    where charge_id = ${charge} and ended_at is null`;
  expect(await end()).toEqual({ charge_id: charge, closes: true });
});

test('ends after the customer went to the bank and never came back', async () => {
  const { charge, link } = await asked();
  for (let day = 0; day < 6; day += 1) await pass(24);
  await world.advance(24 * HOUR_S - 600);
  const browser = world.browser();
  await browser.press(await browser.get(link), 'confirm');

  for (let hour = 0; hour < 3; hour += 1) await pass(1);

  expect(await rowOf(charge)).toMatchObject({ state: 'expired', charge: 'failed' });
  expect(await world.ledger(charge)).toMatchObject([{ status: 'canceled', successes: 0 }]);
});

test('expires the open Checkout Session with the recovery, and detaches a card saved in it too late', async () => {
  const one = await world.asked('pm_card_visa', ['expired_card']);
  const two = await world.asked('pm_card_visa', ['expired_card']);
  const [first, second] = [world.browser(), world.browser()];
  const left = await first.press(await first.get(one.link), 'replace');
  const late = await second.press(await second.get(two.link), 'replace');

  await world.cancel(one.charge);
  await world.cancel(two.charge);
  await second.press(late, 'checkout-pay', { number: '4242424242424242', action: 'pay' });
  await world.work();
  await pass(1);

  const session = await world.sdk.checkout.sessions.retrieve(left.url.split('/').at(-1)?.split('?')[0] ?? '');
  expect(session.status).toBe('expired');
  const states = await world.sql`
    select p.state, m.state as method, p.detail from replacements p
    left join payment_methods m on m.id = p.payment_method_id
    where p.charge_id in ${world.sql([one.charge, two.charge])} order by p.detail`;
  expect(states).toMatchObject([
    { state: 'closed', method: 'detached', detail: 'saved_before_close' },
    { state: 'closed', method: null, detail: null },
  ]);
  expect((await world.ledger(two.charge))[0]).toMatchObject({ successes: 0, status: 'canceled' });
});
