/** Debits that the bank refuses: how often we ask for the money, by what the bank says. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, type World } from '../../harness/world.ts';
import { clearWeather, confirmsOf } from '../charge/protocol-world.ts';
import { announced, answered, detailOf, noticesOf, onItsWay } from './debtors.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterEach(() => clearWeather(world));

afterAll(() => world.close());

describe('a debit whose failure only its charge explains', () => {
  const ROUNDS = 5;

  /** The bank answers each debit the same, as often as one is announced. Answers how often we asked for the money. */
  async function debitsOf(code: string | undefined): Promise<number> {
    const { charge } = await onItsWay(world, 'failedDelayed');
    await answered(world, charge, 'fail', code);
    for (let round = 0; round < ROUNDS; round += 1) {
      await announced(world, charge);
      await world.work(['charge']);
      if ((await world.read(charge)).charge.state === 'pending') await answered(world, charge, 'fail', code);
    }
    last = charge;
    return (await confirmsOf(world, charge)).length;
  }
  let last = '';

  test.each([
    ['account_closed', 'action_required', 'replace'],
    ['debit_not_authorized', 'action_required', 'replace'],
    ['a_reason_of_next_year', 'action_required', 'replace'],
  ])('%s: is tried once, and its customer asked for another method', async (code, state, kind) => {
    expect(await debitsOf(code)).toBe(1);
    const { charge, recovery } = await world.read(last);
    expect([charge.state, recovery?.kind]).toEqual([state, kind]);
    expect((await world.sql`select last_error from charges where id = ${last}`)[0]?.last_error).toMatchObject(
      { decline_code: code, advice: 'replace' },
    );
  });

  test('debit_disputed: is tried once, and told to the merchant alone', async () => {
    expect(await debitsOf('debit_disputed')).toBe(1);
    expect(await detailOf(world, last)).toEqual({ state: 'failed', detail: 'merchant_action' });
    expect(await world.sql`select 1 from recoveries where charge_id = ${last}`).toHaveLength(0);
  });

  test('for which the bank gives no reason is tried once', async () => {
    expect(await debitsOf(undefined)).toBe(1);
    expect((await world.read(last)).recovery?.kind).toBe('replace');
  });

  test('insufficient_funds: is presented again twice, as the scheme allows, each time announced', async () => {
    expect(await debitsOf('insufficient_funds')).toBe(3);
    expect((await world.read(last)).recovery?.kind).toBe('replace');
    const notices = await noticesOf(world, last);
    expect(notices.map(({ is_repetition }) => is_repetition)).toEqual([false, true, true]);
  });

  test('of one mandate is presented again twice in all, whatever charge it is for', async () => {
    const { customer, charge } = await onItsWay(world, 'failedDelayed');
    const others = [await world.charge(customer), await world.charge(customer)];
    for (const other of others) {
      await announced(world, other);
      await world.work(['charge']);
    }
    const charges = [charge, ...others];
    for (let round = 0; round < ROUNDS; round += 1)
      for (const each of charges) {
        await announced(world, each);
        await world.work(['charge']);
        if ((await world.read(each)).charge.state === 'pending')
          await answered(world, each, 'fail', 'insufficient_funds');
      }
    const debits = await Promise.all(charges.map(async (each) => (await confirmsOf(world, each)).length));
    expect(debits.reduce((sum, count) => sum + count, 0)).toBe(charges.length + 2);
    const ended =
      await world.sql`select state from charges where id = any(${charges}) and due_at is not null`;
    expect(ended).toHaveLength(0);
  });
});
