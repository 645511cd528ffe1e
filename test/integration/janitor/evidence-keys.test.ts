/**
 * What Stripe saw of us in a month with everything in it: every POST under a key of ours, no key with two bodies, one
 * PaymentIntent for each charge.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sweepOrphansOnce } from '../../../src/billing/janitor/sweep-orphans.ts';
import { requestDetach } from '../../../src/store/customer/payment-method-changes.ts';
import { requestSetupCancel } from '../../../src/store/setup/setup-cancellation.ts';
import { type Merchant, merchantOf } from '../../harness/merchant.ts';
import { createRecoveryWorld, type RecoveryWorld } from '../recovery/recovery-world.ts';

const CREATE = { route: '/v1/payment_intents', method: 'POST' };
const CONFIRM = { route: '/v1/payment_intents/:id/confirm' };
const HOUR_S = 3_600;
const TEST_MS = 120_000;

let world: RecoveryWorld;
let merchant: Merchant;
/** Confirms of SetupIntents with the publishable key: the customer's POSTs, not ours. */
let byCustomers = 0;

beforeAll(async () => {
  world = await createRecoveryWorld({ timings: { stripeTimeoutMs: 1_500 } });
  merchant = merchantOf(world);
});

afterAll(() => world.close());

type Script = Parameters<RecoveryWorld['simulator']['control']['script']>[1];
type Saved = { readonly customer: string; readonly email: string; readonly method: string };

async function saved(name: string, card: string, script: Script = []): Promise<Saved> {
  const email = `${name}@example.test`;
  const customer = await merchant.customer(email);
  const setup = await merchant.setup(customer);
  await merchant.settle();
  byCustomers += 1;
  expect(await merchant.confirmSetup(setup, card)).toBe(200);
  await merchant.settle();
  const method = String((await merchant.showSetup(setup)).payment_method);
  await world.simulator.control.script(method, script);
  return { customer, email, method };
}

async function charged(name: string, card: string, script: Script = []): Promise<Saved & { id: string }> {
  const buyer = await saved(name, card, script);
  const id = String(await merchant.charge(buyer.customer));
  await merchant.settle();
  return { ...buyer, id };
}

async function pass(seconds: number, steps: number): Promise<void> {
  for (let step = 0; step < steps; step += 1) {
    await world.advance(seconds / steps);
    await merchant.settle();
    await sweepOrphansOnce(world.deps);
  }
}

const link = (email: string) =>
  world.inbox
    .messages()
    .find((mail) => mail.to === email)
    ?.links.find((address) => address.includes('/r/')) ?? '';

async function setupsThatCameToNothing(): Promise<void> {
  const refused = await merchant.setup(await merchant.customer('refused@example.test'));
  const canceled = await merchant.setup(await merchant.customer('canceled@example.test'));
  const session = await merchant.setup(await merchant.customer('session@example.test'), 'checkout');
  await merchant.setup(await merchant.customer('forgotten@example.test'));
  await merchant.settle();
  for (let tries = 0; tries < 5; tries += 1) {
    byCustomers += 1;
    expect(await merchant.confirmSetup(refused, 'pm_card_chargeDeclined')).toBe(402);
  }
  await requestSetupCancel(world.sql, canceled, 'test');
  await requestSetupCancel(world.sql, session, 'test');
  await merchant.settle();
}

async function lostAnswers(): Promise<void> {
  const { control } = world.simulator;
  const stored = (effect: 'none' | 'commit') => ({ type: 'status', status: 500, effect }) as const;
  const faults = [
    { match: CONFIRM, action: 'reset_after', times: 2 },
    { match: CONFIRM, action: stored('none') },
    { match: CONFIRM, action: stored('commit') },
    { match: CONFIRM, action: 'rate_limit', times: 3 },
    { match: CREATE, action: 'partial_body' },
    { match: CREATE, action: stored('commit') },
    { match: { route: '/v1/customers', method: 'POST' }, action: 'hang_after' },
    { match: { route: '/v1/setup_intents', method: 'POST' }, action: 'reset_after', times: 2 },
  ] as const;
  for (const [n, fault] of faults.entries()) {
    const isEarly =
      fault.match.route.startsWith('/v1/customers') || fault.match.route.startsWith('/v1/setup');
    if (isEarly) await control.faults(fault);
    const buyer = await savedPatiently(`lost${n}`);
    if (!isEarly) await control.faults(fault);
    await merchant.charge(buyer);
    await pass(30, 6);
  }
}

/** Saved although answers are lost on the way. */
async function savedPatiently(name: string): Promise<string> {
  const customer = await merchant.customer(`${name}@example.test`);
  const setup = await merchant.setup(customer);
  await merchant.settle();
  await pass(30, 6);
  byCustomers += 1;
  expect(await merchant.confirmSetup(setup, 'pm_card_visa')).toBe(200);
  await merchant.settle();
  return customer;
}

async function customersAtWork(): Promise<void> {
  const browser = world.browser();
  const bank = await charged('bank', 'pm_card_authenticationRequired');
  const challenge = await browser.press(await browser.get(link(bank.email)), 'confirm', {
    future_use: 'yes',
  });
  await browser.press(challenge, '3ds-complete');
  const replaced = await charged('replaced', 'pm_card_visa', ['expired_card']);
  const checkout = await browser.press(await browser.get(link(replaced.email)), 'replace');
  const back = await browser.press(checkout, 'checkout-pay', { number: '4242424242424242' });
  await browser.press(back, 'pay-replacement');
  const left = await charged('left', 'pm_card_visa', ['lost_card']);
  await browser.press(await browser.get(link(left.email)), 'replace');
  await world.cancel(left.id);
  await merchant.settle();
}

type Sent = { readonly path: string; readonly body: string; readonly idempotency_key: string | null };

function verbsOf(posts: readonly Sent[]): string[] {
  return [...new Set(posts.map((post) => String(post.idempotency_key?.split(':')[2])))].sort();
}

test(
  'every POST carries our key, no key has two bodies, and each charge has one PaymentIntent',
  async () => {
    await charged('plain', 'pm_card_visa');
    await charged('retried', 'pm_card_visa', ['insufficient_funds', 'do_not_honor']);
    await charged('silent', 'pm_card_chargeCustomerFail');
    await charged('stopped', 'pm_card_visa', ['fraudulent']);
    const canceled = await charged('canceledlater', 'pm_card_visa', ['insufficient_funds']);
    await world.cancel(canceled.id);
    const { method } = await saved('gone', 'pm_card_visa');
    await requestDetach(world.sql, method, 'test');
    await setupsThatCameToNothing();
    await lostAnswers();
    await customersAtWork();
    await pass(25 * 24 * HOUR_S, 50);

    const posts = (await world.simulator.control.requests(world.secretKey)).filter(
      (request) => request.method === 'POST',
    );
    const ours = posts.filter((post) => post.idempotency_key?.startsWith('dc1:'));
    const others = posts.filter((post) => !post.idempotency_key?.startsWith('dc1:'));
    expect(others.every((post) => /(^|&)client_secret=/.test(post.body))).toBe(true);
    expect(others).toHaveLength(byCustomers);

    const sent = new Map<string, Set<string>>();
    for (const { idempotency_key, path, body } of ours) {
      const key = String(idempotency_key);
      sent.set(key, (sent.get(key) ?? new Set()).add(`${path} ${body}`));
    }
    expect([...sent].filter(([, bodies]) => bodies.size > 1)).toEqual([]);
    expect(verbsOf(ours)).toEqual(['cancel', 'confirm', 'create', 'detach', 'expire']);
    const ofRecoveries = ours.filter(({ body }) => body.includes('dc_recovery'));
    expect(ofRecoveries.length).toBeGreaterThan(0);
    for (const { idempotency_key } of ofRecoveries)
      expect(idempotency_key).toMatch(/^dc1:set_\w+:create:\d+$/);

    const rows = await world.sql<{ id: string; state: string }[]>`select id, state from charges`;
    for (const { id, state } of rows) {
      const live = (await world.ledger(id)).filter((intent) => intent.status !== 'canceled');
      expect({ id, state, live: live.map((intent) => intent.successes) }).toEqual({
        id,
        state,
        live: state === 'succeeded' ? [1] : [],
      });
    }
    expect(
      rows.map((row) => row.state).filter((state) => !/^(succeeded|failed|canceled)$/.test(state)),
    ).toEqual([]);
    console.log(
      `keys: ${ours.length} POSTs of ours under ${sent.size} keys (${ours.length - sent.size} sent again), ` +
        `${others.length} by customers; ${rows.length} charges, one PaymentIntent each`,
    );
  },
  TEST_MS,
);
