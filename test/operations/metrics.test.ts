/** After events that are known, a scrape shows those numbers, under those labels and no others. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { machines } from '../../src/domain/machines.ts';
import { watchRows } from '../../src/platform/watched-metrics.ts';
import { parkCharge } from '../../src/store/charge/settle-charges.ts';
import { metricRows, readMetricRows } from '../../src/store/work/metric-rows.ts';
import { kinds } from '../../src/store/work/obligations.ts';
import { setCharging } from '../harness/rows.ts';
import { createRecoveryWorld, type RecoveryWorld } from '../integration/recovery/recovery-world.ts';
import { type Sample, samplesOf, valuesOf } from './samples.ts';

const CONFIRM = '/v1/payment_intents/:id/confirm';
let world: RecoveryWorld;
let unknown: string;
let link: string;
let began_ms = 0;
/** Real time goes on below the business time of these numbers: none can be further off than this. */
const passed_s = () => (performance.now() - began_ms) / 1_000;

async function scrape(): Promise<Sample[]> {
  return samplesOf(await world.deps.metrics.registry.metrics());
}

const zeros = (labels: readonly string[]) => Object.fromEntries(labels.map((label) => [label, 0]));

beforeAll(async () => {
  began_ms = performance.now();
  world = await createRecoveryWorld({ timings: { stripeTimeoutMs: 1_500 } });
  watchRows(world.deps.metrics.registry, () => readMetricRows(world.sql), { fresh_ms: -1 });
  await world.simulator.control.webhooks({ paused: true });
  for (let paid = 0; paid < 2; paid += 1) await world.charge(await world.customer('pm_card_visa'));
  await world.charge(await world.customer('pm_card_visa', ['insufficient_funds']));
  ({ link } = await world.asked('pm_card_authenticationRequired'));
  await world.simulator.control.faults({ match: { route: CONFIRM }, action: 'hang_after', times: 1 });
  unknown = await world.charge(await world.customer('pm_card_visa'));
  await world.work(['charge']);
  // It would come due within seconds, somewhere in the middle of a test.
  await world.sql`update charges set due_at = dc_now() + interval '1 hour' where id = ${unknown}`;
});
afterAll(() => world.close());

describe('five charges: two paid, one declined, one for which the bank asks, one without an answer', () => {
  test('are attempts by what became of them', async () => {
    const samples = await scrape();
    expect(valuesOf(samples, 'duecourse_attempts_opened_total')).toEqual({ off_session: 5 });
    expect(valuesOf(samples, 'duecourse_attempts_total')).toEqual({
      'off_session succeeded': 2,
      'off_session declined': 1,
      'off_session authentication_required': 1,
    });
    expect(valuesOf(samples, 'duecourse_charge_settled_seconds_count')).toEqual({ succeeded: 2 });
  });

  test('are calls to Stripe by operation and answer, each of which waited for its turn', async () => {
    const samples = await scrape();
    expect(valuesOf(samples, 'duecourse_stripe_call_seconds_count')).toEqual({
      'payment_intents.create ok': 5,
      'payment_intents.confirm ok': 2,
      'payment_intents.confirm declined': 2,
      'payment_intents.confirm timeout': 1,
    });
    const waited_s = valuesOf(samples, 'duecourse_stripe_call_seconds_sum')[
      'payment_intents.confirm timeout'
    ];
    expect(waited_s).toBeGreaterThan(0.39);
    expect(waited_s).toBeLessThanOrEqual(passed_s());
    expect(valuesOf(samples, 'duecourse_pace_wait_seconds_count')).toEqual({
      'payment_intents.create': 5,
      'payment_intents.confirm': 5,
    });
  });

  test('are one unknown, one open recovery, one mail, and no lease that anybody holds', async () => {
    const samples = await scrape();
    expect(valuesOf(samples, 'duecourse_charges_unknown')).toEqual({ '': 1 });
    expect(valuesOf(samples, 'duecourse_charges_unknown_age_seconds')['']).toBeLessThanOrEqual(passed_s());
    expect(valuesOf(samples, 'duecourse_recoveries')).toEqual({
      open: 1,
      completed: 0,
      expired: 0,
      revoked: 0,
    });
    expect(valuesOf(samples, 'duecourse_mails_total')).toEqual({ sent: 1 });
    expect(valuesOf(samples, 'duecourse_rows_total')).toMatchObject({
      'recovery advanced': 1,
      'message advanced': 1,
    });
    const held = valuesOf(samples, 'duecourse_leases_held');
    expect(held).toEqual(zeros(Object.keys(held)));
    expect(valuesOf(samples, 'duecourse_leases_lost_total')).toEqual({});
  });
});

test('what is due is counted, and how long: by business time, from when nobody holds it', async () => {
  const none = valuesOf(await scrape(), 'duecourse_due_rows');
  expect(Object.keys(none).sort()).toEqual([...kinds].sort());
  const before = none.charge ?? -1;
  const id = await world.charge(await world.customer('pm_card_visa'));
  await world.sql`update charges set due_at = dc_now() - interval '5 minutes' where id = ${id}`;
  const late = await scrape();
  expect(valuesOf(late, 'duecourse_due_rows').charge).toBe(before + 1);
  const age_s = Number(valuesOf(late, 'duecourse_due_age_seconds').charge);
  expect(age_s).toBeGreaterThanOrEqual(300);
  expect(age_s).toBeLessThanOrEqual(300 + passed_s());

  const claimed = await world.deps.leases.claimDue('charge', id);
  if (claimed === null) throw new Error('not claimed');
  const held = await scrape();
  expect(valuesOf(held, 'duecourse_due_rows').charge).toBe(before + 1);
  expect(valuesOf(held, 'duecourse_due_age_seconds').charge).toBeLessThan(300);
  expect(valuesOf(held, 'duecourse_leases_held').charge).toBe(1);
  await world.deps.leases.release(claimed.lease);
  await world.work(['charge']);
  const done = await scrape();
  expect(valuesOf(done, 'duecourse_charge_settled_seconds_count')).toEqual({ succeeded: 3 });
  expect(valuesOf(done, 'duecourse_leases_held').charge).toBe(0);
});

test('a customer who comes back is an attempt of theirs, a recovery completed, and a charge settled days later', async () => {
  await world.advance(2 * 86_400);
  const browser = world.browser();
  const bank = await browser.press(await browser.get(link), 'confirm');
  await browser.press(bank, '3ds-complete');
  const samples = await scrape();
  expect(valuesOf(samples, 'duecourse_attempts_total')['on_session succeeded']).toBe(1);
  expect(valuesOf(samples, 'duecourse_recoveries')).toMatchObject({ open: 0, completed: 1 });
  const { succeeded } = valuesOf(samples, 'duecourse_charge_settled_seconds_sum');
  expect(succeeded).toBeGreaterThan(2 * 86_400);
  expect(succeeded).toBeLessThanOrEqual(2 * 86_400 + 4 * passed_s());
});

test('an unknown outcome is as old as its attempt, and gone once it is known', async () => {
  expect(valuesOf(await scrape(), 'duecourse_charges_unknown_age_seconds')['']).toBeGreaterThan(2 * 86_400);
  await world.work(['charge']);
  await world.advance(120);
  await world.work(['charge']);
  expect((await world.read(unknown)).charge.state).toBe('succeeded');
  const samples = await scrape();
  expect(valuesOf(samples, 'duecourse_charges_unknown')).toEqual({ '': 0 });
  expect(valuesOf(samples, 'duecourse_charges_unknown_age_seconds')).toEqual({ '': 0 });
});

test('what waits for a person, what contradicts Stripe and the kill switch are told by kind', async () => {
  const calm = await scrape();
  const parkable = ['charge', 'customer', 'inbox_event', 'payment_method', 'refund', 'setup'];
  expect(valuesOf(calm, 'duecourse_rows_needs_review')).toEqual(zeros(parkable));
  expect(valuesOf(calm, 'duecourse_breaks_open')).toEqual({});
  expect(valuesOf(calm, 'duecourse_charging_enabled')).toEqual({ '': 1 });

  const charge_id = await world.charge(await world.customer('pm_card_visa'));
  const park = {
    kind: 'amount_differs' as const,
    stripe_id: null,
    observed: {},
    move: true,
    cause: 'worker',
  };
  await parkCharge(world.sql, { charge_id, ...park });
  await setCharging(world.sql, false);
  const samples = await scrape();
  expect(valuesOf(samples, 'duecourse_rows_needs_review')).toEqual({ ...zeros(parkable), charge: 1 });
  expect(valuesOf(samples, 'duecourse_breaks_open')).toEqual({ amount_differs: 1 });
  expect(valuesOf(samples, 'duecourse_charging_enabled')).toEqual({ '': 0 });
});

test('labels are from closed sets, and nothing that belongs to anybody is in any', async () => {
  const text = await world.deps.metrics.registry.metrics();
  const states = (entity: keyof typeof machines) => Object.keys(machines[entity].moves);
  const allowed = new Set([
    ...kinds,
    ...['off_session', 'on_session', 'livemode', 'amount_differs', 'webhook', 'janitor', 'listed', 'missed'],
    ...['advanced', 'passed', 'failed', 'sent', 'ok', 'declined', 'timeout'],
    ...states('attempt'),
    ...states('charge'),
    ...states('recovery'),
    ...['create', 'confirm', 'retrieve', 'list', 'cancel'].map((verb) => `payment_intents.${verb}`),
    ...['events.list', 'events', 'payment_intents'],
    ...['enabled', 'merchant', 'gone', 'failing'],
  ]);
  const labels = samplesOf(text).flatMap((sample) => Object.entries(sample.labels));
  expect(labels.filter(([name, value]) => name !== 'le' && !allowed.has(value))).toEqual([]);
  expect(text).not.toMatch(/\b(?:cst|chg|rec|msg|cns|rpl|evt|pi|pm|cus)_\w{6,}|@|\bsk_|whsec_/);
});

test('the one statement goes by indexes alone, whatever is in the tables', async () => {
  const connection = await world.sql.reserve();
  try {
    await connection`set enable_seqscan = off`;
    const plan = await connection<{ 'QUERY PLAN': string }[]>`explain ${metricRows(world.sql)}`;
    const scans = plan.map((line) => line['QUERY PLAN']).filter((line) => line.includes('Seq Scan'));
    // A row each: nothing to look up.
    expect(scans.filter((line) => !/ on (?:sweeps|instance)\b/.test(line))).toEqual([]);
    expect(plan.length).toBeGreaterThan(30);
  } finally {
    await connection`reset enable_seqscan`;
    connection.release();
  }
});
