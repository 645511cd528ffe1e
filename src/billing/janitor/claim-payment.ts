/**
 * *claim*: money at Stripe that no row binds gets its charge (docs/protocol.md, 13.5). If our mark names a charge whose
 * row was lost, it comes back under that id, so that a request which is repeated later finds it.
 */
import { decideClaim } from '../../domain/operator-decisions.ts';
import { derivedId } from '../../platform/ids.ts';
import { insertClaimed, readClaimGround } from '../../store/janitor/claimed-payments.ts';
import { readOperated } from '../../store/janitor/operated-charges.ts';
import { readInstance } from '../../store/postgres/instance.ts';
import type { OperatorWord } from '../../store/work/operator-actions.ts';
import { acceptCharge } from './accept-charge.ts';
import {
  isNotVerbed,
  markOn,
  readIntent,
  readRefunded,
  refused,
  type VerbDependencies,
  type Verbed,
} from './operator-verb.ts';

export type PaymentClaim = {
  readonly payment_intent: string;
  /** Whose money it was: a customer of ours. */
  readonly customer: string;
  readonly reference: string | null;
};

/**
 * Makes the charge, bound and parked, and accepts what was taken. Cut off between the two, the charge waits for
 * `accept` like any other that is parked.
 */
export async function claimPayment(
  deps: VerbDependencies,
  request: PaymentClaim,
  word: OperatorWord,
): Promise<Verbed> {
  const intent = await readIntent(deps, request.payment_intent);
  if (intent === 'missing') return refused('Stripe does not know this PaymentIntent');
  if (isNotVerbed(intent)) return intent;
  const mark = markOn(deps, intent);
  const ground = await readClaimGround(deps.sql, intent.id, mark, request.customer);
  if (ground === null) return refused('There is no customer of this id');
  if (ground.is_forgotten) return refused('This customer is erased, and takes no charge any more: refund it');
  const refunded = intent.status === 'succeeded' ? await readRefunded(deps, intent.id) : 0;
  if (isNotVerbed(refunded)) return refunded;
  const decision = decideClaim(intent, { ...ground, mark, refunded_minor: refunded });
  if (decision.do === 'refuse') return refused(decision.because);
  const id = decision.id ?? derivedId('chg', (await readInstance(deps.sql)).derive_key, 'claim', intent.id);
  const { customer, reference } = request;
  const made = await insertClaimed(deps.sql, { id, customer_id: customer, reference, intent }, word);
  switch (made) {
    case 'made':
      return acceptMade(deps, id, word);
    case 'no_method':
      return refused('This customer has no saved method with a consent: adopt the one that paid first');
    case 'reference_taken':
      return refused('Another charge has this reference');
    case 'taken_meanwhile':
      return refused('It was claimed meanwhile');
  }
}

/**
 * Accepts what the charge was made for. An event that was kept for want of this charge comes due with it, and a worker
 * may settle the charge first: then what was claimed is done.
 */
async function acceptMade(deps: VerbDependencies, id: string, word: OperatorWord): Promise<Verbed> {
  const accepted = await acceptCharge(deps, id, word);
  if (accepted.outcome !== 'refused') return accepted;
  const now = await readOperated(deps.sql, id);
  if (now?.state === 'needs_review') return acceptCharge(deps, id, word);
  if (now?.state !== 'succeeded') return accepted;
  const { state, amount_minor, currency } = now;
  return { outcome: 'done', id, state, amount_minor, currency };
}
