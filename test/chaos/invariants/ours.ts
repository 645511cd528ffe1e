import type { Evidence, LedgerRow } from '../evidence.ts';

/** Without what another program took: its money is none of ours, unless a person claimed it for a charge. */
export function oursIn({ ledger, foreign, charges }: Evidence): LedgerRow[] {
  const others = new Set(foreign.map(({ id }) => id));
  const bound = new Set(charges.map((charge) => charge.stripe_payment_intent_id));
  return ledger.filter(({ id }) => !others.has(id) || bound.has(id));
}

/**
 * Whether it took money that an operator did not give back. What went back of a paid charge is a refund of that charge: it stays
 * paid, and the books have both.
 */
export function keeps({ words }: Evidence): (intent: LedgerRow) => boolean {
  const given = new Set(
    words
      .filter(({ verb, entity_id }) => verb === 'refund' && !entity_id.startsWith('rfd_'))
      .map(({ stripe_id }) => stripe_id),
  );
  return ({ id, status }) => status === 'succeeded' && !given.has(id);
}

/** Whether what happened then may have been forgotten since: by whoever had read it before and still acted upon it, too. */
export const mayBeLost = ({ lost }: Evidence, at_ms: number): boolean =>
  lost !== null && at_ms <= lost.at_ms + ACTED_UPON_MS;

/** Longer than a lease and a call. */
const ACTED_UPON_MS = 5_000;
