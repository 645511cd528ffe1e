/** What a merchant rules for one charge: when it is tried again, how long its customer has, and what the end means. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bringCustomerIn } from '../../../src/billing/recovery/bring-customer-in.ts';
import { showRecovery } from '../../../src/billing/recovery/resend-recovery.ts';
import type { ChargeTerms } from '../../../src/domain/charge/charge-terms.ts';
import { changeCustomer } from '../../../src/store/customer/customer-changes.ts';
import { createRecoveryWorld, type RecoveryWorld, stateOf } from './recovery-world.ts';

let world: RecoveryWorld;

beforeAll(async () => {
  world = await createRecoveryWorld();
});

afterAll(() => world.close());

const USUAL: ChargeTerms = {
  retry_days: [1, 3, 7],
  deadline_days: 7,
  on_expiry: 'close',
  mails: true,
  early_mail: false,
};
const ASKS = 'pm_card_authenticationRequired';
const DECLINES = 'pm_card_chargeCustomerFail';

async function charged(token: string, terms: Partial<ChargeTerms>) {
  const customer = await world.customer(token);
  const charge = await world.charge(customer, 4_299);
  await world.sql`update charges set terms = ${world.sql.json({ ...USUAL, ...terms })} where id = ${charge}`;
  await world.work();
  return { customer, charge };
}

async function pass(days: number): Promise<void> {
  for (let half = 0; half < days * 2; half += 1) {
    await world.advance(43_200);
    await world.work();
  }
}

const mailsTo = (customer_id: string) => world.mailsTo(customer_id).reverse();
const subjectsTo = (customer_id: string) =>
  mailsTo(customer_id).map(({ subject }) => subject.split(/[:…]/)[0]);

async function rowsOf(charge: string) {
  const [row] = await world.sql`
    select c.state, c.detail, c.due_at is not null as is_due_once, c.close_as,
           array(select r.state || case when r.is_early then ' early' else '' end from recoveries r
                 where r.charge_id = c.id order by r.created_at, r.id) as recoveries,
           (select count(*)::int from charge_attempts a where a.charge_id = c.id) as attempts
    from charges c where c.id = ${charge}`;
  return row;
}

describe('the end of the customer’s time', () => {
  test('closes a bill as failed, and says that the merchant may be in touch', async () => {
    const { customer, charge } = await charged(ASKS, { on_expiry: 'close' });
    const link = world.linkTo(customer.customer_id);
    expect(mailsTo(customer.customer_id)[0]?.text.replace(/\s+/g, ' ')).toContain(
      'may be in touch about the amount',
    );

    await pass(8);

    expect(await rowsOf(charge)).toMatchObject({ state: 'failed', detail: 'recovery_expired' });
    const page = await world.browser().get(link);
    expect([stateOf(page), page.html.includes('may be in touch about the amount')]).toEqual([
      'expired',
      true,
    ]);
  });

  test('releases a pledge: canceled, and nothing is owed', async () => {
    const { customer, charge } = await charged(ASKS, { on_expiry: 'release' });
    const link = world.linkTo(customer.customer_id);
    expect(mailsTo(customer.customer_id)[0]?.text.replace(/\s+/g, ' ')).toContain('you owe nothing');

    await pass(8);

    expect(await rowsOf(charge)).toMatchObject({
      state: 'canceled',
      detail: 'released',
      recoveries: ['expired'],
    });
    expect(await world.ledger(charge)).toMatchObject([{ status: 'canceled', successes: 0 }]);
    const page = await world.browser().get(link);
    expect([stateOf(page), page.html.includes('you owe nothing')]).toEqual(['expired', true]);
  });

  test('keeps a charge open, whose old link brings a new one that pays', async () => {
    const { customer, charge } = await charged(ASKS, { on_expiry: 'keep_open' });
    const link = world.linkTo(customer.customer_id);

    await pass(8);

    expect(await rowsOf(charge)).toMatchObject({ state: 'action_required', recoveries: ['expired'] });
    expect(await world.ledger(charge)).toMatchObject([{ status: expect.not.stringMatching('canceled') }]);
    const browser = world.browser();
    const page = await browser.get(link);
    expect([stateOf(page), page.html.includes('still open')]).toEqual(['expired', true]);
    await browser.press(page, 'fresh-mail');
    await world.work();
    const fresh = world.linkTo(customer.customer_id);
    expect(fresh).not.toBe(link);
    await browser.press(await browser.press(await browser.get(fresh), 'confirm'), '3ds-complete');
    await world.work();
    expect(await rowsOf(charge)).toMatchObject({ state: 'succeeded', recoveries: ['expired', 'completed'] });
    expect(await world.ledger(charge)).toMatchObject([{ status: 'succeeded', successes: 1 }]);
  });

  test('that is kept open asks for one fresh mail at a time', async () => {
    const { customer, charge } = await charged(ASKS, { on_expiry: 'keep_open' });
    const link = world.linkTo(customer.customer_id);
    await pass(8);
    const before = mailsTo(customer.customer_id).length;
    for (let press = 0; press < 3; press += 1) {
      const browser = world.browser();
      await browser.press(await browser.get(link), 'fresh-mail');
      await world.work();
    }
    expect(await rowsOf(charge)).toMatchObject({ recoveries: ['expired', 'open'] });
    // The new recovery's own, and one fresh one in an hour.
    expect(mailsTo(customer.customer_id).length - before).toBeLessThanOrEqual(2);
  });
});

test('a deadline of the merchant’s is when the link ends, with the last call a day before', async () => {
  const { customer, charge } = await charged(ASKS, { deadline_days: 3 });
  await pass(2);
  expect(subjectsTo(customer.customer_id)).toEqual([
    expect.stringContaining('confirm'),
    'Reminder',
    'Last call',
  ]);
  await pass(2);
  expect(await rowsOf(charge)).toMatchObject({ state: 'failed', detail: 'recovery_expired' });
});

test('without mails nobody is mailed, and the link is the merchant’s to read', async () => {
  const { customer, charge } = await charged(ASKS, { mails: false });
  await pass(2);
  expect(mailsTo(customer.customer_id)).toEqual([]);
  const url = (await showRecovery(world.deps, charge))?.url;
  expect(await showRecovery(world.deps, charge)).toMatchObject({ url, state: 'open' });
  const browser = world.browser();
  await browser.press(await browser.press(await browser.get(url ?? ''), 'confirm'), '3ds-complete');
  expect(await world.ledger(charge)).toMatchObject([{ status: 'succeeded', successes: 1 }]);
});

describe('retries', () => {
  test('come on the merchant’s days, and end with them', async () => {
    const { charge } = await charged(DECLINES, { retry_days: [2] });
    expect(await rowsOf(charge)).toMatchObject({ state: 'retry_wait', attempts: 1 });
    await pass(1);
    expect(await rowsOf(charge)).toMatchObject({ attempts: 1 });
    await pass(1.5);
    expect(await rowsOf(charge)).toMatchObject({ state: 'action_required', attempts: 2 });
  });

  test('there are none where the merchant wants none', async () => {
    const { charge } = await charged(DECLINES, { retry_days: [] });
    expect(await rowsOf(charge)).toMatchObject({
      state: 'action_required',
      attempts: 1,
      recoveries: ['open'],
    });
  });
});

describe('an early mail', () => {
  test('tells of the next try, which comes all the same', async () => {
    const { customer, charge } = await charged(DECLINES, { early_mail: true });
    expect(await rowsOf(charge)).toMatchObject({
      state: 'action_required',
      detail: 'retry_scheduled',
      recoveries: ['open early'],
    });
    expect(subjectsTo(customer.customer_id)).toEqual([expect.stringContaining('did not go through yet')]);

    await pass(5);

    expect(await rowsOf(charge)).toMatchObject({ attempts: 3, recoveries: ['open early'] });
    expect(mailsTo(customer.customer_id)).toHaveLength(1);
    await pass(8);
    expect(await rowsOf(charge)).toMatchObject({
      state: 'action_required',
      attempts: 4,
      recoveries: ['open'],
    });
    expect(subjectsTo(customer.customer_id).slice(1)).toContainEqual(
      expect.stringContaining('needs another card'),
    );
    await pass(8);
    expect(await rowsOf(charge)).toMatchObject({ state: 'failed', detail: 'recovery_expired' });
  });

  test('lets the customer pay before it, once', async () => {
    const customer = await world.customer('pm_card_visa', [{ decline_code: 'insufficient_funds' }] as never);
    const charge = await world.charge(customer, 4_299);
    await world.sql`update charges set terms = ${world.sql.json({ ...USUAL, early_mail: true })} where id = ${charge}`;
    await world.work();
    const browser = world.browser();
    const page = await browser.get(world.linkTo(customer.customer_id));
    expect([stateOf(page), page.html.includes('tries your saved card again')]).toEqual(['to_confirm', true]);
    await browser.press(page, 'confirm');
    await pass(4);
    expect(await rowsOf(charge)).toMatchObject({ state: 'succeeded', attempts: 2 });
    expect(await world.ledger(charge)).toMatchObject([{ status: 'succeeded', successes: 1 }]);
  });

  test('a press that Stripe does not answer leaves the next try its time', async () => {
    const { customer, charge } = await charged(DECLINES, { early_mail: true });
    const browser = world.browser();
    const page = await browser.get(world.linkTo(customer.customer_id));
    const match = { method: 'GET', route: '/v1/payment_intents/:id' };
    const fault = await world.simulator.control.faults({ match, action: 'reset_before', times: 100 });
    await browser.press(page, 'confirm');
    await world.simulator.control.removeFault(fault.id);
    await world.advance(60);
    await world.work();
    expect(await rowsOf(charge)).toMatchObject({ attempts: 1, is_due_once: true });
  });

  test('after the customer’s own press nothing is tried behind their back', async () => {
    const { customer, charge } = await charged(DECLINES, { early_mail: true });
    const browser = world.browser();
    await browser.press(await browser.get(world.linkTo(customer.customer_id)), 'confirm');
    expect(await rowsOf(charge)).toMatchObject({ attempts: 2 });
    await pass(6);
    expect(await rowsOf(charge)).toMatchObject({
      state: 'action_required',
      attempts: 2,
      recoveries: ['open'],
    });
    await pass(3);
    expect(await rowsOf(charge)).toMatchObject({ state: 'failed', attempts: 2 });
  });
});

describe('a merchant who brings the customer in', () => {
  test('during a soft decline opens a recovery beside the next try', async () => {
    const { customer, charge } = await charged(DECLINES, {});
    expect(mailsTo(customer.customer_id)).toEqual([]);
    const by = { carrier: 'operator', reference: 'key' } as const;
    expect(await bringCustomerIn(world.deps, charge, by)).toEqual({ outcome: 'opened' });
    expect(await bringCustomerIn(world.deps, charge, by)).toEqual({ outcome: 'live' });
    await world.work();
    expect(subjectsTo(customer.customer_id)).toEqual([expect.stringContaining('did not go through yet')]);
    await pass(1.5);
    expect(await rowsOf(charge)).toMatchObject({ attempts: 2, recoveries: ['open early'] });
  });

  test('is told when nobody waits', async () => {
    const paid = await charged('pm_card_visa', {});
    const by = { carrier: 'operator', reference: 'key' } as const;
    expect(await bringCustomerIn(world.deps, paid.charge, by)).toEqual({
      outcome: 'ended',
      state: 'succeeded',
    });
    const asked = await charged(ASKS, {});
    expect(await bringCustomerIn(world.deps, asked.charge, by)).toEqual({ outcome: 'live' });
  });
});

test('an address that refuses mails shows, and a mended one gets the next', async () => {
  world.inbox.refuse({ code: 550, at: 'recipient' });
  const { customer, charge } = await charged(ASKS, {});
  world.inbox.refuse(null);
  expect(await showRecovery(world.deps, charge)).toMatchObject({ undeliverable: true, messages_sent: 0 });

  const email = `mended-${customer.customer_id}@example.test`;
  await changeCustomer(world.sql, customer.customer_id, { email }, 'key');
  expect(await showRecovery(world.deps, charge)).toMatchObject({ undeliverable: false });
  await pass(1.5);
  expect(world.inbox.messages().filter(({ to }) => to === email)).toHaveLength(1);
});
