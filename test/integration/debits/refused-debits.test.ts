/** Debits that Stripe refuses at the confirm, without a code and without a parameter. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, type World } from '../../harness/world.ts';
import { attemptStates, clearWeather } from '../charge/protocol-world.ts';
import { announced, debtor } from './debtors.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterEach(() => clearWeather(world));

afterAll(() => world.close());

describe('a debit that Stripe refuses without saying why', () => {
  const MANDATE = '/v1/mandates/:id';

  /** Nobody has told us that the mandate ended. */
  async function refused(mandate: 'ended' | 'unknown_to_us'): Promise<string> {
    const customer = await debtor(world, 'success');
    const { mandate_id } = (
      await world.sql`
      select mandate_id from payment_methods where id = ${customer.payment_method_id}`
    )[0] as never;
    await world.simulator.control.webhooks({ paused: true });
    await world.simulator.control.mandate(mandate_id, 'inactive');
    if (mandate === 'unknown_to_us')
      await world.sql`update payment_methods set mandate_id = null where id = ${customer.payment_method_id}`;
    const charge = await world.charge(customer);
    await announced(world, charge);
    return charge;
  }

  test('is looked into: its mandate has ended, and the customer is asked for another method', async () => {
    const charge = await refused('ended');
    await world.work(['charge']);
    expect(await attemptStates(world, charge)).toEqual(['not_executed']);
    const { charge: row, recovery } = await world.read(charge);
    expect([row.state, recovery?.kind]).toEqual(['action_required', 'replace']);
  });

  test('decides nothing while the mandate cannot be read', async () => {
    const charge = await refused('ended');
    const away = { type: 'status', status: 503 } as const;
    await world.simulator.control.faults({ match: { route: MANDATE }, action: away, times: 1 });
    await world.work(['charge']);
    expect(await attemptStates(world, charge)).toEqual(['open']);
    await world.advance(2);
    await world.work(['charge']);
    expect((await world.read(charge)).recovery?.kind).toBe('replace');
  });

  test('is looked into though our row knows no mandate: Stripe knows the one that has ended', async () => {
    const charge = await refused('unknown_to_us');
    await world.work(['charge']);
    expect((await world.read(charge)).recovery?.kind).toBe('replace');
  });

  test('is for a person when method and mandate are in order', async () => {
    const charge = await world.charge(await debtor(world, 'success'));
    await announced(world, charge);
    const action = { type: 'status', status: 400 } as const;
    const match = { route: '/v1/payment_intents/:id/confirm' };
    await world.simulator.control.faults({ match, action, times: 1 });
    await world.work(['charge']);
    expect((await world.read(charge)).charge.state).toBe('needs_review');
  });
});

test('a mandate that ends by itself takes its method out of use before any debit is refused', async () => {
  const customer = await debtor(world, 'success');
  const [method] = await world.sql`
    select mandate_id from payment_methods where id = ${customer.payment_method_id}`;
  await world.simulator.control.mandate(String(method?.mandate_id), 'inactive');
  const stateOf = async () =>
    (await world.sql`select state, detail from payment_methods where id = ${customer.payment_method_id}`)[0];
  await expect
    .poll(async () => {
      await world.work();
      return stateOf();
    })
    .toEqual({ state: 'unusable', detail: 'mandate_inactive' });
  const charge = await world.charge(customer);
  await world.work(['charge']);
  expect((await world.read(charge)).recovery?.kind).toBe('replace');
  expect((await world.ledger(charge))[0]?.confirms).toBe(0);
});
