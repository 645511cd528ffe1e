/**
 * Random schedules of everything that can happen to a charge: workers side by side and taken over, lost answers, the
 * customer, the merchant, the kill switch, webhooks late and doubled, days passing. Whatever the order, each charge
 * ends as Stripe says, paid once at most, and the merchant is told one end. `SCHEDULES=200 SEED=7` for more of them.
 */
import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { advance } from '../../../src/billing/advance.ts';
import { revokeConsent } from '../../../src/billing/customer/revoke-consent.ts';
import type { Dependencies } from '../../../src/billing/dependencies.ts';
import { sweepEventsOnce } from '../../../src/billing/janitor/sweep-events.ts';
import { attemptWithMethod, pressConfirm } from '../../../src/billing/recovery/press.ts';
import { createLeases } from '../../../src/billing/work/lease.ts';
import { kinds } from '../../../src/store/work/obligations.ts';
import { setCharging } from '../../harness/rows.ts';
import { createWorld, type SavedCustomer, type World } from '../../harness/world.ts';
import { cancel, clearWeather, toldOf } from './protocol-world.ts';

const SCHEDULES = Number(process.env.SCHEDULES ?? 8);
const SEED = Number(process.env.SEED ?? randomInt(1_000_000_000));
const STEPS = 22;
const HOUR_S = 3_600;
const ENDS = ['succeeded', 'failed', 'canceled'];

let world: World;
let other: Dependencies;

beforeAll(async () => {
  world = await createWorld({ timings: { stripeTimeoutMs: 150 } });
  const { sql, timings, log } = world.deps;
  other = { ...world.deps, leases: createLeases(sql, timings, log) };
});

afterAll(async () => {
  other.leases.close();
  await world.close();
});

type Random = { (): number; pick<T>(from: readonly T[]): T };

/** mulberry32: small, and the same on every machine. */
function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  return Object.assign(next, { pick });
}

const OUTCOMES = [
  'succeed',
  'insufficient_funds',
  'authentication_required',
  'processing_error',
  'expired_card',
  'fraudulent',
  'processing',
] as const;
const ROUTES = [
  '/v1/payment_intents',
  '/v1/payment_intents/:id/confirm',
  '/v1/payment_intents/:id/cancel',
  '/v1/payment_intents/:id',
  '/v1/events',
] as const;
const FAULTS = [
  'reset_before',
  'reset_after',
  'hang_after',
  'partial_body',
  'rate_limit',
  'lock_timeout',
  { type: 'status', status: 500, effect: 'none' },
  { type: 'status', status: 500, effect: 'commit' },
  { type: 'status', status: 503, effect: 'commit' },
] as const;

type Subject = { readonly charge: string; readonly customer: SavedCustomer };
type Step = (random: Random, subject: Subject) => Promise<unknown>;

async function press(random: Random, { charge, customer }: Subject): Promise<unknown> {
  const { recovery } = await world.read(charge);
  if (recovery === null) return;
  const asked = {
    charge_id: charge,
    recovery_id: recovery.id,
    payment_method_id: customer.payment_method_id,
  };
  if (random() < 0.2) return attemptWithMethod(random.pick([world.deps, other]), asked);
  const return_url = 'http://127.0.0.1/r/page';
  return pressConfirm(world.deps, { ...asked, future_use: random() < 0.3, return_url });
}

async function atTheBank(random: Random, { charge }: Subject): Promise<void> {
  const { stripe_payment_intent_id: id } = (await world.read(charge)).charge;
  const [intent] = (await world.ledger(charge)).filter((each) => each.id === id);
  if (intent?.status === 'requires_action')
    await world.simulator.control.authenticate(intent.id, random.pick(['succeed', 'fail']));
  if (intent?.status === 'processing')
    await world.simulator.control.settle(intent.id, random.pick(['succeed', 'fail']));
}

/** A worker that stopped for longer than its lease, while another one goes on: it wakes up a zombie. */
async function takeOver(charge: string): Promise<void> {
  const stopped = advance(world.deps, 'charge', [charge]);
  await world.sql`
    update charges set lease_until = clock_timestamp() - interval '1 ms'
    where id = ${charge} and lease_until is not null`;
  await Promise.all([stopped, advance(other, 'charge', [charge])]);
}

const STEPS_BY_NAME: Readonly<Record<string, Step>> = {
  work: () => world.work(),
  charge: () => world.work(['charge']),
  events: () => world.work(['inbox_event']),
  both: (_random, { charge }) =>
    Promise.all([advance(world.deps, 'charge', [charge]), advance(other, 'charge', [charge])]),
  takeOver: (_random, { charge }) => takeOver(charge),
  press,
  pressTwice: (random, subject) => Promise.all([press(random, subject), press(random, subject)]),
  pressAndWork: (random, subject) =>
    Promise.all([press(random, subject), advance(other, 'charge', [subject.charge])]),
  atTheBank,
  atTheBankToo: atTheBank,
  seconds: () => world.advance(5),
  minutes: () => world.advance(11 * 60),
  halfHour: () => world.advance(31 * 60),
  day: () => world.advance(25 * HOUR_S),
  fault: (random) =>
    world.simulator.control.faults({
      match: { route: random.pick(ROUTES) },
      action: random.pick(FAULTS),
      times: random.pick([1, 2, 3]),
    }),
  faultToo: (random) =>
    world.simulator.control.faults({ match: { route: ROUTES[1] }, action: random.pick(FAULTS), times: 2 }),
  webhooks: (random) =>
    world.simulator.control.webhooks({ paused: random() < 0.5, shuffle: random() < 0.5, duplicateRate: 0.3 }),
  clear: () => clearWeather(world),
  switch: (random) => setCharging(world.sql, random() < 0.5),
};

const RARE: Readonly<Record<string, Step>> = {
  cancel: (_random, { charge }) => cancel(world, charge),
  cancelAndPress: (random, subject) => Promise.all([press(random, subject), cancel(world, subject.charge)]),
  cancelAndWork: (_random, { charge }) =>
    Promise.all([advance(other, 'charge', [charge]), cancel(world, charge)]),
  revoke: (_random, { customer }) => revokeConsent(world.deps, customer.consent_id, 'key_test'),
};

/** Fair weather from now on: the customer stays away, and time passes until everything has ended. */
async function untilTheEnd(charge: string): Promise<void> {
  await clearWeather(world);
  await setCharging(world.sql, true);
  await world.sql`update charges set lease_until = null, claim_token = null where id = ${charge}`;
  for (let half = 0; half < 60; half += 1) {
    await world.simulator.control.deliveries();
    await sweepEventsOnce(world.deps);
    await world.work(kinds.filter((kind) => kind !== 'message'));
    // Mails cannot be sent here, and a last call that is still owed would keep the recovery open for a day.
    await world.sql`update messages set state = 'failed' where state in ('queued', 'sending')`;
    if (ENDS.includes((await world.read(charge)).charge.state)) return;
    await world.advance(12 * HOUR_S);
  }
}

async function expectTheTruth(charge: string, story: string): Promise<void> {
  const { charge: row, attempts } = await world.read(charge);
  const intents = await world.ledger(charge);
  const paid = intents.filter((intent) => intent.status === 'succeeded');
  expect(ENDS, `${story}\nends as ${row.state}, due ${String(row.due_at)}`).toContain(row.state);
  expect(paid.length, `${story}\nsuccesses`).toBe(row.state === 'succeeded' ? 1 : 0);
  expect(intents.reduce((sum, intent) => sum + intent.successes, 0)).toBe(paid.length);
  if (row.state === 'succeeded') expect(paid[0]?.id, story).toBe(row.stripe_payment_intent_id);
  const bound = intents.find((intent) => intent.id === row.stripe_payment_intent_id);
  expect(bound?.status ?? 'canceled', story).toBe(row.state === 'succeeded' ? 'succeeded' : 'canceled');
  expect(attempts.filter(({ state }) => ['open', 'awaiting_customer', 'processing'].includes(state))).toEqual(
    [],
  );
  const told = await toldOf(world, charge);
  expect(
    told.filter((type) => ENDS.some((end) => type.endsWith(end))),
    story,
  ).toEqual([`charge.${row.state}`]);
  const breaks = await world.sql`select kind from breaks where entity_id = ${charge}`;
  expect(breaks, story).toEqual([]);
}

test(`${SCHEDULES} random schedules from seed ${SEED}: each charge ends as Stripe says, and once`, async () => {
  const seen: Record<string, number> = {};
  for (let index = 0; index < SCHEDULES; index += 1) {
    const seed = SEED + index;
    const random = randomOf(seed);
    const script = Array.from({ length: 9 }, () => random.pick(OUTCOMES));
    const customer = await world.customer('pm_card_visa', script);
    const charge = await world.charge(customer);
    const subject = { charge, customer };
    const steps: string[] = [];
    for (let step = 0; step < STEPS; step += 1) {
      const isRare = step > 4 && random() < 0.04;
      const from = isRare ? RARE : STEPS_BY_NAME;
      const name = random.pick(Object.keys(from));
      steps.push(name);
      // Whoever is overtaken may fail, as a process may: what counts is what the rows say afterwards.
      await from[name]?.(random, subject).catch(() => undefined);
    }
    await untilTheEnd(charge);
    await expectTheTruth(charge, `seed ${seed}: ${script.join(' ')}\n${steps.join(' ')}`);
    const { state } = (await world.read(charge)).charge;
    seen[state] = (seen[state] ?? 0) + 1;
  }
  console.log(`schedules from seed ${SEED}: ${JSON.stringify(seen)}`);
}, 600_000);
