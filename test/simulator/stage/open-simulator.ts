import Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { startSimulator } from '../../../simulator/index.ts';
import type { SimulatorOptions } from '../../../simulator/options.ts';
import { type SchemaCheck, startSchemaCheck } from './schema-check.ts';
import { startWebhookInbox, type WebhookInbox } from './webhook-inbox.ts';

export type Simulator = Awaited<ReturnType<typeof startSimulator>>;
type Options = Omit<SimulatorOptions, 'port'>;

/** What a test file works with: its own simulator, the schema check before it, an inbox for its webhooks. */
export type Opened = {
  sim: Simulator;
  check: SchemaCheck;
  inbox: WebhookInbox;
  /** A real SDK client on an account of its own, so that tests never see each other's objects. */
  account: (overrides?: Partial<Stripe.StripeConfig>) => Account;
  /** A client with this key, which may be an account's publishable or a malformed one. */
  client: (key: string, overrides?: Partial<Stripe.StripeConfig>) => Stripe;
  /** Moves the simulator's clock and runs the timers that are due. */
  advance: (seconds: number) => Promise<void>;
  /** One raw request through the schema check, for what the SDK would not send. */
  raw: (path: string, init?: RequestInit) => Promise<Response>;
};
export type Account = { stripe: Stripe; key: string; publishableKey: string };

let accounts = 0;

/**
 * Starts a simulator for the test file that calls it, and stops it after the file. Every answer and webhook
 * of every test is held against Stripe's schema, and the money invariants against the store; a test that
 * breaks either fails.
 */
export function openSimulator(options: Options = {}): Opened {
  const opened = {} as Opened;
  beforeAll(async () => {
    const inbox = await startWebhookInbox();
    const sim = await startSimulator({
      clock: 'manual',
      webhooks: [{ url: inbox.url, secret: inbox.secret, enabled_events: ['*'] }],
      ...options,
      port: 0,
    });
    const check = await startSchemaCheck({ host: sim.stripeOptions.host, port: sim.stripeOptions.port });
    Object.assign(opened, { sim, inbox, check, ...clients(sim, check) });
  });
  afterEach(async () => {
    expect((await opened.sim.control.state()).breaches).toEqual([]);
    expect([...opened.check.takeComplaints(), ...opened.inbox.takeComplaints()]).toEqual([]);
  });
  afterAll(async () => {
    await opened.check?.close();
    await opened.sim?.close();
    await opened.inbox?.close();
  });
  return opened;
}

function clients(sim: Simulator, check: SchemaCheck): Pick<Opened, 'account' | 'client' | 'advance' | 'raw'> {
  const client: Opened['client'] = (key, overrides = {}) =>
    new Stripe(key, {
      ...sim.stripeOptions,
      host: check.host,
      port: check.port,
      maxNetworkRetries: 0,
      // Generous, because the first answers of a file wait for their schemas to be compiled.
      timeout: 120_000,
      telemetry: false,
      ...overrides,
    });
  return {
    client,
    account: (overrides) => {
      accounts += 1;
      const name = `t${process.pid}n${accounts}`;
      const key = `sk_test_${name}`;
      return { stripe: client(key, overrides), key, publishableKey: `pk_test_${name}` };
    },
    advance: async (seconds) => {
      await sim.control.clock({ advance: seconds });
    },
    raw: (path, init) => fetch(`http://${check.host}:${check.port}${path}`, init),
  };
}

/** The error a call ends in, as the SDK's class; a call that succeeds fails the test. */
export async function refusal(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const ended = await call.then(
    (answer) => ({ answer }),
    (error: unknown) => ({ error }),
  );
  if (!('error' in ended)) throw new Error(`expected a refusal, got ${JSON.stringify(ended.answer)}`);
  if (!(ended.error instanceof Stripe.errors.StripeError)) throw ended.error;
  return ended.error;
}

/**
 * Waits until `probe` returns something; the simulator's deliveries are the only thing that happens by
 * itself.
 */
export async function eventually<T>(
  what: string,
  probe: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    await new Promise((next) => setTimeout(next, 10));
  }
  throw new Error(`never happened: ${what}`);
}
