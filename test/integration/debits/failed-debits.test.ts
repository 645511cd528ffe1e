/** Debits that the bank refuses: how often we ask for the money, by what the bank says. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, type World } from '../../harness/world.ts';
import { clearWeather, confirmsOf } from '../charge/protocol-world.ts';
import { answered, detailOf, onItsWay } from './debtors.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterEach(() => clearWeather(world));

afterAll(() => world.close());

describe('a debit whose failure only its charge explains', () => {
  const DAY_S = 86_400;
  const DAYS = [1, 3, 7, 7];

  /** The bank answers each debit the same for three weeks. Answers how often we asked for the money. */
  async function debitsOf(code: string | undefined): Promise<number> {
    const { charge } = await onItsWay(world, 'failedDelayed');
    await answered(world, charge, 'fail', code);
    for (const days of DAYS) {
      await world.advance(days * DAY_S);
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

  test('insufficient_funds: is tried four times, days apart', async () => {
    expect(await debitsOf('insufficient_funds')).toBe(4);
    expect((await world.read(last)).recovery?.kind).toBe('replace');
  });
});
