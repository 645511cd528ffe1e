import { afterAll, beforeAll } from 'vitest';
import { startSimulator } from '../../../simulator/index.ts';
import { chargeMetadata } from '../../../src/domain/keys.ts';
import type { Answer } from '../../../src/stripe/answer.ts';
import { createStripe, STRIPE_API_VERSION, type StripeClient } from '../../../src/stripe/client.ts';
import { confirmBody } from '../../../src/stripe/form.ts';
import { createPaymentIntent } from '../../../src/stripe/payment-intents.ts';
import { recordedOptions } from '../../harness/recorded.ts';

type SimulatorOptions = NonNullable<Parameters<typeof startSimulator>[0]>;
type Simulator = Awaited<ReturnType<typeof startSimulator>>;

export const RETURN_URL = 'https://pay.example/r/page/rec_1/return';

/** Our client and a raw one, on one account of a simulator of the file's own. */
export type Account = {
  sim: Simulator;
  stripe: StripeClient;
  secretKey: string;
  /** A request as anybody could send it, for what is not ours to do: the customer's page, the dashboard. */
  request: (
    method: 'GET' | 'POST',
    path: string,
    params?: Record<string, string>,
    key?: string,
  ) => Promise<Record<string, unknown>>;
};

/** Starts a simulator for the test file that calls it, and stops it after the file. */
export function openAccount(options: SimulatorOptions = {}): Account {
  const secretKey = `sk_test_calls${process.pid}`;
  const account = {} as Account;
  beforeAll(async () => {
    const sim = await startSimulator({ clock: 'manual', ...recordedOptions(), ...options, port: 0 });
    const stripe = createStripe({ secretKey, apiUrl: sim.url, timeoutMs: 2_000, livemode: false });
    const request: Account['request'] = async (method, path, params = {}, key = secretKey) => {
      const headers = { authorization: `Bearer ${key}` };
      const body = method === 'GET' ? null : new URLSearchParams(params);
      const response = await fetch(`${sim.url}${path}`, { method, headers, body });
      return (await response.json()) as Record<string, unknown>;
    };
    Object.assign(account, { sim, stripe, secretKey, request });
  });
  afterAll(async () => {
    account.stripe?.close();
    await account.sim?.close();
  });
  return account;
}

/** The value of a call that must have been done. */
export async function done<T>(call: Promise<Answer<T>>): Promise<T> {
  const answer = await call;
  if (answer.kind !== 'ok') throw new Error(`expected ok, heard ${JSON.stringify(answer)}`);
  return answer.value;
}

export type Saved = { readonly customer: string; readonly payment_method: string };

/** A customer with a card saved through a SetupIntent that succeeded, as a customer would at a page. */
export async function savedCard({ request, sim }: Account, token = 'pm_card_visa'): Promise<Saved> {
  const customer = String((await request('POST', '/v1/customers', { email: 'jenny@example.com' })).id);
  const wanted = { customer, payment_method: token, confirm: 'true', return_url: RETURN_URL };
  const intent = await request('POST', '/v1/setup_intents', wanted);
  if (intent.status === 'requires_action') await sim.control.authenticate(String(intent.id), 'succeed');
  const saved = await request('GET', `/v1/setup_intents/${intent.id}`);
  if (saved.status !== 'succeeded') throw new Error(`${token} was not saved: ${JSON.stringify(saved)}`);
  return { customer, payment_method: String(saved.payment_method) };
}

let charges = 0;

/** An unconfirmed PaymentIntent of ours for that card, and the charge it is for. */
export async function unconfirmed(
  { stripe }: Account,
  saved: Saved,
  amount_minor = 1299,
): Promise<{ id: string; charge: string }> {
  charges += 1;
  const charge = `chg_test${charges}`;
  const { id } = await done(
    createPaymentIntent(stripe, {
      key: `dc1:${charge}:create:1`,
      amount_minor,
      currency: 'eur',
      ...saved,
      payment_method_type: 'card',
      description: 'Power, October',
      metadata: chargeMetadata({ id: charge, customer_id: 'cst_x', request: null }, 'shop'),
    }),
  );
  return { id, charge };
}

/** The n-th off-session confirm of a charge, exactly as an attempt would store it. */
export function offSession(intent: { id: string; charge: string }, payment_method: string, n = 1) {
  return {
    id: intent.id,
    key: `dc1:${intent.charge}:confirm:${n}`,
    body: confirmBody({ kind: 'off_session', payment_method }),
    api_version: STRIPE_API_VERSION,
  };
}

/** A saved card, a PaymentIntent for it, and its first attempt, not yet sent. */
export async function startCharge(account: Account, token?: string) {
  const saved = await savedCard(account, token);
  const intent = await unconfirmed(account, saved);
  return { saved, intent, attempt: offSession(intent, saved.payment_method) };
}

/** How often the card was charged and asked, by the simulator's ledger. */
export async function ledgerOf({ sim, secretKey }: Account, id: string) {
  const { payment_intents } = await sim.control.ledger(secretKey);
  return payment_intents.find((row) => row.id === id);
}
