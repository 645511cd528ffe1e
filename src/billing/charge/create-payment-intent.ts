/**
 * A charge's PaymentIntent (docs/protocol.md, 2.1 and 2.2): created unconfirmed, so that a lost answer can cost an
 * orphan and never money. The first writer decides which one the charge has; no other is ever confirmed.
 */

import type { ChargeContext } from '../../domain/charge/charge.ts';
import type { ChargeFact } from '../../domain/charge/charge-facts.ts';
import type { PaymentSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { DAY_S } from '../../domain/durations.ts';
import { chargeMetadata } from '../../domain/keys.ts';
import { resendInMs } from '../../domain/resend.ts';
import { invariant } from '../../platform/errors.ts';
import type { Answer } from '../../stripe/answer.ts';
import { readList } from '../../stripe/pages.ts';
import { createPaymentIntent, paymentIntentsIn } from '../../stripe/payment-intents.ts';
import type { Dependencies } from '../dependencies.ts';
import { type Look, writeKeyed } from '../work/keyed-write.ts';
import type { Lease } from '../work/lease.ts';
import { done, type Outcome } from '../work/outcome.ts';
import { openAndConfirm } from './confirm-attempt.ts';
import { handToPerson } from './hand-to-person.ts';
import { isConfirmable } from './read-bound.ts';
import { applyChargeFact } from './settle-charge.ts';

const RATE_LIMIT_PAUSE_MS = 1_000;

/**
 * Creates the PaymentIntent, or finds the one that an older key may have made, and confirms it. If an attempt that a
 * failover forgot has confirmed it already, it is bound and settled, and not confirmed again.
 */
export async function createAndConfirm(
  deps: Dependencies,
  context: ChargeContext,
  action: { readonly number: number; readonly list_first: boolean },
  lease: Lease,
): Promise<Outcome<'charge'>> {
  const { charge, now } = context;
  const made = await writeKeyed<'charge', PaymentSnapshot>(deps, {
    row: charge,
    verb: 'create',
    n: action.number,
    step: 'create',
    pause_ms: resendInMs(charge.create_opened_at ?? now, now),
    is_stale: action.list_first,
    send: (key) => create(deps, context, key, lease),
    look: () => findMade(deps, context, lease),
    spent: { create_number: action.number + 1, create_opened_at: null },
    refused: (code) => park(deps, charge.id, 'create_refused', { code }),
  });
  if (made.written === 'left') return made.outcome;
  const created = made.value;
  if (created.amount_minor !== charge.amount_minor || created.currency !== charge.currency)
    return park(deps, charge.id, 'amount_differs', { amount_minor: created.amount_minor });
  if (isConfirmable(created)) return openAndConfirm(deps, context, { kind: 'own_method', created }, lease);
  return bindAndSettle(deps, context, created, lease);
}

async function create(
  deps: Dependencies,
  { charge, method, stripe_customer_id: customer }: ChargeContext,
  key: string,
  lease: Lease,
): Promise<Answer<PaymentSnapshot>> {
  invariant(customer !== null, 'customer_bound_before_create');
  const answer = await createPaymentIntent(
    deps.stripe,
    {
      key,
      amount_minor: charge.amount_minor,
      currency: charge.currency,
      customer,
      payment_method_type: method.type,
      description: charge.description,
      metadata: chargeMetadata(charge.id, deps.instance.id),
    },
    { signal: lease.signal },
  );
  if (answer.kind === 'not_executed' && answer.reason === 'rate_limited')
    deps.pacer.backOff('payment_intents.create', RATE_LIMIT_PAUSE_MS);
  return answer;
}

/**
 * Finds the oldest that carries our mark and is not cancelled; by the list, which is consistent, unlike the search
 * (docs/protocol.md, 2.3).
 */
async function findMade(
  deps: Dependencies,
  context: ChargeContext,
  lease: Lease,
): Promise<Look<PaymentSnapshot>> {
  const { charge } = context;
  const opened_ms = (charge.create_opened_at ?? context.now).getTime();
  const window = {
    customer: context.stripe_customer_id,
    created_gte_s: Math.floor(opened_ms / 1_000) - DAY_S,
  };
  const answer = await readList(deps.stripe, paymentIntentsIn(window), { signal: lease.signal });
  if (answer.kind !== 'ok') return { found: 'unanswered', reason: 'list_unanswered' };
  const oldest = answer.value.findLast(
    ({ metadata, status }) =>
      metadata.dc_charge === charge.id && metadata.dc_instance === deps.instance.id && status !== 'canceled',
  );
  return oldest === undefined ? { found: 'missing' } : { found: 'there', value: oldest };
}

async function bindAndSettle(
  deps: Dependencies,
  { charge }: ChargeContext,
  snapshot: PaymentSnapshot,
  lease: Lease,
): Promise<Outcome<'charge'>> {
  const { lease_number } = lease;
  const binding = { charge_id: charge.id, lease_number, payment_intent_id: snapshot.id, attempt: null };
  await deps.charges.open({ ...binding, cause: 'worker', cause_reference: 'listed' });
  const fact: ChargeFact = { fact: 'payment_intent', snapshot, key: null, current: true };
  await applyChargeFact(deps, charge.id, fact, { carrier: 'worker', reference: 'listed' });
  return done;
}

async function park(
  deps: Dependencies,
  charge_id: string,
  kind: string,
  observed: Record<string, string | number | null>,
): Promise<Outcome<'charge'>> {
  const parked = { charge_id, kind, stripe_id: null, observed, move: true, cause: 'worker' };
  await handToPerson(deps, parked);
  return done;
}
