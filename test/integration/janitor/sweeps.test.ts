/** The sweeps over Stripe's lists, against the simulator: what no webhook told, what no charge needs. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../../simulator/index.ts';
import { sweepEventsOnce } from '../../../src/billing/janitor/sweep-events.ts';
import { sweepOrphansOnce } from '../../../src/billing/janitor/sweep-orphans.ts';
import { chargeMetadata } from '../../../src/domain/keys.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { productionTimings as timings } from '../../../src/platform/timings.ts';
import { chargeStatements } from '../../../src/store/charge/charge-statements.ts';
import { type Database, openDatabase } from '../../../src/store/postgres/database.ts';
import { readInstance } from '../../../src/store/postgres/instance.ts';
import { moveClock } from '../../../src/store/work/clock-moves.ts';
import { createStripe, type StripeClient } from '../../../src/stripe/client.ts';
import { createPaymentIntent, retrievePaymentIntent } from '../../../src/stripe/payment-intents.ts';
import { seedCharge } from '../../harness/rows.ts';
import { createTestDatabase, type TestDatabase } from '../../harness/services/services.ts';

const KEY = 'sk_test_sweeps';
let test: TestDatabase;
let database: Database;
let simulator: Simulator;
let stripe: StripeClient;
let instance: { id: string; deriveKey: Buffer; livemode: boolean };
let offered: string[];
let made = 0;

beforeAll(async () => {
  test = await createTestDatabase();
  database = openDatabase({ url: test.url, applicationName: 'test' });
  const row = await readInstance(database.sql);
  instance = { id: row.instance_id, deriveKey: row.derive_key, livemode: false };
});
afterAll(async () => {
  await database.close();
  await test.drop();
});
beforeEach(async () => {
  simulator = await startSimulator({ seed: made });
  stripe = createStripe({ secretKey: KEY, apiUrl: simulator.url, timeoutMs: 2_000, livemode: false });
  offered = [];
  await database.sql`truncate sweeps, inbox_events`;
  await database.sql`
    update instance set clock_offset_ms = 0, lost_at = null, charging_enabled = true, withdrawals_due = false`;
});
afterEach(async () => {
  stripe.close();
  await simulator.close();
});

const deps = () => ({
  sql: database.sql,
  charges: chargeStatements(database.sql, { rows_max: 1, wait_ms: 0 }, () => {}),
  stripe,
  instance,
  timings,
  log: silentLog(),
  metrics: createMetrics(),
  offer: async (_kind: string, ids: readonly string[]) => void offered.push(...ids),
});

/** Moves business time and Stripe's together, as the test clock does. */
async function advance(seconds: number): Promise<void> {
  await moveClock(database.sql, seconds * 1_000);
  await post('/_sim/clock', { advance: seconds });
}

async function post(path: string, body: unknown): Promise<void> {
  const response = await fetch(`${simulator.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBeLessThan(300);
  await response.arrayBuffer();
}

type Logged = { method: string; path: string; idempotency_key: string | null };
async function requests(): Promise<Logged[]> {
  const response = await fetch(`${simulator.url}/_sim/requests`);
  return (await response.json()) as Logged[];
}

async function call(path: string, fields: Record<string, string>): Promise<{ id: string }> {
  made += 1;
  const response = await fetch(`${simulator.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'idempotency-key': `elsewhere-${made}` },
    body: new URLSearchParams(fields),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as { id: string };
}

/** A PaymentIntent that succeeds at once, as anybody on the account may make one. */
async function pay(): Promise<string> {
  const rest = { 'allowed_payment_method_types[]': 'card', payment_method: 'pm_card_visa', confirm: 'true' };
  return (await call('/v1/payment_intents', { amount: '1000', currency: 'eur', ...rest })).id;
}

const inbox = () => database.sql<{ id: string; type: string; object_id: string; carrier: string }[]>`
  select id, type, object_id, carrier from inbox_events`;

describe('the sweep over events', () => {
  it('takes in what no webhook brought, and offers it', async () => {
    const paid = await pay();
    expect(await sweepEventsOnce(deps())).toBe(false);
    const rows = await inbox();
    expect(rows.map((row) => [row.type, row.object_id, row.carrier])).toEqual([
      ['payment_intent.succeeded', paid, 'events_list'],
    ]);
    expect(offered).toEqual(rows.map((row) => row.id));
  });

  it('asks again only when it is due, and takes in nothing twice', async () => {
    await pay();
    await sweepEventsOnce(deps());
    await sweepEventsOnce(deps());
    expect((await requests()).filter((each) => each.path === '/v1/events').length).toBe(1);
    await advance(60);
    await pay();
    await sweepEventsOnce(deps());
    expect((await inbox()).length).toBe(2);
    expect(offered.length).toBe(2);
  });

  it('is done by one worker when several are at it', async () => {
    await pay();
    await Promise.all([sweepEventsOnce(deps()), sweepEventsOnce(deps()), sweepEventsOnce(deps())]);
    expect((await requests()).filter((each) => each.path === '/v1/events').length).toBe(1);
  });

  it('reads page after page and goes on where it left off', async () => {
    for (let count = 0; count < 230; count += 1) await pay();
    expect(await sweepEventsOnce(deps())).toBe(false);
    expect((await inbox()).length).toBe(230);
    const [sweep] = await database.sql`select cursor from sweeps where name = 'events'`;
    expect(JSON.parse(String(sweep?.cursor))).toMatchObject({ after: null });
  });

  it('keeps its place while Stripe does not answer, however long', async () => {
    await sweepEventsOnce(deps());
    await pay();
    await post('/_sim/faults', {
      match: { route: '/v1/events' },
      action: { type: 'status', status: 503 },
      times: 3,
    });
    for (let tries = 0; tries < 3; tries += 1) {
      await advance(40_000);
      await sweepEventsOnce(deps());
      expect((await inbox()).length).toBe(0);
    }
    await advance(40_000);
    await sweepEventsOnce(deps());
    expect((await inbox()).length).toBe(1);
  });
});

describe('the sweep over PaymentIntents', () => {
  /** One of ours, unconfirmed, made for this charge. */
  async function createFor(charge_id: string): Promise<string> {
    made += 1;
    const customer = await call('/v1/customers', {});
    const answer = await createPaymentIntent(stripe, {
      key: `dc1:${charge_id}:create:${made}`,
      amount_minor: 1_250,
      currency: 'eur',
      customer: customer.id,
      payment_method_type: 'card',
      description: null,
      metadata: chargeMetadata({ id: charge_id, customer_id: 'cst_x', request: null }, instance.id),
    });
    if (answer.kind !== 'ok') throw new Error(answer.kind);
    return answer.value.id;
  }

  async function statusOf(id: string): Promise<string> {
    const answer = await retrievePaymentIntent(stripe, id);
    return answer.kind === 'ok' ? answer.value.status : answer.kind;
  }

  const bind = (charge_id: string, id: string) =>
    database.sql`update charges set stripe_payment_intent_id = ${id} where id = ${charge_id}`;

  const cancels = async () =>
    (await requests()).filter((each) => each.path.endsWith('/cancel')).map((each) => each.idempotency_key);

  const owed = () => database.sql`select name from sweeps where name like 'orphan:%'`;

  it('cancels the one that lost the race to bind, and never the one that won', async () => {
    const { id } = await seedCharge(database.sql);
    const [winner, loser] = [await createFor(id), await createFor(id)];
    await bind(id, winner);
    await sweepOrphansOnce(deps());
    expect([await statusOf(winner), await statusOf(loser)]).toEqual(['requires_payment_method', 'canceled']);
    expect(await cancels()).toEqual([`dc1:${loser}:cancel:1`]);
    expect(await owed()).toEqual([]);
  });

  it('leaves alone what a charge may still bind, for ever', async () => {
    const { id } = await seedCharge(database.sql);
    const unbound = await createFor(id);
    await sweepOrphansOnce(deps());
    await advance(25 * 3_600);
    await sweepOrphansOnce(deps());
    expect(await statusOf(unbound)).toBe('requires_payment_method');
    expect(await cancels()).toEqual([]);
  });

  it('cancels that of a charge that closed without binding it', async () => {
    const { id } = await seedCharge(database.sql);
    const late = await createFor(id);
    await database.sql`update charges set state = 'failed', settled_at = dc_now() where id = ${id}`;
    await sweepOrphansOnce(deps());
    expect(await statusOf(late)).toBe('canceled');
  });

  it('touches nothing that is another integration’s', async () => {
    const theirs = await call('/v1/payment_intents', {
      amount: '1000',
      currency: 'eur',
      'metadata[dc_charge]': 'chg_x',
      'metadata[dc_instance]': 'ins_other',
    });
    await advance(25 * 3_600);
    await sweepOrphansOnce(deps());
    expect(await statusOf(theirs.id)).toBe('requires_payment_method');
  });

  it('sends the next number when Stripe will repeat a failure for ever, and the same when it did not answer', async () => {
    const { id } = await seedCharge(database.sql);
    const [winner, loser] = [await createFor(id), await createFor(id)];
    await bind(id, winner);
    const match = { route: '/v1/payment_intents/:id/cancel' };
    // Twice: the SDK sends a call again by itself when its socket is dropped.
    await post('/_sim/faults', { match, action: 'reset_before', times: 2 });
    await sweepOrphansOnce(deps());
    await post('/_sim/faults', {
      match,
      action: { type: 'status', status: 500, should_retry: false },
      times: 1,
    });
    await advance(120);
    await sweepOrphansOnce(deps());
    expect(await statusOf(loser)).toBe('requires_payment_method');
    expect((await owed()).length).toBe(1);
    await advance(120);
    await sweepOrphansOnce(deps());
    expect(await statusOf(loser)).toBe('canceled');
    const numbers = new Set(await cancels());
    expect([...numbers]).toEqual([`dc1:${loser}:cancel:1`, `dc1:${loser}:cancel:2`]);
    expect(await owed()).toEqual([]);
  });

  it('raises the alarm about money that no charge is bound to, and cancels nothing', async () => {
    const paid = await call('/v1/payment_intents', {
      amount: '1000',
      currency: 'eur',
      'allowed_payment_method_types[]': 'card',
      payment_method: 'pm_card_visa',
      confirm: 'true',
      'metadata[dc_charge]': 'chg_gone',
      'metadata[dc_instance]': instance.id,
    });
    await sweepOrphansOnce(deps());
    const breaks = await database.sql`select kind from breaks where stripe_id = ${paid.id}`;
    expect(breaks).toEqual([{ kind: 'unbound_payment_intent' }]);
    expect(await cancels()).toEqual([]);
  });

  it('leaves alone what a foreign program holds under a copied mark, and tells a person', async () => {
    const { id: charge_id } = await seedCharge(database.sql);
    await database.sql`update charges set stripe_payment_intent_id = 'pi_bound' where id = ${charge_id}`;
    const marks = { 'metadata[dc_charge]': charge_id, 'metadata[dc_instance]': instance.id };
    const held = await call('/v1/payment_intents', {
      amount: '1000',
      currency: 'eur',
      'allowed_payment_method_types[]': 'card',
      payment_method: 'pm_card_visa',
      capture_method: 'manual',
      confirm: 'true',
      ...marks,
    });
    await sweepOrphansOnce(deps());
    await advance(90_000);
    await sweepOrphansOnce(deps());
    expect(await statusOf(held.id)).toBe('requires_capture');
    const breaks = await database.sql`select kind, observed from breaks where stripe_id = ${held.id}`;
    expect(breaks).toMatchObject([{ observed: { status: 'requires_capture' } }]);
  });
});
