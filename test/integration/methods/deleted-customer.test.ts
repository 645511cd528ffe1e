/** A customer whom somebody deletes at Stripe's dashboard: for good, and never told as "try again". */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { customerView } from '../../../src/api/views/customer.ts';
import { randomId } from '../../../src/platform/ids.ts';
import { readCustomer } from '../../../src/store/customer/customers.ts';
import { insertSetup } from '../../../src/store/setup/setup-intake.ts';
import type { SavedCustomer } from '../../harness/world.ts';
import { clearWeather, confirmsOf } from '../charge/protocol-world.ts';
import { detailOf } from '../debits/debtors.ts';
import { createRecoveryWorld, type RecoveryWorld, stateOf } from '../recovery/recovery-world.ts';
import { takeIn } from './following-world.ts';

let world: RecoveryWorld;
const DAY_S = 86_400;

beforeAll(async () => {
  world = await createRecoveryWorld();
});

afterEach(() => clearWeather(world));

afterAll(() => world.close());

const CLOSED = { state: 'failed', detail: 'customer_deleted' };

async function deleted(customer: SavedCustomer, heard: 'heard' | 'unheard'): Promise<void> {
  if (heard === 'unheard') await world.simulator.control.webhooks({ paused: true });
  const key = { idempotencyKey: `dash:${customer.customer_id}` };
  await world.sdk.customers.del(customer.stripe_customer_id, {}, key);
}

const shownOf = async ({ customer_id }: SavedCustomer) => {
  const row = await readCustomer(world.tables, customer_id);
  return row === null ? null : customerView(row);
};

const methodsOf = async ({ customer_id }: SavedCustomer) =>
  (await world.sql`select state from payment_methods where customer_id = ${customer_id}`).map(
    ({ state }) => state,
  );

async function expectGone(customer: SavedCustomer): Promise<void> {
  expect(await shownOf(customer)).toMatchObject({
    stripe_customer_id: customer.stripe_customer_id,
    stripe_customer_deleted: true,
    default_payment_method: null,
  });
  expect(await methodsOf(customer)).toEqual(['detached']);
}

/** Declined for funds today: bound, and to be tried again tomorrow. */
async function midway() {
  const customer = await world.customer('pm_card_visa', ['insufficient_funds']);
  const charge = await world.charge(customer);
  await world.work(['charge']);
  expect((await world.read(charge)).charge.state).toBe('retry_wait');
  return { customer, charge };
}

async function expectClosedWithProof(charge: string, customer: SavedCustomer): Promise<void> {
  expect(await detailOf(world, charge)).toEqual(CLOSED);
  expect(await world.ledger(charge)).toMatchObject([{ status: 'canceled', successes: 0 }]);
  await expectGone(customer);
  await world.work();
  expect(world.inbox.messages().filter((mail) => mail.to.startsWith(customer.customer_id))).toEqual([]);
}

test('is shown with their methods, and nothing is taken in for them', async () => {
  const customer = await world.customer('pm_card_visa');
  expect((await shownOf(customer))?.stripe_customer_deleted).toBe(false);
  await deleted(customer, 'heard');
  await expect
    .poll(async () => {
      await world.work();
      return methodsOf(customer);
    })
    .toEqual(['detached']);
  await expectGone(customer);
  await expect(takeIn(world, customer)).rejects.toThrow('no_payment_method');
  const setup = {
    id: randomId('set'),
    customer_id: customer.customer_id,
    usage: 'off_session',
    via: 'elements',
    payment_method_types: ['card'],
    allow_redisplay: null,
    return_url: 'https://merchant.example.test/back',
    metadata: {},
    expires_in_ms: 1_000,
  } as const;
  const consent = {
    id: randomId('cns'),
    scope: 'off_session',
    frequency: 'recurring',
    amount_basis: 'usage',
    text: 'I agree.',
    text_version: '1',
    collect: true,
    accepted_at: null,
    ip_address: null,
    user_agent: null,
    limits: { until: null, max_charges: null, max_amount: null },
  } as const;
  const keyed = { route: 'POST /v1/setups', key: setup.id, request_hash: Buffer.alloc(32) };
  const taken = await insertSetup(world.sql, setup, consent, keyed, 'key_test');
  expect(taken).toMatchObject({ outcome: 'refused', refusal: 'customer_deleted' });
});

describe('while a charge of theirs waits for its retry', () => {
  test('closes it with proof: no other try, and no mail that asks for another card', async () => {
    const { customer, charge } = await midway();
    await deleted(customer, 'heard');
    await expect
      .poll(async () => {
        await world.work();
        return detailOf(world, charge);
      })
      .toEqual(CLOSED);
    expect(await confirmsOf(world, charge)).toHaveLength(1);
    await expectClosedWithProof(charge, customer);
  });

  test('is seen at the retry, if no event tells of it', async () => {
    const { customer, charge } = await midway();
    await deleted(customer, 'unheard');
    await world.advance(DAY_S);
    await world.work(['charge']);
    await expectClosedWithProof(charge, customer);
  });

  test('decides nothing while the customer cannot be read', async () => {
    const customer = await world.customer('pm_card_visa');
    const charge = await world.charge(customer);
    await deleted(customer, 'unheard');
    const away = { type: 'status', status: 503 } as const;
    await world.simulator.control.faults({ match: { route: '/v1/customers/:id' }, action: away, times: 1 });
    await world.work(['charge']);
    expect((await detailOf(world, charge))?.state).toBe('queued');
    await world.advance(2);
    await world.work(['charge']);
    expect(await detailOf(world, charge)).toEqual(CLOSED);
  });
});

test('ends a charge of which nothing was bound yet, and parks nothing', async () => {
  const customer = await world.customer('pm_card_visa');
  const charge = await world.charge(customer);
  await deleted(customer, 'unheard');
  await world.work(['charge']);
  expect(await detailOf(world, charge)).toEqual(CLOSED);
  expect(await world.ledger(charge)).toEqual([]);
  await expectGone(customer);
});

test('is seen by a press for another card: the page says that it is over, not to press again', async () => {
  const { customer, charge, link } = await world.asked('pm_card_authenticationRequired');
  await deleted(customer, 'unheard');
  const browser = world.browser();
  const page = await browser.get(link);
  const pressed = await browser.press(page, 'replace');
  expect(pressed.status).toBeLessThan(500);
  await world.work();
  expect(await detailOf(world, charge)).toEqual(CLOSED);
  expect(stateOf(await browser.get(link))).toBe('canceled');
  await expectGone(customer);
});
