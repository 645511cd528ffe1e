/** A restricted key of Stripe's: what it must be allowed, and what happens while it is not. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Permissions } from '../../../simulator/http/permissions.ts';
import { chargeView } from '../../../src/api/views/charge.ts';
import { changePaymentMethod } from '../../../src/billing/customer/change-payment-method.ts';
import { sweepEventsOnce } from '../../../src/billing/janitor/sweep-events.ts';
import { sweepOrphansOnce } from '../../../src/billing/janitor/sweep-orphans.ts';
import { sweepReturnsOnce } from '../../../src/billing/refund/sweep-returns.ts';
import { permissions } from '../../../src/doctor/stripe-permissions.ts';
import { randomId } from '../../../src/platform/ids.ts';
import { createLog } from '../../../src/platform/log.ts';
import { readChargeRow } from '../../../src/store/charge/charge-list.ts';
import { createHealth } from '../../../src/store/postgres/health.ts';
import { merchantOf } from '../../harness/merchant.ts';
import { createWorld, type World } from '../../harness/world.ts';
import { samplesOf, valuesOf } from '../../operations/samples.ts';
import { announced, debtor } from '../debits/debtors.ts';
import { compare, verbsIn } from '../janitor/ways-out-world.ts';
import { createRecoveryWorld, type RecoveryWorld } from '../recovery/recovery-world.ts';

const PRODUCT_KEY = 'rk_test_product_of_the_world';
const DAY_S = 86_400;

/** What docs/deploy.md tells an operator to permit, from the names in its table. */
function documented(): Permissions {
  const text = readFileSync(new URL('../../../docs/deploy.md', import.meta.url), 'utf8');
  const section = text.slice(
    text.indexOf('### What Stripe must let us do'),
    text.indexOf('### What Stripe must send'),
  );
  const named = [...section.matchAll(/^\| [^|]+\| `([a-z_]+)_(read|write)` \|/gm)];
  return Object.fromEntries(named.map(([, resource, level]) => [resource, level]));
}

/** The most that was needed of each resource, as permissions. */
function leastOf(needed: readonly string[]): Permissions {
  const parts = needed.map((name) => /^(.*)_(read|write)$/.exec(name) ?? []);
  // Sorted, so that a write comes after the read of the same resource, and replaces it.
  return Object.fromEntries(parts.map(([, resource = '', level = '']) => [resource, level]));
}

const permit = (world: World, more: { permissions?: Permissions; revoked?: boolean }) =>
  world.simulator.control.key(world.secretKey, { key: PRODUCT_KEY, ...more });

describe('a key of ours that lacks something', () => {
  let world: World;
  const logged: string[] = [];

  beforeAll(async () => {
    world = await createWorld({ productKey: PRODUCT_KEY });
    const destination = { write: (line: string) => void logged.push(line) };
    Object.assign(world.deps, { log: createLog({ level: 'error', role: 'world', destination }) });
  });
  afterAll(() => world.close());

  const shown = async (charge: string) => {
    const row = await readChargeRow(world.tables, charge);
    return row === null ? null : chargeView(row);
  };
  const isKeyTaken = async () =>
    (await createHealth(world.sql, world.databaseUrl, async () => true)()).stripe;
  const calls = async () =>
    valuesOf(samplesOf(await world.deps.metrics.registry.metrics()), 'duecourse_stripe_call_seconds_count');

  test.each([
    [
      'may not write PaymentIntents',
      { permissions: { ...documented(), payment_intent: 'read' } },
      'forbidden',
    ],
    ['was revoked', { revoked: true }, 'unauthenticated'],
  ] as const)(
    '%s: nothing is closed, charge, log, metric and /readyz say so, and it charges once it may',
    async (_lack, lack, outcome) => {
      await permit(world, { permissions: documented() });
      await permit(world, lack);
      const before = (await calls())[`payment_intents.create ${outcome}`] ?? 0;
      const charge = await world.charge(await world.customer('pm_card_visa'));
      await world.work(['charge']);

      expect(await shown(charge)).toMatchObject({
        status: 'processing',
        detail: 'charging_paused',
        last_error: { code: 'stripe_key_refused', advice: 'stop' },
      });
      expect((await world.read(charge)).attempts).toEqual([]);
      expect(await world.ledger(charge)).toEqual([]);
      expect((await calls())[`payment_intents.create ${outcome}`]).toBe(before + 1);
      expect(await isKeyTaken()).toBe(false);
      const lines = logged.filter((line) => line.includes('"stripe.key_refused"'));
      expect(lines.at(-1)).toContain(`"code":"${outcome}"`);
      expect(logged.join('')).not.toContain(PRODUCT_KEY);

      await permit(world, { permissions: documented(), revoked: false });
      await world.advance(60);
      await world.work(['charge']);
      expect(await shown(charge)).toMatchObject({ status: 'succeeded', detail: null, last_error: null });
      expect(await world.ledger(charge)).toMatchObject([{ successes: 1 }]);
      expect(await isKeyTaken()).toBe(true);
    },
  );

  test.each(Object.keys(documented()))(
    'whichever it lacks, %s for example: nothing is closed or left to a person, and all is paid once it may',
    async (resource) => {
      await permit(world, { permissions: documented() });
      const ids: string[] = [];
      for (const script of [[], ['insufficient_funds']])
        ids.push(await world.charge(await world.customer('pm_card_visa', script)));
      await permit(world, { permissions: { ...documented(), [resource]: 'none' } });
      await world.work();
      await world.advance(DAY_S);
      await world.work();
      const states = async () =>
        (await world.sql<{ state: string }[]>`select state from charges where id in ${world.sql(ids)}`).map(
          ({ state }) => state,
        );
      for (const state of await states()) expect(['queued', 'retry_wait', 'succeeded']).toContain(state);

      await permit(world, { permissions: documented() });
      for (let day = 0; day < 2; day += 1) {
        await world.advance(DAY_S);
        await world.work();
      }
      expect(await states()).toEqual(['succeeded', 'succeeded']);
      for (const id of ids) expect(await world.ledger(id)).toMatchObject([{ successes: 1 }]);
    },
  );
});

test('the doctor looks for each of them', () => {
  expect(leastOf(permissions.map(({ name }) => name))).toEqual(documented());
});

describe('a key that may do exactly what docs/deploy.md says', () => {
  let world: RecoveryWorld;

  beforeAll(async () => {
    world = await createRecoveryWorld({ productKey: PRODUCT_KEY });
    await permit(world, { permissions: documented() });
  });
  afterAll(() => world.close());

  /** A customer saves a card by Elements, after one that was declined, and another begins a set-up at Checkout. */
  async function setUp(): Promise<string> {
    const merchant = merchantOf(world);
    const customer = await merchant.customer('life@example.test');
    await merchant.settle();
    const setup = await merchant.setup(customer);
    await merchant.settle();
    await merchant.confirmSetup(setup, 'pm_card_chargeDeclined');
    await merchant.settle();
    await merchant.confirmSetup(setup, 'pm_card_visa');
    await merchant.setup(await merchant.customer('page@example.test'), 'checkout');
    await merchant.settle();
    expect((await merchant.showSetup(setup)).status).toBe('succeeded');
    return customer;
  }

  /** A card that is refused for good, and another that pays in its place; both at Stripe's pages. */
  async function recover(): Promise<void> {
    const { charge, link } = await world.asked('pm_card_visa', ['expired_card']);
    const browser = world.browser();
    const checkout = await browser.press(await browser.get(link), 'replace');
    const back = await browser.press(checkout, 'checkout-pay', { number: '5555555555554444', action: 'pay' });
    await browser.press(back, 'pay-replacement');
    await world.work();
    expect((await world.read(charge)).charge.state).toBe('succeeded');
    const bank = await world.asked('pm_card_authenticationRequired');
    const at_bank = await browser.press(await browser.get(bank.link), 'confirm');
    await browser.press(at_bank, '3ds-complete', { outcome: 'complete' });
    await world.work();
    expect((await world.read(bank.charge)).charge.state).toBe('succeeded');
  }

  /** A debit whose mandate ended without a word, and of which our row knows no mandate. */
  async function loseMandate(): Promise<void> {
    const { customer_id, payment_method_id, ...rest } = await debtor(world, 'success');
    const methods = world.sql`select mandate_id from payment_methods where id = ${payment_method_id}`;
    await world.simulator.control.webhooks({ paused: true });
    await world.simulator.control.mandate(String((await methods)[0]?.mandate_id), 'inactive');
    await world.sql`update payment_methods set mandate_id = null where id = ${payment_method_id}`;
    const charge = await world.charge({ customer_id, payment_method_id, ...rest });
    await announced(world, charge);
    await world.work(['charge']);
    await world.simulator.control.webhooks({ paused: false });
    expect((await world.read(charge)).recovery?.kind).toBe('replace');
  }

  /** Money under our mark that no charge of ours asked for. */
  async function refundStray(): Promise<void> {
    const { stripe_customer_id, payment_method_id } = await world.customer('pm_card_visa');
    const stray = await world.sdk.paymentIntents.create(
      {
        amount: 900,
        currency: 'eur',
        customer: stripe_customer_id,
        payment_method: payment_method_id,
        allowed_payment_method_types: ['card'],
        confirm: true,
        off_session: true,
        metadata: { dc_charge: randomId('chg'), dc_instance: world.deps.instance.id },
      },
      { idempotencyKey: 'test:stray' },
    );
    const refunded = await verbsIn(world).refund(stray.id);
    expect(refunded).toMatchObject({ outcome: 'done', amount_minor: 900 });
  }

  test('lives a whole life without a refusal, and needs every one of them', async () => {
    const customer = await setUp();
    const merchant = merchantOf(world);
    const charge = (await merchant.charge(customer)) as string;
    await merchant.settle();
    expect((await merchant.show(charge)).status).toBe('succeeded');
    await recover();
    await loseMandate();
    await refundStray();
    await sweepEventsOnce(world.deps);
    await sweepOrphansOnce(world.deps);
    await sweepReturnsOnce(world.deps);
    await compare(world);
    const [method] = await world.sql<{ id: string }[]>`
      select id from payment_methods where customer_id = ${customer}`;
    await changePaymentMethod(world.deps, String(method?.id), 'detach', 'key_test');
    await merchant.settle();

    const requests = await world.simulator.control.requests(world.secretKey);
    const refused = requests.filter(({ status }) => status === 401 || status === 403);
    expect(refused.map(({ route }) => route)).toEqual([]);
    const { needed } = await permit(world, {});
    // Nothing but the doctor looks at webhook endpoints.
    expect({ ...leastOf(needed), webhook: 'read' }).toEqual(documented());
  });
});
