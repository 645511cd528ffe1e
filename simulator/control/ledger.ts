import type { Account, World } from '../world/world.ts';

/** What became of one PaymentIntent. */
export interface LedgerEntry {
  id: string;
  amount: number;
  currency: string;
  status: string;
  amount_received: number;
  /** Its charges that took or hold money. More than one would be a bug in the simulator. */
  successes: number;
  /** Confirms that were executed. */
  confirms: number;
  metadata: Record<string, string>;
  customer: string | null;
  created: number;
}

export interface Ledger {
  payment_intents: LedgerEntry[];
  totals: { currency: string; amount_received: number; count: number }[];
}

/** Every PaymentIntent of the account, and what was received per currency. */
export function ledgerOf(account: Account): Ledger {
  const totals = new Map<string, { currency: string; amount_received: number; count: number }>();
  const payment_intents = account.paymentIntents.rows.map((row) => {
    const { id, amount, currency, status, amount_received, metadata, customer, created } = row.value;
    if (amount_received > 0) {
      const total = totals.get(currency) ?? { currency, amount_received: 0, count: 0 };
      total.amount_received += amount_received;
      total.count += 1;
      totals.set(currency, total);
    }
    const owner = customer as string | null;
    const { successes, confirms } = row;
    return {
      id,
      amount,
      currency,
      status,
      amount_received,
      successes,
      confirms,
      metadata,
      customer: owner,
      created,
    };
  });
  return { payment_intents, totals: [...totals.values()] };
}

/** What must hold in every account at any time; describes each breach. */
export function breaches(world: World): string[] {
  return [...world.accounts.values()].flatMap((account) => [
    ...account.paymentIntents.rows
      .filter((row) => row.successes > 1)
      .map((row) => `${row.value.id} took money twice`),
    ...refundBreaches(account),
    ...balanceBreaches(account),
  ]);
}

function refundBreaches(account: Account): string[] {
  return account.charges.rows.flatMap((row) => {
    const refunded = row.refunds
      .filter((refund) => refund.value.status === 'succeeded' || refund.value.status === 'pending')
      .reduce((sum, refund) => sum + refund.value.amount, 0);
    return refunded > row.value.amount_captured ? [`${row.value.id} gave back more than it took`] : [];
  });
}

/** The balance must equal what was captured, less refunds, disputes and fees. */
function balanceBreaches(account: Account): string[] {
  const sumOf = (amounts: Iterable<number>) => [...amounts].reduce((sum, amount) => sum + amount, 0);
  const entered = account.balanceTransactions.rows.map((row) => row.value);
  const net = sumOf(entered.map((value) => value.net));
  const fees = sumOf(entered.map((value) => value.fee));
  const captured = account.charges.rows
    .filter(({ value }) => value.status === 'succeeded' && value.balance_transaction !== null)
    .map(({ value }) => value.amount_captured);
  const refunded = account.refunds.rows
    .filter(
      ({ value }) => value.balance_transaction !== null && value.failure_balance_transaction === undefined,
    )
    .map(({ value }) => value.amount);
  const disputed = account.disputes.rows.flatMap(({ value }) =>
    value.balance_transactions.map((one) => -one.amount),
  );
  const expected = sumOf(captured) - sumOf(refunded) - sumOf(disputed) - fees;
  return net === expected ? [] : [`the balance is ${net}, and should be ${expected}`];
}
