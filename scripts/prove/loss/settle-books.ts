/** The operator's part after a loss: reconcile, and end what is open, until nothing is. */
import type { Reconciliation } from '../../../src/billing/janitor/reconcile.ts';
import type { Ground } from './ground.ts';
import { idle, type Scene } from './scene.ts';

export type Settled = {
  /** Money that nobody asked for again, as `reconcile` listed it first, and how much of it was listed wrongly. */
  readonly listed: { readonly count: number; readonly minor: number; readonly wrong_minor: number };
  readonly verbs: Readonly<Record<string, number>>;
  readonly rounds: number;
};

const ROUNDS_MAX = 6;

/** Reconciles until it is clean, ending by a verb of its kind whatever is open. */
export async function settleBooks(scene: Scene): Promise<Settled> {
  const { operator, ground, complaints, say } = scene;
  let result = await operator.reconcile();
  const listed = await compareListed(ground, result);
  say(`listed ${listed.count} payments that nobody asks for again, ${listed.minor} minor units`);
  const customerOf = await merchantsBooks(scene);
  let rounds = 1;
  for (; rounds < ROUNDS_MAX; rounds += 1) {
    const open = await operator.listOpen();
    if (result.agree && open.length === 0) break;
    await operator.end(open, customerOf);
    await idle(scene);
    result = await operator.reconcile();
  }
  say(`reconciled in ${rounds} rounds: ${JSON.stringify(operator.verbs)}`);
  if (!result.agree) complaints.push(`reconcile is not clean: ${kindsOf(result)}`);
  for (const { kind, entity_id } of await operator.listOpen())
    complaints.push(`${kind} of ${entity_id} is still open`);
  if (listed.wrong_minor !== 0) complaints.push(`listed ${listed.wrong_minor} minor units wrongly`);
  return { listed, verbs: operator.verbs, rounds };
}

/** Whose money a PaymentIntent's is: the customer of the order that was told its charge, if the row is there. */
async function merchantsBooks({ ground, shop }: Scene): Promise<(intent: string) => string | null> {
  const { database, simulator, secret_key } = ground;
  const rows = await database.sql<{ id: string }[]>`select id from customers`;
  const here = new Set(rows.map(({ id }) => id));
  const payers = new Map(
    [...shop.placed.values()].flatMap(({ order, charges }) =>
      [...charges].map((id) => [id, shop.customerOf(order.payer)] as const),
    ),
  );
  const { payment_intents } = await simulator.control.ledger(secret_key);
  const owners = new Map(
    payment_intents.map(({ id, metadata }) => [id, payers.get(metadata.dc_charge ?? '')]),
  );
  return (intent) => {
    const customer = owners.get(intent) ?? null;
    return customer !== null && here.has(customer) ? customer : null;
  };
}

/** What a reconciliation found, in a line. */
export const kindsOf = ({ differences }: Reconciliation): string =>
  differences.map(({ kind, entity }) => `${kind} ${entity}`).join(', ');

/** The money that no charge here is bound to: as listed, beside Stripe's ledger. */
async function compareListed(
  { database: { sql }, simulator, secret_key }: Ground,
  { unclaimed }: Reconciliation,
): Promise<Settled['listed']> {
  const bound = await sql<{ id: string }[]>`
    select stripe_payment_intent_id as id from charges where stripe_payment_intent_id is not null`;
  const isBound = new Set(bound.map(({ id }) => id));
  const { payment_intents } = await simulator.control.ledger(secret_key);
  const due = new Map(
    payment_intents
      .filter(({ id, status }) => status === 'succeeded' && !isBound.has(id))
      .map(({ id, amount_received }) => [id, amount_received]),
  );
  const seen = new Map(unclaimed.map((one) => [one.payment_intent, one.amount_minor]));
  const ids = new Set([...due.keys(), ...seen.keys()]);
  const wrong = [...ids].map((id) => Math.abs((due.get(id) ?? 0) - (seen.get(id) ?? 0)));
  const sum = (minor: Iterable<number>): number => [...minor].reduce((total, each) => total + each, 0);
  return { count: seen.size, minor: sum(seen.values()), wrong_minor: sum(wrong) };
}
