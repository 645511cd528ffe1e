/** A mail confirms each payment whose charge asks for that, however it succeeded, and once (docs/protocol.md, 9.18). */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eraseCustomer } from '../../../src/billing/customer/erase-customer.ts';
import { configureFailpoints } from '../../../src/platform/failpoints.ts';
import { randomId } from '../../../src/platform/ids.ts';
import { startReceipt } from '../../../src/store/recovery/receipts.ts';
import { clearWeather } from '../charge/protocol-world.ts';
import { answered, onItsWay } from '../debits/debtors.ts';
import { createRecoveryWorld, type RecoveryWorld, stateOf } from './recovery-world.ts';

let world: RecoveryWorld;

beforeAll(async () => {
  world = await createRecoveryWorld();
});

afterEach(() => {
  configureFailpoints(null, { testMode: true });
  world.inbox.refuse(null);
  return clearWeather(world);
});

afterAll(() => world.close());

const TERMS = { retry_days: [1, 3, 7], deadline_days: 7, on_expiry: 'close', mails: true, early_mail: false };

/** A charge as it was taken in, with a receipt or without. */
async function taken(token = 'pm_card_visa', receipt: boolean | null = true) {
  const customer = await world.customer(token);
  const charge = await world.charge(customer, 4_299);
  await asksReceipt(charge, receipt);
  return { customer, charge };
}

async function asksReceipt(charge: string, receipt: boolean | null = true): Promise<void> {
  const terms = receipt === null ? TERMS : { ...TERMS, receipt };
  await world.sql`
    update charges set terms = ${world.sql.json(terms)}, reference = ${`ref-${charge}`},
      document = ${world.sql.json({ number: 'INV-7', date: '2026-10-31' })} where id = ${charge}`;
}

/** Whoever takes it in settles it, and sends nothing yet. */
async function paid(token?: string) {
  const one = await taken(token);
  await world.work(['charge']);
  expect(await rowsOf(one.charge)).toMatchObject([{ state: 'queued' }]);
  return one;
}

const rowsOf = (charge: string) => world.sql<{ id: string; state: string; detail: string | null }[]>`
  select id, state, detail from messages where charge_id = ${charge}`;

const receiptsTo = (customer_id: string) =>
  world.mailsTo(customer_id).filter(({ subject }) => subject.startsWith('Receipt'));

test('a payment while its customer was away is confirmed with amount, day, card, document and reference', async () => {
  const { customer, charge } = await taken();
  await world.sql`
    update customers set locale = 'en-IE', time_zone = 'Pacific/Kiritimati' where id = ${customer.customer_id}`;
  await world.work();
  expect(await world.ledger(charge)).toMatchObject([{ amount_received: 4_299 }]);
  expect(await rowsOf(charge)).toMatchObject([{ id: `msg_${charge.slice(4)}`, state: 'sent' }]);
  const [mail, ...more] = world.mailsTo(customer.customer_id);
  expect(more).toEqual([]);
  expect(mail?.subject).toBe('Receipt: €42.99 to Powerline');
  const [day] = await world.sql`
    select to_char(settled_at at time zone 'Pacific/Kiritimati', 'FMDD FMMonth YYYY') as of_theirs
    from charges where id = ${charge}`;
  const text = mail?.text.replace(/\s+/g, ' ');
  expect(text).toContain(
    `received €42.99 for “Power in October” on ${day?.of_theirs}, from your card Visa •••• 4242.`,
  );
  expect(text).toContain(`Document INV-7. Reference: ref-${charge}.`);
  expect(mail?.links).toEqual([]);
  await world.advance(40 * 86_400);
  await world.work();
  expect(world.mailsTo(customer.customer_id)).toHaveLength(1);
});

test.each([false, null])('a charge whose terms say receipt: %s is settled without one', async (receipt) => {
  const { customer, charge } = await taken('pm_card_visa', receipt);
  await world.work();
  expect((await world.read(charge)).charge.state).toBe('succeeded');
  expect(await rowsOf(charge)).toEqual([]);
  expect(world.mailsTo(customer.customer_id)).toEqual([]);
});

test('a payment that its customer confirmed on our page is confirmed the same day, beside the mail that asked', async () => {
  const { customer, charge } = await taken('pm_card_authenticationRequired');
  await world.work();
  expect(await rowsOf(charge)).toEqual([]);
  const browser = world.browser();
  const page = await browser.get(world.linkTo(customer.customer_id));
  const bank = await browser.press(page, 'confirm');
  const [intent] = await world.ledger(charge);
  await world.simulator.control.authenticate(String(intent?.id), 'succeed');
  expect(bank.status).toBe(200);
  expect(stateOf(await browser.get(`${page.url}/return`))).toBe('paid');
  await world.work();
  expect(receiptsTo(customer.customer_id)).toHaveLength(1);
  expect(world.mailsTo(customer.customer_id)).toHaveLength(2);
});

test('a debit that succeeds days later is confirmed then, and not before, with its account', async () => {
  const { customer, charge } = await onItsWay(world, 'successDelayed');
  await asksReceipt(charge);
  await world.sql`
    update payment_methods set bank_name = 'ING', bank_last4 = '3000' where id = ${customer.payment_method_id}`;
  await world.work();
  expect(receiptsTo(customer.customer_id)).toEqual([]);
  await answered(world, charge, 'succeed');
  const [mail] = receiptsTo(customer.customer_id);
  expect(mail?.text.replace(/\s+/g, ' ')).toContain('from your bank account ING •••• 3000.');
});

describe('is not sent', () => {
  test('for a charge that failed', async () => {
    const { charge } = await taken('pm_card_authenticationRequired');
    await world.work();
    await world.cancel(charge);
    await world.work();
    expect((await world.read(charge)).charge.state).toBe('canceled');
    expect(await rowsOf(charge)).toEqual([]);
  });

  test.each([
    [4_299, 'suppressed', 0],
    [4_298, 'sent', 1],
  ])(
    'of a payment that went back whole meanwhile: of 42.99, %i cents leave it %s',
    async (amount, state, mails) => {
      const { customer, charge } = await paid();
      await world.sql`
      insert into refunds (id, state, charge_id, amount_minor, currency, origin)
      values (${randomId('rfd')}, 'queued', ${charge}, ${amount}, 'eur', 'api')`;
      await world.work(['message']);
      expect(await rowsOf(charge)).toMatchObject([{ state }]);
      expect(receiptsTo(customer.customer_id)).toHaveLength(mails);
    },
  );

  test('of a debit that came back', async () => {
    const { charge } = await paid();
    await world.sql`update charges set returned_at = dc_now(), revision = revision + 1 where id = ${charge}`;
    await world.work(['message']);
    expect(await rowsOf(charge)).toMatchObject([{ state: 'suppressed', detail: 'no_longer_wanted' }]);
  });

  test.each(['queued', 'sending'])('to somebody who was erased while it was %s', async (state) => {
    const { customer, charge } = await paid();
    if (state === 'sending')
      await world.sql`update messages set state = 'sending', revision = revision + 1 where charge_id = ${charge}`;
    const sent = world.inbox.messages().length;
    const { outcome } = await eraseCustomer(world.deps, customer.customer_id, 'key_test');
    expect(outcome).toBe('erased');
    expect(await rowsOf(charge)).toMatchObject([{ state: 'suppressed', detail: 'customer_erased' }]);
    await world.work(['message']);
    expect(world.inbox.messages()).toHaveLength(sent);
  });

  test('to an address that has refused the mails of its charge', async () => {
    const { charge } = await taken('pm_card_authenticationRequired');
    await world.work();
    await world.sql`
      update recoveries set bounced_at = dc_now(), revision = revision + 1 where charge_id = ${charge}`;
    const [intent] = await world.ledger(charge);
    await world.sdk.paymentIntents.confirm(String(intent?.id), {
      payment_method: 'pm_card_visa',
      return_url: 'https://merchant.example.test/back',
    });
    await expect
      .poll(async () => {
        await world.work();
        return rowsOf(charge);
      })
      .toMatchObject([{ state: 'suppressed' }]);
  });
});

test('is sent to a customer who was stopped, and although the merchant wants no reminders', async () => {
  const { customer, charge } = await paid();
  await world.sql`
    update charges set terms = terms || '{"mails": false}', revision = revision + 1 where id = ${charge}`;
  await world.sql`
    update customers set stopped_at = dc_now(), revision = revision + 1 where id = ${customer.customer_id}`;
  await world.work(['message']);
  expect(receiptsTo(customer.customer_id)).toHaveLength(1);
});

test('an address that refuses it ends it, and nothing else', async () => {
  const { customer, charge } = await paid();
  await world.sql`update customers set email = 'nobody at all' where id = ${customer.customer_id}`;
  await world.work();
  expect(await rowsOf(charge)).toMatchObject([{ state: 'failed', detail: 'address_malformed' }]);
  expect((await world.read(charge)).charge.state).toBe('succeeded');
});

test('is tried again when the mail server is not available', async () => {
  const { customer, charge } = await paid();
  world.inbox.refuse({ code: 451, at: 'content' });
  await world.work(['message']);
  expect(await rowsOf(charge)).toMatchObject([{ state: 'queued', detail: 'smtp_451' }]);
  world.inbox.refuse(null);
  await world.advance(3_600);
  await world.work(['message']);
  expect(receiptsTo(customer.customer_id)).toHaveLength(1);
});

test.each([
  ['mail.before', 1],
  ['mail.after_effect', 2],
  ['mail.after', 1],
] as const)('stopped at %s it arrives %i times in the end, under one Message-ID', async (place, copies) => {
  const { customer, charge } = await paid();
  configureFailpoints(`${place}:throw@1`, { testMode: true });
  await world.work(['message']);
  await world.advance(3_600);
  await world.work(['message']);
  const mails = receiptsTo(customer.customer_id);
  expect(mails).toHaveLength(copies);
  expect(new Set(mails.map(({ message_id }) => message_id))).toEqual(
    new Set([`<msg_${charge.slice(4)}@example.test>`]),
  );
  expect(await rowsOf(charge)).toMatchObject([{ state: 'sent' }]);
});

test('only whoever holds its lease starts it', async () => {
  const { charge } = await paid();
  const [row] = await rowsOf(charge);
  expect(await startReceipt(world.sql, { id: String(row?.id), lease_number: -1 })).toBeNull();
  expect(await rowsOf(charge)).toMatchObject([{ state: 'queued' }]);
});

test('a worker of the earlier release lets it wait for one that knows receipts', async () => {
  const { charge } = await paid();
  const [row] = await world.sql`
    select s.verdict, (s.mail).state as state, (s.mail).due_at > dc_now() as waits
    from messages m, start_mail(m.id, m.lease_number, ${world.sql.json({ wait_ms: 60_000, bills_max: 20 })}) s
    where m.charge_id = ${charge}`;
  expect(row).toEqual({ verdict: 'waiting', state: 'queued', waits: true });
});
