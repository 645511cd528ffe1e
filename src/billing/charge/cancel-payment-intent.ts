/**
 * Closing with proof: the PaymentIntent is cancelled, and only Stripe's word that it is makes a charge `failed`
 * or `canceled`. If the customer's money was faster, the charge is succeeded, and told so.
 */
import type { ChargeContext } from '../../domain/charge/charge.ts';
import type { ChargeFact } from '../../domain/charge/charge-facts.ts';
import type { PaymentSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { buildKey } from '../../domain/keys.ts';
import { invariant, unreachable } from '../../platform/errors.ts';
import { failpoint } from '../../platform/failpoints.ts';
import type { Answer } from '../../stripe/answer.ts';
import { cancelPaymentIntent } from '../../stripe/payment-intents.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Lease } from '../work/lease.ts';
import { moveLeased } from '../work/move-leased.ts';
import { readBound } from './read-bound.ts';
import { applyChargeFact } from './settle-charge.ts';

const RETRY_MS = 1_000;
const RETRY_MAX_MS = 60_000;

/** Cancels the charge's PaymentIntent under cancel key `number` and settles the answer. */
export async function cancelCharge(
  deps: Dependencies,
  context: ChargeContext,
  number: number,
  lease: Lease,
): Promise<void> {
  const { charge } = context;
  const id = charge.stripe_payment_intent_id;
  invariant(id !== null, 'bound_before_cancel');
  const key = buildKey({ row: charge.id, verb: 'cancel', n: number });
  await failpoint('cancel.before');
  const reason = charge.close_as === 'canceled' ? 'requested_by_customer' : 'abandoned';
  const answer = await cancelPaymentIntent(deps.stripe, { id, key, reason }, { signal: lease.signal });
  await failpoint('cancel.after_effect');
  const known = intentIn(answer);
  if (known !== null && isDecisive(known)) return settle(deps, context, known, key);
  await readAndTryAgain(deps, context, answer, key, lease);
}

/** What the answer itself says of the PaymentIntent. */
function intentIn(answer: Answer<PaymentSnapshot>): PaymentSnapshot | null {
  switch (answer.kind) {
    case 'ok':
      return answer.value;
    case 'refused':
    case 'declined':
      return answer.payment_intent;
    case 'not_executed':
    case 'indeterminate':
      return null;
    default:
      return unreachable(answer);
  }
}

function isDecisive(intent: PaymentSnapshot): boolean {
  return intent.status === 'canceled' || intent.status === 'succeeded' || intent.status === 'processing';
}

async function settle(
  deps: Dependencies,
  context: ChargeContext,
  snapshot: PaymentSnapshot,
  key: string,
): Promise<void> {
  const fact: ChargeFact = { fact: 'payment_intent', snapshot, key: null, current: true };
  await applyChargeFact(deps, context.charge.id, fact, { carrier: 'worker', reference: key, context });
}

/**
 * No verdict yet. A GET shows whether the effect is there; if it is missing and the answer under this key is
 * stored for good, the next try needs the next key, else the same.
 */
async function readAndTryAgain(
  deps: Dependencies,
  context: ChargeContext,
  answer: Answer<PaymentSnapshot>,
  key: string,
  lease: Lease,
): Promise<void> {
  const { charge } = context;
  const pause_ms = Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** Math.min(charge.tries, 6));
  if (answer.kind === 'not_executed') return waitAndRepeat(deps, context, pause_ms, key, lease);
  const read = await readBound(deps, context, lease, pause_ms);
  if (read === null) return;
  if (isDecisive(read)) return settle(deps, context, read, key);
  const stored =
    answer.kind === 'refused' ||
    answer.kind === 'declined' ||
    (answer.kind === 'indeterminate' && answer.reason === 'server_error' && answer.replayed);
  const set = stored ? { cancel_number: charge.cancel_number + 1 } : {};
  await waitAndRepeat(deps, context, pause_ms, key, lease, set);
}

async function waitAndRepeat(
  deps: Dependencies,
  { charge }: ChargeContext,
  due_in_ms: number,
  key: string,
  lease: Lease,
  set: { readonly cancel_number?: number } = {},
): Promise<void> {
  await moveLeased(deps, 'charge', charge, lease, {
    set: { tries: charge.tries + 1, ...set },
    due_in_ms,
    reference: key,
  });
}
