import type { Evidence, LedgerRow } from '../evidence.ts';

/** Without what another program took: its money is none of ours, unless a person claimed it for a charge. */
export function oursIn({ ledger, foreign, charges }: Evidence): LedgerRow[] {
  const others = new Set(foreign.map(({ id }) => id));
  const bound = new Set(charges.map((charge) => charge.stripe_payment_intent_id));
  return ledger.filter(({ id }) => !others.has(id) || bound.has(id));
}

/** Whether it took money that an operator did not give back. */
export function keeps({ words }: Evidence): (intent: LedgerRow) => boolean {
  const given = new Set(words.filter(({ verb }) => verb === 'refund').map(({ stripe_id }) => stripe_id));
  return ({ id, status }) => status === 'succeeded' && !given.has(id);
}
