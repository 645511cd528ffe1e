/** A card saved for one charge: on file for that alone, nobody else's business, and gone when the charge has settled. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { replaceCard } from '../../../src/billing/recovery/open-replacement.ts';
import { cancelSetup } from '../../../src/billing/setup/cancel-setup.ts';
import { randomId } from '../../../src/platform/ids.ts';
import { writeFutureUseConsent } from '../../../src/store/recovery/recoveries.ts';
import { listSetups, readSetupWithConsent } from '../../../src/store/setup/setup-list.ts';
import { createRecoveryWorld, offers, type RecoveryWorld } from './recovery-world.ts';

let world: RecoveryWorld;

beforeAll(async () => {
  world = await createRecoveryWorld();
});

afterAll(() => world.close());

async function saved() {
  const { customer, charge, link } = await world.asked('pm_card_visa', ['expired_card']);
  const browser = world.browser();
  const checkout = await browser.press(await browser.get(link), 'replace');
  const back = await browser.press(checkout, 'checkout-pay', { number: '4242424242424242', action: 'pay' });
  expect(offers(back, 'pay-replacement')).toBe(true);
  const [row] = await world.sql<{ id: string; recovery_id: string; method: string }[]>`
    select id, recovery_id, payment_method_id as method from replacements where charge_id = ${charge}`;
  if (row === undefined) throw new Error('no card was saved');
  return { customer, charge, browser, back, ...row };
}

async function tick(customer_id: string, setup: { readonly id: string; readonly method: string }) {
  await writeFutureUseConsent(world.sql, {
    id: randomId('cns'),
    customer_id,
    payment_method_id: setup.method,
    replacement_id: setup.id,
    text: 'Keep it.',
    text_version: '1',
    ip_address: '127.0.0.1',
    user_agent: null,
  });
}

async function onFile(method: string) {
  const [row] = await world.sql`
    select m.state, m.consent_id, u.default_payment_method_id = m.id as is_default
    from payment_methods m join customers u on u.id = m.customer_id where m.id = ${method}`;
  return row;
}

test('it pays nothing else: it rests on no consent, ticked or not, until it has paid', async () => {
  const { customer, id, method } = await saved();
  expect(await onFile(method)).toEqual({ state: 'usable', consent_id: null, is_default: false });
  await tick(customer.customer_id, { id, method });
  expect(await onFile(method)).toEqual({ state: 'usable', consent_id: null, is_default: false });
});

test('it is kept as the default once it has paid and its customer ticked for that', async () => {
  const { browser, back, method } = await saved();
  await browser.press(back, 'pay-replacement', { future_use: 'yes' });
  expect(await onFile(method)).toMatchObject({ state: 'usable', is_default: true });
});

test('it is detached though ticked for, when the charge was paid otherwise', async () => {
  const { customer, charge, id, method } = await saved();
  await tick(customer.customer_id, { id, method });
  const [intent] = await world.ledger(charge);
  await world.sdk.paymentIntents.confirm(String(intent?.id), { payment_method: 'pm_card_mastercard' });
  await world.simulator.control.deliveries();
  await world.work();
  expect((await world.read(charge)).charge.state).toBe('succeeded');
  expect(await onFile(method)).toMatchObject({ state: 'detached', consent_id: null });
});

test('it is detached though ticked for, when the charge was never paid, and not before that is certain', async () => {
  const { customer, charge, id, method } = await saved();
  await tick(customer.customer_id, { id, method });
  await world.cancel(charge);
  expect(await onFile(method)).toMatchObject({ state: 'usable' });
  await world.work();
  expect((await world.read(charge)).charge.state).toBe('canceled');
  expect(await onFile(method)).toMatchObject({ state: 'detached', consent_id: null, is_default: false });
});

test('its setup is none of the merchant’s: not listed, not read, not cancelled, not told', async () => {
  const { customer, charge, id } = await saved();
  await tick(customer.customer_id, { id, method: 'pm_none' });
  const page = { customer_id: customer.customer_id, states: null, after: null, limit: 10 };
  expect(await listSetups(world.tables, page)).toEqual([]);
  expect(await readSetupWithConsent(world.tables, id)).toBeNull();
  expect(await cancelSetup(world.deps, id, 'key_test')).toBe('unknown');
  expect(await world.sql`select type from events where object_id = ${id}`).toEqual([]);
  const [row] = await world.sql`select count(*)::int as count from transitions where entity_id = ${id}`;
  expect(row?.count).toBe(3);
  expect((await world.read(charge)).charge.state).toBe('action_required');
});

test('two presses at once lead to one Session, whose address names the recovery and holds no token', async () => {
  const { charge } = await world.asked('pm_card_visa', ['expired_card']);
  const recovery_id = (await world.read(charge)).recovery?.id ?? '';
  const press = { recovery_id, ip_address: '127.0.0.1', user_agent: null };
  const led = await Promise.all([1, 2, 3].map(() => replaceCard(world.deps, press)));
  expect(new Set(led.map((each) => (each.outcome === 'redirect' ? each.url : each.outcome))).size).toBe(1);
  const rows = await world.sql`
    select number, state, accepted_amount_at is not null as accepted from replacements where charge_id = ${charge}`;
  expect(rows).toEqual([{ number: 1, state: 'awaiting_customer', accepted: true }]);
  const requests = await world.simulator.control.requests(world.secretKey);
  const made = requests.filter(({ body }) => body?.includes(recovery_id) === true);
  expect(made.length).toBeGreaterThan(0);
  for (const { body } of made) {
    expect(decodeURIComponent(String(body))).toContain(`/r/page/${recovery_id}/return`);
    expect(body).not.toContain('v1.rec');
  }
});
