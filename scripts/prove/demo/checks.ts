/** What must hold for the demo to pass, each check read from the simulator or the books, not from the story. */
import type { Ready } from '../../../sandbox/ready-file.ts';
import { type Reconciliation, reconcile } from '../../../src/billing/janitor/reconcile.ts';
import { productionTimings } from '../../../src/platform/timings.ts';
import { openDatabase } from '../../../src/store/postgres/database.ts';
import { readInstance } from '../../../src/store/postgres/instance.ts';
import { createStripe } from '../../../src/stripe/client.ts';
import type { Result } from './tally.ts';
import { TROUBLES } from './trouble.ts';

const RECOVERED_SHARE_MIN = 0.05;
const CUSTOMERS_MIN = 400;

type Ledger = {
  readonly payment_intents: readonly {
    readonly status: string;
    readonly successes: number;
    readonly metadata: { readonly dc_charge?: string };
  }[];
};
type Logged = {
  readonly method: string;
  readonly path: string;
  readonly idempotency_key: string | null;
  readonly body: string;
};

/** Reads both sides: our books through SQL, Stripe's through the simulator's HTTP API. */
export async function reconcileSandbox(ready: Ready): Promise<Reconciliation> {
  const database = openDatabase({ url: ready.database_url, applicationName: 'demo', connectionsMax: 1 });
  const stripe = createStripe({
    secretKey: ready.stripe_secret_key,
    apiUrl: ready.stripe_url,
    timeoutMs: productionTimings.stripeTimeoutMs,
    livemode: false,
  });
  try {
    const { instance_id } = await readInstance(database.sql);
    return await reconcile({ sql: database.sql, stripe, instance_id }, null);
  } finally {
    stripe.close();
    await database.close();
  }
}

/** Everything that did not hold, in words. */
export async function verify(given: {
  readonly ready: Ready;
  readonly result: Result;
  readonly unsettled: readonly string[];
  readonly books: Reconciliation;
  readonly charges: number;
}): Promise<string[]> {
  const { ready, result, unsettled, books } = given;
  const complaints = unsettled.map((charge) => `still open: ${charge}`);
  const sum = result.charged + result.recovered + result.failed + result.canceled + result.not_saved;
  if (sum !== result.customers) complaints.push(`the outcomes sum to ${sum}, not ${result.customers}`);
  if (result.customers < CUSTOMERS_MIN) complaints.push(`only ${result.customers} customers`);
  if (result.recovered < result.customers * RECOVERED_SHARE_MIN)
    complaints.push(`only ${result.recovered} customers were brought back`);
  for (const trouble of TROUBLES)
    if (result.faults[trouble] === 0) complaints.push(`${trouble} did not happen`);
  for (const difference of books.differences)
    complaints.push(`${difference.kind}: ${difference.charge ?? difference.payment_intent}`);
  const { debits } = result;
  if (debits.notices < debits.customers) complaints.push(`only ${debits.notices} notices of debits`);
  if (debits.collected + debits.refused !== debits.customers)
    complaints.push(
      `${debits.collected} debits collected and ${debits.refused} refused of ${debits.customers}`,
    );
  if (debits.refused === 0 || debits.returned === 0)
    complaints.push('no debit was refused, or none came back');
  const { received, missing, refused } = result.notifications;
  if (received < result.customers) complaints.push(`only ${received} notifications`);
  if (missing + refused > 0)
    complaints.push(`${missing} events were not notified as they are, ${refused} notifications were forged`);
  if (!books.agree) complaints.push('database and Stripe do not agree');
  complaints.push(...(await checkLedger(ready, given.charges)), ...(await checkRequests(ready)));
  return complaints;
}

async function checkLedger(ready: Ready, charges: number): Promise<string[]> {
  const { payment_intents } = await simulator<Ledger>(ready, '/ledger');
  const byCharge = new Map<string, number>();
  const complaints: string[] = [];
  for (const intent of payment_intents) {
    const charge = intent.metadata.dc_charge ?? 'unmarked';
    byCharge.set(charge, (byCharge.get(charge) ?? 0) + 1);
    if (intent.successes > 1) complaints.push(`${charge} was charged ${intent.successes} times`);
  }
  for (const [charge, count] of byCharge)
    if (count !== 1) complaints.push(`${charge} has ${count} PaymentIntents`);
  if (byCharge.size > charges) complaints.push(`${byCharge.size} PaymentIntents for ${charges} charges`);
  return complaints;
}

/** Customers' own browsers post too (form, pages); every other POST is ours and carries our key. */
async function checkRequests(ready: Ready): Promise<string[]> {
  const requests = await simulator<Logged[]>(ready, '/requests');
  const complaints: string[] = [];
  const bodies = new Map<string, string>();
  for (const { method, path, idempotency_key, body } of requests) {
    if (method !== 'POST' || !path.startsWith('/v1/') || idempotency_key?.startsWith('form:')) continue;
    if (!idempotency_key?.startsWith('dc1:')) complaints.push(`POST ${path} carried no key of ours`);
    const sent = bodies.get(`${idempotency_key}`);
    if (sent !== undefined && sent !== body) complaints.push(`${idempotency_key} was sent with two bodies`);
    bodies.set(`${idempotency_key}`, body);
  }
  return complaints;
}

async function simulator<T>(ready: Ready, path: string): Promise<T> {
  const response = await fetch(`${ready.stripe_url}/_sim${path}`, {
    headers: { authorization: `Bearer ${ready.stripe_secret_key}` },
  });
  return (await response.json()) as T;
}
