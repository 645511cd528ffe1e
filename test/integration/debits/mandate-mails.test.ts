/** Whoever gave a mandate for BECS debits gets its agreement by mail (docs/protocol.md, 11.7). */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Inbox, startInbox } from '../../../sandbox/inbox.ts';
import { configureFailpoints } from '../../../src/platform/failpoints.ts';
import { type ApiWorld, createApiWorld } from '../api/api-world.ts';
import { begun, entered, type Scheme, settled } from './documented-lives.ts';

let api: ApiWorld;
let inbox: Inbox;

beforeAll(async () => {
  inbox = await startInbox();
  const smtp = { host: '127.0.0.1', port: Number(new URL(inbox.smtp_url).port) };
  api = await createApiWorld({ smtp, simulator: { clock: 'manual' } });
});
afterEach(() => configureFailpoints(null, { testMode: true }));
afterAll(async () => {
  await api.close();
  await inbox.close();
});

const ACCOUNTS = {
  au_becs_debit: '000123456',
  sepa_debit: 'FR1420041010050500013M02606',
  bacs_debit: '00012345',
};
const mailsTo = (email: string) => inbox.messages().filter(({ to }) => to === email);

/** A customer whose account was saved; what follows from that is still to be done. */
async function savedOne(type: Scheme = 'au_becs_debit') {
  const person = await begun(api, type);
  await entered(api, person.setup, { type, account: ACCOUNTS[type] });
  await api.world.simulator.control.deliveries();
  await api.world.work(['inbox_event', 'setup']);
  return person;
}

async function owedTo(customer: string) {
  const [row] = await api.world.sql`
    select mandate_mail, mandate_mailed_at is not null as is_mailed, mandate_mail_version as version
    from payment_methods where customer_id = ${customer}`;
  return row;
}

test('a saved account is followed by one mail with the agreement, its service agreement, account and terms', async () => {
  const { customer, email } = await savedOne();
  expect(await owedTo(customer)).toMatchObject({ mandate_mail: 'owed', is_mailed: false });
  await settled(api);
  await settled(api);

  const [mail, ...others] = mailsTo(email);
  expect(others).toEqual([]);
  const said = (mail?.text ?? '').replace(/\s+/g, ' ');
  expect(mail?.subject).toBe('Your direct debit agreement with Powerline');
  expect(said).toContain('from your bank account •••• 3456 by direct debit');
  expect(said).toContain(
    'you agree to this Direct Debit Request and the Direct Debit Request service agreement',
  );
  expect(mail?.links).toContain('https://stripe.com/legal/becs-dd-service-agreement');
  expect(said).toMatch(/Your mandate: https:\/\/\S+/);
  expect(said).toContain('How often: Again and again');
  expect(await owedTo(customer)).toEqual({
    ...{ mandate_mail: 'sent', is_mailed: true, version: 'mandate-au_becs_debit-en-1' },
  });
});

test('what our page showed is mailed as it was shown', async () => {
  const { customer, email } = await savedOne();
  await api.world.sql`
    update consents set mandate_text = 'The words of that day.', mandate_text_version = 'of-that-day'
    where customer_id = ${customer}`;
  await settled(api);
  expect(mailsTo(email)[0]?.text).toContain('The words of that day.');
  expect(await owedTo(customer)).toMatchObject({ version: 'of-that-day' });
});

test.each(['sepa_debit', 'bacs_debit'] as const)('%s: nothing of ours is mailed', async (type) => {
  const { customer, email } = await savedOne(type);
  await settled(api);
  expect(mailsTo(email)).toEqual([]);
  expect(await owedTo(customer)).toMatchObject({ mandate_mail: null });
});

test('a customer who was stopped meanwhile gets none', async () => {
  const { customer, email } = await savedOne();
  await api.world.sql`update customers set stopped_at = dc_now() where id = ${customer}`;
  await settled(api);
  expect(mailsTo(email)).toEqual([]);
  expect(await owedTo(customer)).toMatchObject({ mandate_mail: 'unwanted' });
});

test.each([
  ['mail.before', 1],
  ['mail.after_effect', 2],
  ['mail.after', 1],
] as const)(
  'a worker that fails at %s has sent %i in the end, under one Message-ID',
  async (place, copies) => {
    const { customer, email } = await savedOne();
    configureFailpoints(`${place}:throw@1`, { testMode: true });
    await api.world.work(['payment_method']);
    configureFailpoints(null, { testMode: true });
    await api.world.advance(3_600);
    await settled(api);
    expect(mailsTo(email)).toHaveLength(copies);
    expect(new Set(mailsTo(email).map(({ message_id }) => message_id)).size).toBe(1);
    expect(await owedTo(customer)).toMatchObject({ mandate_mail: 'sent' });
  },
);
