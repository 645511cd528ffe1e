/** A charge that names no method follows its customer: each automatic attempt takes the default of its moment. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { advance } from '../../../src/billing/advance.ts';
import { revokeConsent } from '../../../src/billing/customer/revoke-consent.ts';
import { requestDetach } from '../../../src/store/customer/payment-method-changes.ts';
import { createWorld, type World } from '../../harness/world.ts';
import { attemptStates } from '../charge/protocol-world.ts';
import { anotherCard, cardOf, choose, takeIn, usedBy } from './following-world.ts';

const DAY_S = 86_400;
const SOFT = Array(4).fill('insufficient_funds' as const);
const CREATE = '/v1/payment_intents';
let world: World;

beforeAll(async () => {
  world = await createWorld({ timings: { stripeTimeoutMs: 1_500 } });
});

afterAll(() => world.close());

const inDays = (days: number) => new Date(Date.now() + days * DAY_S * 1_000);
const stateOf = async (charge: string) => (await world.read(charge)).charge.state;

describe('a charge that names no method', () => {
  test('is paid with the default of its day, though another was the default when it was taken in', async () => {
    const customer = await world.customer('pm_card_visa');
    const charge = await takeIn(world, customer, { scheduled_for: inDays(5) });
    const other = await anotherCard(world, customer);
    await choose(world, other);
    await requestDetach(world.sql, customer.payment_method_id, 'key_test');
    await world.advance(6 * DAY_S);
    await world.work();
    expect(await stateOf(charge)).toBe('succeeded');
    expect(await usedBy(world, charge)).toEqual([other]);
  });

  test('takes at each retry the default of that moment, and rests on its consent from then', async () => {
    const customer = await world.customer('pm_card_visa', SOFT);
    const charge = await takeIn(world, customer);
    await world.work();
    expect(await stateOf(charge)).toBe('retry_wait');
    const other = await anotherCard(world, customer);
    await choose(world, other);
    await world.advance(DAY_S + 60);
    await world.work();
    expect(await usedBy(world, charge)).toEqual([cardOf(customer), other]);
    expect((await world.read(charge)).charge).toMatchObject({ state: 'succeeded', ...other });
  });

  test.each([{ frequency: 'one_time' } as const, { scope: 'on_session' } as const])(
    'asks its customer when the default rests on a consent that is %o',
    async (agreed) => {
      const customer = await world.customer('pm_card_visa');
      const charge = await takeIn(world, customer);
      await choose(world, await anotherCard(world, customer, 'pm_card_mastercard', agreed));
      await world.work();
      expect(await stateOf(charge)).toBe('action_required');
      expect(await usedBy(world, charge)).toEqual([]);
    },
  );

  test('is not the one too many under the consent that it goes to', async () => {
    const customer = await world.customer('pm_card_visa');
    const charges = [await takeIn(world, customer), await takeIn(world, customer)];
    const other = await anotherCard(world, customer, 'pm_card_mastercard', { max_charges: 1 });
    await choose(world, other);
    await world.work();
    const states = await Promise.all(charges.map(stateOf));
    expect(states.sort()).toEqual(['action_required', 'succeeded']);
  });

  test('asks its customer when there is no default any more, whatever it was taken in with', async () => {
    const customer = await world.customer('pm_card_visa');
    const charge = await takeIn(world, customer);
    const other = await anotherCard(world, customer);
    await choose(world, other);
    await requestDetach(world.sql, other.payment_method_id, 'key_test');
    await world.work();
    expect(await stateOf(charge)).toBe('action_required');
    expect(await usedBy(world, charge)).toEqual([]);
  });

  test('is opened with neither card when the default changes meanwhile, and then with the new one', async () => {
    const customer = await world.customer('pm_card_visa');
    const other = await anotherCard(world, customer);
    const charge = await takeIn(world, customer);
    const { open } = world.deps.charges;
    const charges: World['deps']['charges'] = {
      ...world.deps.charges,
      open: async (opening) => {
        await choose(world, other);
        return open(opening);
      },
    };
    await advance({ ...world.deps, charges }, 'charge', [charge]);
    expect(await usedBy(world, charge)).toEqual([]);
    await world.work();
    expect(await usedBy(world, charge)).toEqual([other]);
  });

  test('sends the create that was left unanswered again with the same bytes, though the default is another', async () => {
    const customer = await world.customer('pm_card_visa');
    const charge = await takeIn(world, customer);
    await world.simulator.control.faults({ match: { route: CREATE }, action: 'hang_after', times: 1 });
    await advance(world.deps, 'charge', [charge]);
    const other = await anotherCard(world, customer);
    await choose(world, other);
    await world.sql`update payment_methods set type = 'link' where id = ${other.payment_method_id}`;
    await world.advance(2);
    await world.work(['charge']);
    const requests = await world.simulator.control.requests(world.secretKey);
    const creates = requests.filter(({ idempotency_key }) => idempotency_key === `dc1:${charge}:create:1`);
    expect(creates).toHaveLength(2);
    expect(creates[1]?.body).toEqual(creates[0]?.body);
    expect(creates.map(({ status }) => status)).not.toContain(400);
  });
});

describe('a charge that does not follow', () => {
  test('keeps the card that it names', async () => {
    const customer = await world.customer('pm_card_visa', SOFT);
    const { payment_method_id } = customer;
    const charge = await takeIn(world, customer, { payment_method_id });
    await world.work();
    await choose(world, await anotherCard(world, customer));
    await world.advance(DAY_S + 60);
    await world.work();
    expect(await usedBy(world, charge)).toEqual([cardOf(customer), cardOf(customer)]);
  });

  test('is one under a one-time consent, though it names no card', async () => {
    const customer = await world.customer('pm_card_visa', SOFT);
    await world.sql`update consents set frequency = 'one_time' where id = ${customer.consent_id}`;
    const charge = await takeIn(world, customer);
    await world.work();
    await choose(world, await anotherCard(world, customer));
    await world.advance(DAY_S + 60);
    await world.work();
    expect(await usedBy(world, charge)).toEqual([cardOf(customer), cardOf(customer)]);
  });
});

describe('a revocation', () => {
  /** A charge that was declined under one consent and waits; then its card rests on another. */
  async function waiting() {
    const customer = await world.customer('pm_card_visa', SOFT);
    const charge = await takeIn(world, customer);
    await world.work();
    return { customer, charge };
  }

  test('closes what rests on the consent, which is the one of the newest attempt', async () => {
    const { customer, charge } = await waiting();
    const other = await anotherCard(world, customer);
    await world.simulator.control.script(other.payment_method_id, SOFT);
    await choose(world, other);
    await world.advance(DAY_S + 60);
    await world.work();
    expect(await attemptStates(world, charge)).toEqual(['declined', 'declined']);
    await revokeConsent(world.deps, customer.consent_id, 'key_test');
    await world.work();
    expect(await stateOf(charge)).toBe('retry_wait');
    await revokeConsent(world.deps, other.consent_id, 'key_test');
    await world.work();
    expect(await stateOf(charge)).toBe('canceled');
  });

  test('of the consent that the default now rests on keeps older charges from being paid with it', async () => {
    const { customer, charge } = await waiting();
    const { consent_id } = await anotherCard(world, customer);
    const { payment_method_id } = customer;
    await world.sql`update payment_methods set consent_id = ${consent_id} where id = ${payment_method_id}`;
    await revokeConsent(world.deps, consent_id, 'key_test');
    await world.advance(DAY_S + 60);
    await world.work();
    expect(await stateOf(charge)).toBe('action_required');
    expect(await attemptStates(world, charge)).toEqual(['declined']);
  });
});

test('a consent whose time is over ends no charge that its customer’s default still covers', async () => {
  const customer = await world.customer('pm_card_visa', SOFT);
  const charge = await takeIn(world, customer);
  await world.work();
  await world.sql`update consents set until = dc_now() where id = ${customer.consent_id}`;
  const other = await anotherCard(world, customer);
  await choose(world, other);
  await world.advance(DAY_S + 60);
  await world.work();
  expect(await stateOf(charge)).toBe('succeeded');
  expect(await usedBy(world, charge)).toEqual([cardOf(customer), other]);
});
