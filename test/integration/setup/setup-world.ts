import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect } from 'vitest';
import { type Simulator, startSimulator } from '../../../simulator/index.ts';
import { advance } from '../../../src/billing/advance.ts';
import type { Dependencies } from '../../../src/billing/dependencies.ts';
import { applySetupEvent } from '../../../src/billing/setup/apply-setup-event.ts';
import { createLeases } from '../../../src/billing/work/lease.ts';
import { randomId } from '../../../src/platform/ids.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { productionTimings, type Timings } from '../../../src/platform/timings.ts';
import type { NewConsent } from '../../../src/store/customer/consent-intake.ts';
import { openDatabase, type Sql } from '../../../src/store/postgres/database.ts';
import { readInstance } from '../../../src/store/postgres/instance.ts';
import { noteEventsRead } from '../../../src/store/postgres/loss.ts';
import { insertSetup, type NewSetup } from '../../../src/store/setup/setup-intake.ts';
import { moveClock } from '../../../src/store/work/clock-moves.ts';
import { type Kind, offerDueRows, type Rows, readRow } from '../../../src/store/work/obligations.ts';
import { createStripe } from '../../../src/stripe/client.ts';
import { type ProjectedEvent, projectEvent } from '../../../src/stripe/events/event.ts';
import { retrieveSetupSecret } from '../../../src/stripe/setup-intents.ts';
import { createTestDatabase } from '../../harness/services/services.ts';

export const RETURN_URL = 'https://shop.example/saved';

export type StripeObject = { readonly id: string; readonly status?: string } & Record<string, unknown>;

/** Everything the set-up path touches, in this process; each test brings its own customer. */
export type SetupWorld = {
  sql: Sql;
  sim: Simulator;
  deps: Dependencies;
  secretKey: string;
  /** The events that Stripe sent to our webhook, in the order of their arrival; tests apply them. */
  events: ProjectedEvent[];
};

const KINDS: readonly Kind[] = ['customer', 'setup', 'payment_method'];
let accounts = 0;

/** Starts a database, a simulator and what a worker is given, for the test file that calls it. */
export function openSetupWorld(timings: Partial<Timings> = {}): SetupWorld {
  const world = {} as SetupWorld;
  const closers: (() => unknown)[] = [];
  beforeAll(async () => {
    const database = await createTestDatabase();
    const { sql, close } = openDatabase({ url: database.url, applicationName: 'setup-test' });
    const events: ProjectedEvent[] = [];
    const inbox = await listenForEvents(events);
    const { port } = inbox.address() as AddressInfo;
    const sim = await startSimulator({
      webhooks: [{ url: `http://127.0.0.1:${port}/`, secret: 'whsec_setup', enabled_events: ['*'] }],
    });
    accounts += 1;
    const secretKey = `sk_test_setup${process.pid}x${accounts}`;
    const all = { ...productionTimings, ...timings };
    const instance = await readInstance(sql);
    const instanceKey = instance.derive_key;
    const stripe = createStripe({
      secretKey,
      apiUrl: sim.url,
      timeoutMs: 2_000,
      livemode: false,
      instanceKey,
    });
    const leases = createLeases(sql, all, silentLog());
    const deps = {
      sql,
      stripe,
      leases,
      timings: all,
      log: silentLog(),
      metrics: createMetrics(),
      offer: async () => {},
      instance: { id: instance.instance_id, deriveKey: instance.derive_key, livemode: false },
    } as unknown as Dependencies;
    Object.assign(world, { sql, sim, deps, secretKey, events });
    closers.push(database.drop, close, leases.close, stripe.close, sim.close, () => inbox.close());
  });
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });
  return world;
}

async function listenForEvents(events: ProjectedEvent[]): Promise<Server> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const event = projectEvent(JSON.parse(Buffer.concat(chunks).toString('utf8')));
    if (event !== null) events.push(event);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const WORKED_MAX = 200;
const ROUNDS_MAX = 2_000;

/**
 * Advances whatever is due, as workers would, until nothing is; answers how many rows were worked on. Rows that were
 * passed over do not count: two that work at once, offering anew all the time, take them from under each other.
 */
export async function work(world: SetupWorld): Promise<number> {
  let count = 0;
  let last = '';
  for (let round = 0; round < ROUNDS_MAX && count < WORKED_MAX; round += 1) {
    let offered = 0;
    for (const kind of KINDS) {
      const offers = await offerDueRows(world.sql, kind, { limit: 50, stale_ms: 0 });
      offered += offers.length;
      const ids = offers.map(({ id }) => id);
      if (ids.length === 0) continue;
      const done = await advance(world.deps, kind, ids);
      count += done.advanced + done.failed;
      last = `${kind} ${ids.join(' ')} ${JSON.stringify(done)}`;
    }
    if (offered === 0) return count;
  }
  throw new Error(`the rows never come to rest: ${last}`);
}

/** Moves business time and Stripe's together. */
export async function passTime(world: SetupWorld, seconds: number): Promise<void> {
  await moveClock(world.sql, seconds * 1_000);
  await noteEventsRead(world.sql);
  await world.sim.control.clock({ advance: seconds });
}

/** Waits until Stripe has delivered all it has to say, then answers what arrived and forgets it. */
export async function takeEvents(world: SetupWorld): Promise<ProjectedEvent[]> {
  await expect.poll(async () => (await world.sim.control.state()).undelivered, { interval: 5 }).toBe(0);
  return world.events.splice(0);
}

/** Applies events in the order given, as the inbox does. */
export async function applyEvents(world: SetupWorld, events: readonly ProjectedEvent[]): Promise<string[]> {
  const outcomes: string[] = [];
  for (const { id, type, projection, created_s } of events) {
    const stored = JSON.parse(JSON.stringify(projection)) as unknown;
    const stripe_created_at = new Date(created_s * 1_000);
    outcomes.push(await applySetupEvent(world.deps, { id, type, projection: stored, stripe_created_at }));
  }
  return outcomes;
}

/** Applies whatever Stripe has sent by now. */
export async function deliver(world: SetupWorld): Promise<string[]> {
  return applyEvents(world, await takeEvents(world));
}

export async function newCustomer(
  world: SetupWorld,
  stripe_customer_id: string | null = null,
): Promise<string> {
  const id = randomId('cst');
  const state = stripe_customer_id === null ? 'queued' : 'bound';
  await world.sql`
    insert into customers (id, state, due_at, email, name, stripe_customer_id)
    values (${id}, ${state}, case when ${state === 'queued'} then dc_now() end, ${`${id}@example.test`}, 'Jenny',
            ${stripe_customer_id})`;
  return id;
}

export const CONSENT: Omit<NewConsent, 'id'> = {
  scope: 'off_session',
  frequency: 'recurring',
  amount_basis: 'as used',
  text: 'I agree.',
  text_version: '1',
  collect: false,
  accepted_at: new Date('2026-01-01T00:00:00Z'),
  ip_address: '192.0.2.1',
  user_agent: 'test',
  limits: { until: null, max_charges: null, max_amount: null },
};

export const COLLECT = { collect: true, accepted_at: null, ip_address: null, user_agent: null } as const;

type Wanted = Partial<NewSetup> & { readonly consent?: Partial<NewConsent> };

/** A setup as `POST /v1/setups` writes it. */
export async function newSetup(world: SetupWorld, wanted: Wanted = {}): Promise<string> {
  const { consent, ...given } = wanted;
  const id = randomId('set');
  const setup: NewSetup = {
    id,
    customer_id: given.customer_id ?? (await newCustomer(world)),
    usage: 'off_session',
    via: 'elements',
    payment_method_types: ['card'],
    allow_redisplay: null,
    return_url: RETURN_URL,
    metadata: {},
    expires_in_ms: world.deps.timings.setupExpiryHours * 3_600_000,
    ...given,
  };
  const request = { route: 'POST /v1/setups', key: id, request_hash: Buffer.from(id) };
  const terms = { ...CONSENT, id: randomId('cns'), ...consent };
  const taken = await insertSetup(world.sql, setup, terms, request, 'test');
  if (taken.outcome !== 'created') throw new Error(`the setup was ${taken.outcome}`);
  return id;
}

/** A row that must be there. */
export async function row<K extends Kind>(world: SetupWorld, kind: K, id: string): Promise<Rows[K]> {
  const found = await readRow(world.sql, kind, id);
  if (found === null) throw new Error(`no ${kind} ${id}`);
  return found;
}

export const setupOf = (world: SetupWorld, id: string) => row(world, 'setup', id);

/** A setup that waits for its customer. */
export async function openedSetup(world: SetupWorld, wanted: Wanted = {}): Promise<Rows['setup']> {
  const id = await newSetup(world, wanted);
  await work(world);
  const setup = await setupOf(world, id);
  expect(setup.state).toBe('awaiting_customer');
  return setup;
}

/** What Stripe.js does on the merchant's page: confirms with the publishable key and the client secret. */
export async function confirmAsCustomer(
  world: SetupWorld,
  setup: Pick<Rows['setup'], 'stripe_setup_intent_id'>,
  payment_method: string,
): Promise<StripeObject> {
  const id = setup.stripe_setup_intent_id ?? '';
  const secret = await retrieveSetupSecret(world.deps.stripe, id);
  if (secret.kind !== 'ok') throw new Error('the secret could not be read');
  const body = new URLSearchParams({
    client_secret: secret.value.client_secret ?? '',
    payment_method,
    return_url: RETURN_URL,
  });
  const authorization = `Bearer ${world.secretKey.replace('sk_', 'pk_')}`;
  return post(world, `/v1/setup_intents/${id}/confirm`, body, authorization);
}

/** A call that is not ours: the merchant's dashboard, or another integration. */
export async function post(
  world: SetupWorld,
  path: string,
  body: URLSearchParams | Record<string, string> = {},
  authorization = `Bearer ${world.secretKey}`,
): Promise<StripeObject> {
  const response = await fetch(`${world.sim.url}${path}`, {
    method: 'POST',
    headers: { authorization },
    body: new URLSearchParams(body),
  });
  return (await response.json()) as StripeObject;
}

/** What Stripe has of this kind for a customer, newest first. */
export async function listAtStripe(world: SetupWorld, path: string): Promise<StripeObject[]> {
  const headers = { authorization: `Bearer ${world.secretKey}` };
  const response = await fetch(`${world.sim.url}${path}`, { headers });
  return ((await response.json()) as { data: StripeObject[] }).data;
}

/** Our POSTs to a path template, in order, with their keys, forms and answers. */
export async function postsTo(world: SetupWorld, template: string) {
  const requests = await world.sim.control.requests(world.secretKey);
  const posts = requests.filter(({ route }) => route === `POST ${template}`);
  return posts.map((request) => ({
    ...request,
    form: Object.fromEntries(new URLSearchParams(request.body)),
  }));
}
