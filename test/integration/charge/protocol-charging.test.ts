/** What a worker may do, and when: retries over days, schedules, the kill switch, waits for pace. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { advance } from '../../../src/billing/advance.ts';
import type { Dependencies } from '../../../src/billing/dependencies.ts';
import { setCharging } from '../../harness/rows.ts';
import { createWorld, type World } from '../../harness/world.ts';
import { attemptStates, cancel, clearWeather, confirmsOf, dueAfterMove, toldOf } from './protocol-world.ts';

let world: World;
const CONFIRM = '/v1/payment_intents/:id/confirm';
const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;

beforeAll(async () => {
  world = await createWorld({ timings: { stripeTimeoutMs: 1_500 } });
});

afterEach(async () => {
  await setCharging(world.sql, true);
  await clearWeather(world);
});

afterAll(() => world.close());

type Script = Parameters<World['customer']>[1];

/** A charge of a card that does as scripted, after its first attempt. */
async function charged(script?: Script): Promise<string> {
  const charge = await world.charge(await world.customer('pm_card_visa', script));
  await world.work();
  return charge;
}

const expectDueIn = async (charge: string, seconds: number) =>
  expect(await dueAfterMove(world, charge)).toBe(seconds);

const states = (charge: string) => attemptStates(world, charge);

async function isSettled(charge: string): Promise<boolean> {
  return ['succeeded', 'failed', 'canceled'].includes((await world.read(charge)).charge.state);
}

describe('retries', () => {
  test('of a soft decline come after 1, 3 and 7 days on the same PaymentIntent, then another card is asked for', async () => {
    const charge = await charged(Array(9).fill('insufficient_funds'));
    for (const days of [1, 3, 7]) {
      await expectDueIn(charge, days * DAY_S);
      await world.advance(days * DAY_S - 180);
      await world.work();
      const before = await states(charge);
      await world.advance(180);
      await world.work();
      expect(await states(charge)).toHaveLength(before.length + 1);
    }
    const { charge: row, recovery } = await world.read(charge);
    expect(row).toMatchObject({ state: 'action_required', due_at: null });
    expect(recovery?.kind).toBe('replace');
    expect(await world.ledger(charge)).toMatchObject([{ confirms: 4, successes: 0 }]);
    expect(new Set(await confirmsOf(world, charge)).size).toBe(4);
  });

  test('of a technical one come after 15 minutes, 2 hours and 24 hours', async () => {
    const charge = await charged(Array(3).fill('processing_error'));
    for (const seconds of [15 * MINUTE_S, 2 * HOUR_S, 24 * HOUR_S]) {
      await expectDueIn(charge, seconds);
      await world.advance(seconds);
      await world.work();
    }
    expect((await world.read(charge)).charge.state).toBe('succeeded');
    expect(await states(charge)).toEqual(['declined', 'declined', 'declined', 'succeeded']);
  });

  test('never come sooner than a network asks for, and keep our schedule where that is longer', async () => {
    const slow = await charged([{ decline_code: 'insufficient_funds', network_advice_code: '27' }]);
    await expectDueIn(slow, 4 * DAY_S);
    const quick = await charged([{ decline_code: 'insufficient_funds', network_advice_code: '24' }]);
    await expectDueIn(quick, DAY_S);
  });

  test('end where the merchant has to be asked: failed with proof, and nobody is mailed', async () => {
    const charge = await charged(['fraudulent']);
    expect((await world.read(charge)).charge.state).toBe('failed');
    expect(await world.sql`select detail from charges where id = ${charge}`).toEqual([
      { detail: 'merchant_action' },
    ]);
    expect(await world.ledger(charge)).toMatchObject([{ status: 'canceled', successes: 0 }]);
    expect(await world.sql`select 1 from recoveries where charge_id = ${charge}`).toHaveLength(0);
    expect(await toldOf(world, charge)).toEqual(['charge.failed']);
  });
});

describe('the kill switch', () => {
  test('stops the very next confirm, and charging goes on when it is back', async () => {
    const charge = await world.charge(await world.customer('pm_card_visa'));
    await setCharging(world.sql, false);
    await world.work();
    expect(await world.ledger(charge)).toEqual([]);
    await setCharging(world.sql, true);
    await world.advance(MINUTE_S);
    await world.work();
    expect((await world.read(charge)).charge.state).toBe('succeeded');
  });

  test('leaves an unanswered attempt to be read, never sent again: what Stripe did is settled all the same', async () => {
    const [lost, done] = [
      await world.charge(await world.customer('pm_card_visa')),
      await world.charge(await world.customer('pm_card_visa')),
    ] as const;
    await world.simulator.control.webhooks({ paused: true });
    for (const [charge, action] of [
      [lost, 'reset_before'],
      [done, 'hang_after'],
    ] as const) {
      const match = { route: CONFIRM, key: `dc1:${charge}:` };
      await world.simulator.control.faults({ match, action, times: 4 });
    }
    await world.work(['charge']);
    const sent = await confirmsOf(world, lost);
    await setCharging(world.sql, false);
    for (let minute = 0; minute < 60; minute += 10) {
      await world.advance(10 * MINUTE_S);
      await world.work(['charge']);
    }
    expect((await world.read(done)).charge.state).toBe('succeeded');
    expect(await states(lost)).toEqual(['open']);
    expect(await confirmsOf(world, lost)).toEqual(sent);

    await clearWeather(world);
    await setCharging(world.sql, true);
    await world.advance(MINUTE_S);
    await world.work(['charge']);
    expect((await world.read(lost)).charge.state).toBe('succeeded');
    expect(await world.ledger(lost)).toMatchObject([{ successes: 1, confirms: 1 }]);
  });

  test('does not keep a cancel from being proven', async () => {
    const charge = await charged(['insufficient_funds']);
    await setCharging(world.sql, false);
    await cancel(world, charge);
    await world.work();
    expect((await world.read(charge)).charge.state).toBe('canceled');
  });
});

describe('a wait for pace', () => {
  /** Waiting for the bucket takes as long as it takes the merchant to change their mind. */
  function slowPace(meanwhile: () => Promise<unknown>): Dependencies {
    const acquire: Dependencies['pacer']['acquire'] = async (endpoint, lane, signal) => {
      await meanwhile();
      return world.deps.pacer.acquire(endpoint, lane, signal);
    };
    return { ...world.deps, pacer: { ...world.deps.pacer, acquire } };
  }

  async function unanswered(): Promise<string> {
    const charge = await world.charge(await world.customer('pm_card_visa'));
    await world.simulator.control.faults({ match: { route: CONFIRM }, action: 'reset_before', times: 2 });
    await world.work(['charge']);
    expect((await world.read(charge)).charge.state).toBe('unknown');
    await world.advance(10);
    return charge;
  }

  test('is over too late for a charge that is cancelled by then: its attempt is not sent again', async () => {
    const charge = await unanswered();
    const sent = await confirmsOf(world, charge);
    await advance(
      slowPace(() => cancel(world, charge)),
      'charge',
      [charge],
    );
    expect(await confirmsOf(world, charge)).toEqual(sent);
    await world.work(['charge']);
    expect((await world.read(charge)).charge.state).toBe('canceled');
    expect(await world.ledger(charge)).toMatchObject([{ status: 'canceled', successes: 0 }]);
  });

  test('nor is it sent again once charging was switched off, or opened at all', async () => {
    const charge = await unanswered();
    const sent = await confirmsOf(world, charge);
    const off = slowPace(() => setCharging(world.sql, false));
    await advance(off, 'charge', [charge]);
    expect(await confirmsOf(world, charge)).toEqual(sent);

    await setCharging(world.sql, true);
    const fresh = await world.charge(await world.customer('pm_card_visa'));
    await advance(off, 'charge', [fresh]);
    expect(await states(fresh)).toEqual([]);
    expect(await confirmsOf(world, fresh)).toEqual([]);
  });
});

describe('a scheduled charge', () => {
  test('creates nothing at Stripe before its time, and is cancelled without Stripe before that', async () => {
    const later = async () => {
      const charge = await world.charge(await world.customer('pm_card_visa'));
      await world.sql`
        update charges set due_at = dc_now() + interval '3 days', scheduled_for = dc_now() + interval '3 days'
        where id = ${charge}`;
      return charge;
    };
    const [kept, dropped] = [await later(), await later()] as const;
    await world.work();
    await world.advance(3 * DAY_S - 180);
    await cancel(world, dropped);
    await world.work();
    expect(await world.ledger(kept)).toEqual([]);
    expect((await world.read(dropped)).charge.state).toBe('canceled');
    await world.advance(180);
    await world.work();
    expect((await world.read(kept)).charge.state).toBe('succeeded');
    expect(await world.ledger(dropped)).toEqual([]);
  });
});

test('after any schedule of answers every charge is settled, or owed by a row that is due or by a live recovery', async () => {
  const scripts: Script[] = [
    ['insufficient_funds', 'authentication_required'],
    ['processing_error', 'stolen_card'],
    ['processing', 'succeed'],
    ['do_not_honor', 'do_not_honor', 'fraudulent'],
    ['authentication_required'],
  ];
  const charges = [];
  for (const script of scripts) charges.push(await charged(script));
  for (let day = 0; day < 12; day += 1) {
    await world.advance(DAY_S);
    await world.work();
    for (const charge of charges) {
      if (await isSettled(charge)) continue;
      const { charge: row, recovery } = await world.read(charge);
      expect(row.due_at !== null || recovery !== null, `${charge} ${row.state}`).toBe(true);
    }
  }
  for (const charge of charges) {
    const final = (await toldOf(world, charge)).filter((type) => /succeeded|failed|canceled/.test(type));
    expect(final.length).toBeLessThanOrEqual(1);
  }
});
