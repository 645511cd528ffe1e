/** A card that was declined as often as its network permits is not tried until the oldest decline is out of the window. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { advance } from '../../../src/billing/advance.ts';
import { DECLINE_LIMITS } from '../../../src/domain/decline/network-rules.ts';
import {
  type AttemptOpened,
  type AttemptOpening,
  openAttempts,
} from '../../../src/store/charge/open-attempt.ts';
import { createWorld, type SavedCustomer, type World } from '../../harness/world.ts';
import { attemptStates } from '../charge/protocol-world.ts';
import { knowCard } from './card-world.ts';
import { takeIn } from './following-world.ts';

const DAY_S = 86_400;
const [visa] = DECLINE_LIMITS.filter(({ network }) => network === 'visa');
const limit = visa?.declines_max ?? 0;
let world: World;

beforeAll(async () => {
  world = await createWorld({
    simulator: { fingerprints: 'of_number' },
    timings: { stripeTimeoutMs: 1_500 },
  });
});

afterAll(() => world.close());

/** A customer whose card, which another one has as well, was declined so often, so many days ago. */
async function declined(token: string, declines: number, days: number): Promise<SavedCustomer> {
  const [customer, other] = [await world.customer(token), await world.customer(token)];
  for (const { payment_method_id } of [customer, other]) await knowCard(world, payment_method_id);
  const { payment_method_id } = other;
  for (let each = 0; each < declines; each += 1) {
    const charge = await world.charge(other);
    await world.sql`
      insert into charge_attempts (charge_id, number, kind, state, idempotency_key, stripe_payment_intent_id,
        payment_method_id, request_body, api_version, lease_number, started_at, ended_at)
      values (${charge}, 1, 'off_session', 'declined', ${`dc1:${charge}:confirm:1`}, ${`pi_${charge}`},
        ${payment_method_id}, '', '', 1, dc_now(), dc_now() - ${days} * interval '1 day' + ${each} * interval '1 minute')`;
    await world.sql`update charges set due_at = null where id = ${charge}`;
  }
  return customer;
}

/** The statements of charges, but so many openings wait for each other and go in one. */
function openingTogether(count: number): World['deps']['charges'] {
  const asked: { opening: AttemptOpening; answer: (opened: AttemptOpened) => void }[] = [];
  const open = (opening: AttemptOpening) =>
    new Promise<AttemptOpened>((answer) => {
      asked.push({ opening, answer });
      if (asked.length === count) void answerAll();
    });
  async function answerAll(): Promise<void> {
    const openings = asked.map(({ opening }) => opening);
    const opened = await openAttempts(world.sql, openings);
    for (const [nth, { answer }] of asked.entries()) answer(opened[nth] as AttemptOpened);
  }
  return { ...world.deps.charges, open };
}

async function charged(customer: SavedCustomer): Promise<string> {
  const { payment_method_id } = customer;
  const charge = await takeIn(world, customer, { payment_method_id });
  await world.work();
  return charge;
}

describe('a card at the limit of its network', () => {
  test('is tried once the oldest decline is out of the window, where that is soon', async () => {
    const customer = await declined('pm_card_at', limit, 25);
    const charge = await charged(customer);
    expect(await attemptStates(world, charge)).toEqual([]);
    expect((await world.read(charge)).charge.state).toBe('queued');
    await world.advance(5 * DAY_S - 3_600);
    await world.work();
    expect(await attemptStates(world, charge)).toEqual([]);
    await world.advance(3_700);
    await world.work();
    expect(await attemptStates(world, charge)).toEqual(['succeeded']);
  });

  test('is not waited for longer than for a retry: its customer is asked for another one', async () => {
    const customer = await declined('pm_card_be', limit, 2);
    const charge = await charged(customer);
    expect(await attemptStates(world, charge)).toEqual([]);
    expect((await world.read(charge)).charge.state).toBe('action_required');
  });

  test('is tried one decline below it, and by one charge at a time', async () => {
    const customer = await declined('pm_card_bg', limit - 1, 25);
    const { payment_method_id } = customer;
    const charges = [
      await takeIn(world, customer, { payment_method_id }),
      await takeIn(world, customer, { payment_method_id }),
    ];
    await world.simulator.control.script(payment_method_id, ['insufficient_funds']);
    await advance({ ...world.deps, charges: openingTogether(2) }, 'charge', charges);
    const states = await Promise.all(charges.map((charge) => attemptStates(world, charge)));
    expect(states.map(({ length }) => length).sort()).toEqual([0, 1]);
  });

  test('of another network has another limit', async () => {
    const customer = await declined('pm_card_gb_mastercard', limit, 2);
    expect(await attemptStates(world, await charged(customer))).toEqual(['succeeded']);
  });
});
