/** The customer as an actor: at the bank when time runs out, racing the worker, pressing once too often. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { advance } from '../../../src/billing/advance.ts';
import { type Press, pressConfirm } from '../../../src/billing/recovery/press.ts';
import { setCharging } from '../../harness/rows.ts';
import { createRecoveryWorld, type RecoveryWorld } from '../recovery/recovery-world.ts';
import { attemptStates, cancel, clearWeather, confirmsOf, intentOf } from './protocol-world.ts';

let world: RecoveryWorld;
const _CONFIRM = '/v1/payment_intents/:id/confirm';
const MINUTE_S = 60;
const DAY_S = 86_400;

beforeAll(async () => {
  world = await createRecoveryWorld({ timings: { stripeTimeoutMs: 1_500 } });
});

afterEach(async () => {
  await setCharging(world.sql, true);
  await clearWeather(world);
});

afterAll(() => world.close());

type Script = Parameters<RecoveryWorld['customer']>[1];

/** A charge that waits for its customer, and the press of "Confirm with your bank". */
async function asked(script?: Script) {
  const customer =
    script === undefined
      ? await world.customer('pm_card_authenticationRequired')
      : await world.customer('pm_card_visa', script);
  const charge = await world.charge(customer);
  await world.work();
  const { recovery } = await world.read(charge);
  const given: Press = {
    charge_id: charge,
    recovery_id: recovery?.id ?? '',
    payment_method_id: customer.payment_method_id,
    future_use: false,
    return_url: 'http://127.0.0.1/r/page',
  };
  const press = (change: Partial<Press> = {}) => pressConfirm(world.deps, { ...given, ...change });
  return { customer, charge, press };
}

describe('at the bank when the recovery’s time is over', () => {
  const LAST_S = 7 * DAY_S + 3_600;

  /** Pressed in the last minutes of the recovery. */
  async function late() {
    const { customer, charge, press } = await asked();
    for (let day = 0; day < 7; day += 1) {
      await world.advance(DAY_S - MINUTE_S);
      await world.work();
    }
    expect((await press()).outcome).toBe('redirect');
    await world.sql`update recoveries set expires_at = dc_now(), due_at = dc_now() where charge_id = ${charge}`;
    await world.work();
    expect((await world.read(charge)).charge.state).toBe('action_required');
    return { customer, charge, press };
  }

  test('the end waits, and who comes back in time has paid', async () => {
    const { charge } = await late();
    await world.simulator.control.authenticate((await intentOf(world, charge)).id, 'succeed');
    await world.advance(10 * MINUTE_S);
    await world.work();
    await expect
      .poll(async () => {
        await world.work();
        return (await world.read(charge)).charge.state;
      })
      .toBe('succeeded');
    expect(await world.sql`select state from recoveries where charge_id = ${charge}`).toEqual([
      { state: 'completed' },
    ]);
  });

  test('who does not come back within half an hour is not waited for: failed with proof', async () => {
    const { charge, press } = await late();
    for (let passed = 0; passed < LAST_S; passed += 3_600) {
      await world.advance(3_600);
      await world.work();
      if ((await world.read(charge)).charge.state === 'failed') break;
    }
    expect((await world.read(charge)).charge.state).toBe('failed');
    expect(await attemptStates(world, charge)).toEqual(['authentication_required', 'abandoned']);
    expect(await world.ledger(charge)).toMatchObject([{ status: 'canceled', successes: 0 }]);
    expect((await press()).outcome).toBe('closed');
  });
});

describe('a press', () => {
  test('is the last of eight: declined, the charge ends with proof and takes no ninth', async () => {
    const { charge, press } = await asked([
      'insufficient_funds',
      'authentication_required',
      ...Array(9).fill('insufficient_funds'),
    ]);
    await world.advance(DAY_S);
    await world.work();
    const { recovery } = await world.read(charge);
    for (let number = 3; number <= 8; number += 1)
      expect((await press({ recovery_id: recovery?.id ?? '' })).outcome).toBe('declined');
    await world.work();
    expect((await world.read(charge)).attempts).toHaveLength(8);
    expect((await world.read(charge)).charge.state).toBe('failed');
    expect(await world.sql`select detail from charges where id = ${charge}`).toEqual([
      { detail: 'attempts_exhausted' },
    ]);
    expect((await press({ recovery_id: recovery?.id ?? '' })).outcome).toBe('closed');
    expect(await world.ledger(charge)).toMatchObject([{ status: 'canceled', confirms: 8, successes: 0 }]);
  });

  test('that asks to keep the card is the end of confirms with the customer away', async () => {
    const { charge, press } = await asked(['authentication_required', 'insufficient_funds']);
    expect((await press({ future_use: true })).outcome).toBe('declined');
    const { charge: row, attempts } = await world.read(charge);
    expect(row).toMatchObject({ state: 'action_required', due_at: null });
    expect(row.future_use_at).not.toBeNull();
    expect(attempts.at(-1)?.request_body).toContain('setup_future_usage=off_session');
    await world.advance(6 * DAY_S);
    await world.work();
    expect(await confirmsOf(world, charge)).toHaveLength(2);
    expect((await press()).outcome).toBe('paid');
  });

  test('finds nothing to do once the merchant has cancelled, wherever the customer is', async () => {
    const { charge, press } = await asked();
    expect((await press()).outcome).toBe('redirect');
    await cancel(world, charge);
    expect((await press()).outcome).toBe('closed');
    await world.work();
    expect((await world.read(charge)).charge.state).toBe('canceled');
  });

  test('and the cancel at the same moment: paid or cancelled, never both and never neither', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { charge, press } = await asked(['authentication_required', 'succeed']);
      const [pressed] = await Promise.all([
        press(),
        cancel(world, charge).then(() => advance(world.deps, 'charge', [charge])),
      ]);
      await world.work();
      await world.advance(MINUTE_S);
      await world.work();
      const { charge: row } = await world.read(charge);
      const [intent] = await world.ledger(charge);
      expect(['succeeded', 'canceled']).toContain(row.state);
      expect(intent?.status).toBe(row.state);
      if (pressed.outcome === 'paid') expect(row.state).toBe('succeeded');
    }
  });
});
