/**
 * Several PaymentIntents may carry one charge's mark: a create that was executed behind a stored error, rows that a
 * failover lost, a foreign program that copied the metadata. One of them is the charge's for good.
 */
import type { PaymentError, PaymentIntentStatus } from './payment-snapshot.ts';

type Marked = {
  readonly id: string;
  readonly status: PaymentIntentStatus;
  readonly latest_charge: string | null;
  readonly last_error: PaymentError | null;
};

export type MarkedChoice<I extends Marked> =
  | { readonly choice: 'none' }
  /** `others` are still alive, and none of them has taken money. */
  | { readonly choice: 'one'; readonly intent: I; readonly others: readonly I[] }
  /** No rule tells which is the charge's: a person decides. Oldest first. */
  | { readonly choice: 'person'; readonly contenders: readonly I[] };

/**
 * Chooses among what carries the mark, oldest first (docs/protocol.md, 2.3). The money decides: a
 * success, or a debit on its way. Then a challenge that the customer may pass at any moment, then what was tried before, so
 * that only one is ever confirmed, then age. Two with money
 * are two payments of one charge, and a held amount is none that we ever asked for, so both go to a person.
 */
export function chooseMarked<I extends Marked>(oldestFirst: readonly I[]): MarkedChoice<I> {
  const alive = oldestFirst.filter(({ status }) => status !== 'canceled');
  const paid = alive.filter(hasMoney);
  if (paid.length > 1 || alive.some(({ status }) => status === 'requires_capture'))
    return { choice: 'person', contenders: alive };
  const challenged = alive.find(({ status }) => status === 'requires_action');
  const tried = alive.find(isTried);
  const intent = paid[0] ?? challenged ?? tried ?? alive[0];
  if (intent === undefined) return { choice: 'none' };
  return { choice: 'one', intent, others: alive.filter(({ id }) => id !== intent.id) };
}

/** A challenge with nobody there to meet it leaves an error and no Charge: so recorded in a sandbox, 2026-08-26.dahlia. */
function isTried({ latest_charge, last_error }: Marked): boolean {
  return latest_charge !== null || last_error !== null;
}

/** Whether money was taken, or is on its way and cannot be stopped. */
export function hasMoney({ status }: Pick<Marked, 'status'>): boolean {
  return status === 'succeeded' || status === 'processing';
}
