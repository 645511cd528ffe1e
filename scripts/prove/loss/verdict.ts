/**
 * What became of every order, by Stripe's ledger and our rows: nobody paid twice, nothing was lost, nobody was told
 * wrongly, and nothing was taken that a customer had withdrawn.
 */
import type { LedgerRow } from '../../../test/chaos/evidence.ts';
import type { Ground } from './ground.ts';
import type { Placed, Shop } from './shop.ts';

export type Verdict = {
  /** Payments beyond the first of one order. */
  readonly double: number;
  /** Accepted orders that did not come to an end, and money that has no charge and did not go back. */
  readonly lost: number;
  /** Charges that are told otherwise than Stripe has them. */
  readonly told_wrongly: number;
  /** Payments after the customer had withdrawn. */
  readonly against_withdrawal: number;
  /** Orders that were refused though they had to be accepted. */
  readonly refused: number;
  readonly ends: Readonly<Record<string, number>>;
  /** One line for each of these. */
  readonly complaints: readonly string[];
};

type ChargeEnd = {
  readonly id: string;
  readonly state: string;
  readonly amount_received_minor: number | null;
  readonly stripe_payment_intent_id: string | null;
  readonly terminal: boolean;
};
type Books = {
  readonly charges: ReadonlyMap<string, ChargeEnd>;
  readonly byMark: ReadonlyMap<string, readonly LedgerRow[]>;
  readonly refunded: ReadonlyMap<string, number>;
};

/** `withdrawn`: our customers who withdrew, with how many payments each had made by then. */
export async function judge(
  ground: Ground,
  shop: Shop,
  withdrawn: ReadonlyMap<string, number>,
): Promise<Verdict> {
  const books = await readBooks(ground);
  const complaints: string[] = [];
  const count = { double: 0, lost: 0, told_wrongly: 0, against_withdrawal: 0, refused: 0 };
  const complain = (what: keyof typeof count, text: string): void => {
    count[what] += 1;
    complaints.push(`${what}: ${text}`);
  };
  const ends: Record<string, number> = {};
  for (const placed of shop.placed.values()) judgeOrder(placed, books, complain, ends);
  for (const [payer, before] of withdrawn) {
    const customer = shop.customerOf(payer);
    const paid = await paymentsOf(ground, customer);
    if (paid > before) complain('against_withdrawal', `${payer} paid ${paid - before} more times`);
  }
  return { ...count, ends, complaints };
}

function judgeOrder(
  { order, charges, refused }: Placed,
  { charges: rows, byMark, refunded }: Books,
  complain: (what: 'double' | 'lost' | 'told_wrongly' | 'refused', text: string) => void,
  ends: Record<string, number>,
): void {
  const { name } = order;
  const intents = [...charges].flatMap((id) => byMark.get(id) ?? []);
  const successes = intents.reduce((sum, intent) => sum + intent.successes, 0);
  if (successes > 1) complain('double', `${name} was paid ${successes} times`);
  for (const refusal of refused) complain('refused', `${name} ${refusal}`);
  const known = [...charges].flatMap((id) => rows.get(id) ?? []);
  const left = known.filter(({ terminal }) => !terminal);
  for (const { id, state } of left) complain('lost', `${name}: ${id} is still ${state}`);
  if (order.again !== 'not' && known.length === 0) complain('lost', `${name} has no charge`);
  for (const { id, status, amount_received } of intents) {
    const charge = known.find((one) => one.stripe_payment_intent_id === id);
    const back = refunded.get(id) ?? 0;
    const isHome = charge?.state === 'succeeded' && charge.amount_received_minor === amount_received;
    if (status === 'succeeded' && !isHome && back < amount_received)
      complain('lost', `${name}: ${amount_received} by ${id}, charge ${charge?.state ?? 'missing'}`);
    if (isHome && (status !== 'succeeded' || back > 0))
      complain('told_wrongly', `${name}: succeeded here, ${status} at Stripe, ${back} given back`);
    if (status !== 'succeeded' && status !== 'canceled') complain('lost', `${name}: ${id} is ${status}`);
  }
  for (const { state, stripe_payment_intent_id: bound } of known) {
    ends[state] = (ends[state] ?? 0) + 1;
    if (state === 'succeeded' && !intents.some(({ id }) => id === bound))
      complain('told_wrongly', `${name}: succeeded by ${bound}, which is not of its charges`);
  }
  if (known.length === 0) ends.no_row = (ends.no_row ?? 0) + 1;
}

async function readBooks({ database: { sql }, simulator, secret_key, sdk }: Ground): Promise<Books> {
  const rows = await sql<ChargeEnd[]>`
    select c.id, c.state, c.amount_received_minor::float8 as amount_received_minor, c.stripe_payment_intent_id,
           s.terminal
    from charges c join states s on s.entity = 'charge' and s.state = c.state`;
  const { payment_intents } = await simulator.control.ledger(secret_key);
  const byMark = new Map<string, LedgerRow[]>();
  for (const intent of payment_intents) {
    const mark = intent.metadata.dc_charge ?? '';
    byMark.set(mark, [...(byMark.get(mark) ?? []), intent]);
  }
  const refunded = new Map<string, number>();
  for await (const refund of sdk.refunds.list({ limit: 100 })) {
    const id = String(refund.payment_intent);
    refunded.set(id, (refunded.get(id) ?? 0) + refund.amount);
  }
  return { charges: new Map(rows.map((row) => [row.id, row])), byMark, refunded };
}

/** How many payments of our customer Stripe has executed. */
export async function paymentsOf(ground: Ground, customer: string): Promise<number> {
  const { database, simulator, secret_key } = ground;
  const rows = await database.sql<{ id: string }[]>`
    select stripe_customer_id as id from customers where id = ${customer}`;
  const { payment_intents } = await simulator.control.ledger(secret_key);
  return payment_intents
    .filter((intent) => intent.customer === rows[0]?.id)
    .reduce((sum, intent) => sum + intent.successes, 0);
}
