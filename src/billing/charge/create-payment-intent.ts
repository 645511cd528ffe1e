/**
 * The PaymentIntent of a charge: created unconfirmed, so that losing the answer can cost an orphan and never
 * money. Whoever binds first decides which one the charge has; nobody ever confirms another.
 */
import type { ChargeContext } from '../../domain/charge/charge.ts';
import type { ChargeFact } from '../../domain/charge/charge-facts.ts';
import type { PaymentSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { buildKey, chargeMetadata } from '../../domain/keys.ts';
import { invariant, unreachable } from '../../platform/errors.ts';
import { failpoint } from '../../platform/failpoints.ts';
import { advanceCreate } from '../../store/charge/charge-context.ts';
import { parkCharge } from '../../store/charge/settle-charges.ts';
import { releaseLease } from '../../store/work/obligations.ts';
import type { Answer, NotExecuted } from '../../stripe/answer.ts';
import { createPaymentIntent, listPaymentIntents } from '../../stripe/payment-intents.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Lease } from '../work/lease.ts';
import { isConfirmable } from './read-bound.ts';
import { applyChargeFact } from './settle-charge.ts';

const RETRY_MS = 1_000;
const CONFIGURATION_PAUSE_MS = 60_000;
const DAY_S = 86_400;

/**
 * Creates the PaymentIntent, or finds the one that an older key may have made. Null when there is none yet:
 * then the lease is given back with the time of the next try, or the charge is parked.
 */
export async function createAndBind(
  deps: Dependencies,
  context: ChargeContext,
  action: { readonly number: number; readonly list_first: boolean },
  lease: Lease,
): Promise<PaymentSnapshot | null> {
  if (action.list_first) return findExisting(deps, context, lease);
  await deps.pacer.acquire('payment_intents.create', 'single', lease.signal);
  const answer = await create(deps, context, action.number, lease);
  return createdOrNull(deps, context, answer, lease);
}

async function create(
  deps: Dependencies,
  context: ChargeContext,
  number: number,
  lease: Lease,
): Promise<Answer<PaymentSnapshot>> {
  const { charge } = context;
  invariant(context.stripe_customer_id !== null, 'customer_bound_before_create');
  await failpoint('create.before');
  const answer = await createPaymentIntent(
    deps.stripe,
    {
      key: buildKey({ row: charge.id, verb: 'create', n: number }),
      amount_minor: charge.amount_minor,
      currency: charge.currency,
      customer: context.stripe_customer_id,
      payment_method_type: context.method.type,
      description: charge.description,
      metadata: chargeMetadata(charge.id, deps.instance.id),
    },
    { signal: lease.signal },
  );
  await failpoint('create.after_effect');
  return answer;
}

async function createdOrNull(
  deps: Dependencies,
  context: ChargeContext,
  answer: Answer<PaymentSnapshot>,
  lease: Lease,
): Promise<PaymentSnapshot | null> {
  const { charge } = context;
  switch (answer.kind) {
    case 'ok':
      return answer.value;
    case 'not_executed':
      if (answer.reason === 'rate_limited') deps.pacer.backOff('payment_intents.create', RETRY_MS);
      await releaseLease(deps.sql, 'charge', lease, later(context, pauseMs(answer.reason)));
      return null;
    case 'indeterminate':
      // A stored error will be repeated for ever; an unconfirmed PaymentIntent takes no money, so a new key
      // is safe here, and the sweep cancels what the old one may have made.
      if (answer.reason === 'server_error' && (answer.replayed || answer.should_retry === false))
        await advanceCreate(deps.sql, charge);
      else await releaseLease(deps.sql, 'charge', lease, later(context, RETRY_MS));
      return null;
    case 'declined':
    case 'refused': {
      const code = answer.kind === 'refused' ? answer.code : answer.error.code;
      await park(deps, charge.id, 'create_refused', { code });
      return null;
    }
    default:
      return unreachable(answer);
  }
}

/**
 * The create key may have been forgotten by Stripe: ask the list (consistent, unlike search) for what carries
 * our mark, take the oldest that is not cancelled, else go on with a new key. What was confirmed already, by an
 * attempt that a failover forgot, is bound and settled instead of being confirmed again.
 */
async function findExisting(
  deps: Dependencies,
  context: ChargeContext,
  lease: Lease,
): Promise<PaymentSnapshot | null> {
  const { charge } = context;
  const opened_s = Math.floor((charge.create_opened_at ?? context.now).getTime() / 1_000);
  const answer = await listPaymentIntents(
    deps.stripe,
    { customer: context.stripe_customer_id, created_gte_s: opened_s - DAY_S },
    { signal: lease.signal },
  );
  if (answer.kind !== 'ok') {
    await releaseLease(deps.sql, 'charge', lease, later(context, RETRY_MS));
    return null;
  }
  const ours = answer.value.filter(
    (intent) =>
      intent.metadata.dc_charge === charge.id &&
      intent.metadata.dc_instance === deps.instance.id &&
      intent.status !== 'canceled',
  );
  const oldest = ours.at(-1);
  if (oldest === undefined) {
    await advanceCreate(deps.sql, charge);
    return null;
  }
  if (oldest.amount_minor !== charge.amount_minor || oldest.currency !== charge.currency) {
    await park(deps, charge.id, 'amount_differs', { amount_minor: oldest.amount_minor });
    return null;
  }
  if (isConfirmable(oldest)) return oldest;
  await bindAndSettle(deps, context, oldest, lease);
  return null;
}

async function bindAndSettle(
  deps: Dependencies,
  { charge }: ChargeContext,
  snapshot: PaymentSnapshot,
  lease: Lease,
): Promise<void> {
  const { lease_number } = lease;
  const binding = { charge_id: charge.id, lease_number, payment_intent_id: snapshot.id, attempt: null };
  await deps.charges.open({ ...binding, cause: 'worker', cause_reference: 'listed' });
  const fact: ChargeFact = { fact: 'payment_intent', snapshot, key: null, current: true };
  await applyChargeFact(deps, charge.id, fact, { carrier: 'worker', reference: 'listed' });
}

async function park(
  deps: Dependencies,
  charge_id: string,
  kind: string,
  observed: Record<string, string | number | null>,
): Promise<void> {
  const parked = { charge_id, kind, stripe_id: null, observed, move: true, cause: 'worker' };
  await parkCharge(deps.sql, parked);
  deps.log.error({ event: 'charge.parked', chargeId: charge_id, code: kind });
}

const later = ({ charge }: ChargeContext, in_ms: number) => ({ revision: charge.revision, in_ms });

/** A wrong or restricted key does not heal within a second. */
function pauseMs(reason: NotExecuted['reason']): number {
  return reason === 'unauthenticated' || reason === 'forbidden' ? CONFIGURATION_PAUSE_MS : RETRY_MS;
}
