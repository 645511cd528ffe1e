/**
 * Not one webhook arrives. With real processes the janitor finds everything in Stripe's list of events; and where the
 * list is not read either, each row comes due by itself and asks.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pressConfirm } from '../../../src/billing/recovery/press.ts';
import { merchantOf } from '../../harness/merchant.ts';
import { markStartsWorker } from '../../harness/services/services.ts';
import { type Buyer, shopOf } from '../../harness/shop.ts';
import { type Stack, startStack } from '../../harness/stack.ts';
import { until } from '../../harness/until.ts';
import { createWorld, type World } from '../../harness/world.ts';

const TEST_MS = 120_000;

const cards = {
  plain: 'pm_card_visa',
  challenged: 'pm_card_authenticationRequiredOnSetup',
  unanswered: 'pm_card_mastercard',
  pending: 'pm_card_amex',
  bank: 'pm_card_authenticationRequired',
  replaced: 'pm_card_discover',
} as const;
const scripts = { pending: ['processing'], replaced: ['expired_card'] } as const;
type Name = keyof typeof cards | 'checkout';

describe('with a worker and its janitor', () => {
  let stack: Stack;
  let shop: ReturnType<typeof shopOf>;

  beforeAll(async () => {
    markStartsWorker();
    stack = await startStack({ webhooks: false });
    shop = shopOf(stack);
    await Promise.all([stack.startApi(), stack.startWorker()]);
  });

  afterAll(() => stack.close());

  async function saveCards(): Promise<Map<Name, Buyer>> {
    const buyers = new Map<Name, Buyer>();
    for (const [name, card] of Object.entries(cards) as [keyof typeof cards, string][]) {
      const buyer = await shop.begin(`${name}@example.test`);
      expect(await shop.enterCard(buyer, card)).toBe(200);
      buyers.set(name, buyer);
    }
    const checkout = await shop.begin('checkout@example.test', { via: 'checkout' });
    await shop.enterAtCheckout(checkout, '4242424242424242');
    buyers.set('checkout', checkout);
    for (const [name, buyer] of buyers) {
      const { payment_method } = await shop.saved(buyer);
      if (name === 'pending' || name === 'replaced')
        await stack.simulator.control.script(String(payment_method), scripts[name]);
    }
    return buyers;
  }

  async function chargeAll(buyers: Map<Name, Buyer>): Promise<Map<Name, string>> {
    const { control } = stack.simulator;
    const match = { route: '/v1/payment_intents/:id/confirm' };
    const lost = await control.faults({ match, action: 'hang_after' });
    const charges = new Map<Name, string>();
    // First, so that the lost answer is this one's.
    const names: Name[] = ['unanswered', ...[...buyers.keys()].filter((name) => name !== 'unanswered')];
    for (const name of names) {
      charges.set(name, await shop.charge(String(buyers.get(name)?.id)));
      await until('the answer is lost', async () => {
        const faults = await control.listFaults();
        return faults.some((fault) => fault.id === lost.id && fault.fired === 1);
      });
    }
    return charges;
  }

  test(
    'set-ups, charges and recoveries settle, all of them',
    async () => {
      markStartsWorker();
      const charges = await chargeAll(await saveCards());
      // They pass at the bank and close the window: nobody comes back to tell us.
      const bank = await shop.press(await shop.link('bank@example.test'), 'confirm');
      const asked = await shop.charged(String(charges.get('bank')), 'requires_action');
      expect(bank.url).toContain(String(asked.stripe_payment_intent_id));
      await stack.simulator.control.authenticate(String(asked.stripe_payment_intent_id), 'succeed');
      // A new card at Checkout, and the press that pays with it.
      const session = await shop.press(await shop.link('replaced@example.test'), 'replace');
      const back = await session.browser.press(session, 'checkout-pay', { number: '4242424242424242' });
      await session.browser.press(back, 'pay-replacement');

      for (const id of charges.values()) await shop.charged(id, 'succeeded');
      await expectSettledWithoutWebhooks(stack, charges);
    },
    TEST_MS,
  );
});

async function expectSettledWithoutWebhooks(stack: Stack, charges: Map<Name, string>): Promise<void> {
  for (const id of charges.values()) {
    const intents = await stack.ledger(id);
    expect(intents.filter((intent) => intent.status !== 'canceled')).toMatchObject([{ successes: 1 }]);
  }
  expect(await stack.simulator.control.deliveries()).toEqual([]);
  const carriers = await stack.sql<{ carrier: string; n: number }[]>`
    select carrier, count(*)::int as n from inbox_events group by carrier`;
  expect(carriers.map((row) => row.carrier)).toEqual(['events_list']);
  const open = await stack.sql`select 1 from recoveries where state = 'open'`;
  expect(open).toEqual([]);
  const [setups] = await stack.sql`select count(*)::int as n from setups where state = 'succeeded'`;
  const [recoveries] = await stack.sql`select count(*)::int as n from recoveries where state = 'completed'`;
  console.log(
    `webhooks off: ${setups?.n} set-ups, ${charges.size} charges and ${recoveries?.n} recoveries settled; ` +
      `0 webhooks, ${carriers[0]?.n} events taken from the list`,
  );
}

describe('with no list of events either', () => {
  let world: World;

  beforeAll(async () => {
    world = await createWorld({ simulator: { webhooks: [] }, timings: { stripeTimeoutMs: 1_500 } });
  });

  afterAll(() => world.close());

  /** Lets time pass in minutes, working each time on what is due. */
  async function pass(minutes: number): Promise<void> {
    for (let minute = 0; minute < minutes; minute += 1) {
      await world.advance(60);
      await world.work();
    }
  }

  test('a saved card is learnt of when the set-up comes due and asks', async () => {
    const merchant = merchantOf(world);
    const setup = await merchant.setup(await merchant.customer('asks@example.test'));
    await world.work();
    expect(await merchant.confirmSetup(setup, 'pm_card_visa')).toBe(200);
    expect((await merchant.showSetup(setup)).status).toBe('awaiting_customer');

    await pass(2);

    expect((await merchant.showSetup(setup)).status).toBe('succeeded');
  });

  test('a customer who passed at the bank and never came back has paid, half an hour later', async () => {
    const customer = await world.customer('pm_card_authenticationRequired');
    const charge = await world.charge(customer);
    await world.work();
    const { charge: row, recovery } = await world.read(charge);
    const pressed = await pressConfirm(world.deps, {
      charge_id: charge,
      recovery_id: String(recovery?.id),
      payment_method_id: customer.payment_method_id,
      future_use: false,
      return_url: 'http://127.0.0.1/r/page',
    });
    expect(pressed.outcome).toBe('redirect');
    await world.simulator.control.authenticate(String(row.stripe_payment_intent_id), 'succeed');

    await pass(31);

    expect((await world.read(charge)).charge.state).toBe('succeeded');
    expect(await world.sql`select 1 from recoveries where charge_id = ${charge} and state = 'open'`).toEqual(
      [],
    );
    expect(await world.sql`select 1 from inbox_events`).toEqual([]);
  });

  test('a payment under way is asked for until it has arrived', async () => {
    const charge = await world.charge(await world.customer('pm_card_visa', ['processing']));
    await world.work();
    expect((await world.read(charge)).charge.state).toBe('pending');

    await pass(61);

    expect((await world.read(charge)).charge.state).toBe('succeeded');
  });
});
