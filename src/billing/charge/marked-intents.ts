/**
 * The PaymentIntents that carry a charge's mark while it is bound to none: found by the list, which is consistent,
 * unlike the search (docs/protocol.md, 2.3).
 */
import { disagreementOf } from '../../domain/charge/agreement.ts';
import type { ChargeContext } from '../../domain/charge/charge.ts';
import type { ChargeFact } from '../../domain/charge/charge-facts.ts';
import { differenceOf, type MarkedCharge } from '../../domain/charge/found-payment.ts';
import { chooseMarked, hasMoney, type MarkedChoice } from '../../domain/charge/marked-intents.ts';
import type { PaymentSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { DAY_MS } from '../../domain/durations.ts';
import { type LookFirst, lookSince } from '../../domain/loss.ts';
import { invariant } from '../../platform/errors.ts';
import { requestMark } from '../../platform/ids.ts';
import type { CallLimits } from '../../stripe/client.ts';
import { findInList } from '../../stripe/pages.ts';
import { paymentIntentsIn } from '../../stripe/payment-intents.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Look } from '../work/keyed-write.ts';
import { cancelOrphan } from './cancel-orphan.ts';
import { handToPerson, type ParkedBy, parkFound } from './hand-to-person.ts';
import { applyChargeFact, type Bringing, type Brought, type SettleDependencies } from './settle-charge.ts';

export type Marked = Exclude<MarkedChoice<PaymentSnapshot>, { choice: 'none' }>;

/** A charge waits unbound for days at most; a restore may bring one back that is older. */
const WINDOW_MS = 90 * DAY_MS;

/**
 * Looks for what was made for the charge: by its mark and, after a loss of rows, by its reference, which another request
 * for the same debt may have carried. Where Stripe knows the create's key with another body, what was cancelled since is
 * what that key has made, if it was made for the same request.
 */
export async function findMade(
  deps: Pick<Dependencies, 'stripe' | 'instance'>,
  context: ChargeContext,
  search: { readonly because: LookFirst; readonly is_key_taken: boolean },
  limits: CallLimits,
): Promise<Look<Marked>> {
  const { because, is_key_taken } = search;
  const { charge } = context;
  const isMarked = isOf(charge.id);
  const { reference } = charge;
  const carries = ({ metadata, status }: PaymentSnapshot): boolean =>
    metadata.reference === reference && status !== 'canceled';
  const isWide = because === 'rows_lost' && reference !== null && charge.close_requested_at === null;
  const isWanted = (intent: PaymentSnapshot): boolean => isMarked(intent) || (isWide && carries(intent));
  const listed = await listOurs(deps, context, lookSince(because, charge, context), isWanted, limits);
  if (listed === null) return { found: 'unanswered', reason: 'list_unanswered' };
  const choice = chooseMarked(listed.filter(isMarked));
  if (choice.choice !== 'none') return { found: 'there', value: choice };
  const marked = markedOf(deps, context);
  const isOver = (intent: PaymentSnapshot): boolean =>
    intent.status === 'canceled' &&
    differenceOf(marked, intent) === null &&
    disagreementOf(context, intent) === null;
  const other =
    listed.find((intent) => isWide && carries(intent)) ?? (is_key_taken ? listed.find(isOver) : undefined);
  return other === undefined
    ? { found: 'missing' }
    : { found: 'there', value: { choice: 'one', intent: other, others: [] } };
}

/** The charge with the marks that its PaymentIntent carries. */
export function markedOf(
  { instance }: Pick<Dependencies, 'instance'>,
  { charge }: ChargeContext,
): MarkedCharge {
  return { ...charge, request: requestMark(instance.deriveKey, charge.request_hash) };
}

const isOf =
  (charge_id: string) =>
  ({ metadata }: PaymentSnapshot): boolean =>
    metadata.dc_charge === charge_id;

/** Oldest first; null when Stripe does not answer. */
async function listOurs(
  { stripe, instance }: Pick<Dependencies, 'stripe' | 'instance'>,
  { stripe_customer_id: customer }: ChargeContext,
  since: Date,
  isWanted: (intent: PaymentSnapshot) => boolean,
  limits: CallLimits,
): Promise<readonly PaymentSnapshot[] | null> {
  // Without a customer the list would be the whole account's.
  invariant(customer !== null, 'customer_bound_before_list');
  const list = paymentIntentsIn({ customer, created_gte_s: Math.floor(since.getTime() / 1_000) });
  const isOurs = (intent: PaymentSnapshot) => intent.metadata.dc_instance === instance.id && isWanted(intent);
  const answer = await findInList(stripe, list, isOurs, limits);
  return answer.kind === 'ok' ? answer.value : null;
}

/**
 * Money under the mark of an unbound charge, brought by an event or found by a sweep: bound and settled by whoever brings it
 * (docs/protocol.md, 2.10). Reads the others first, because a second payment of the charge is for a person. `unreadable`
 * when Stripe or the charge's own customer cannot be asked yet.
 */
export async function settleMarked(
  deps: SettleDependencies & Pick<Dependencies, 'stripe' | 'instance'>,
  context: ChargeContext,
  brought: PaymentSnapshot,
  bringing: Bringing,
  limits: CallLimits,
): Promise<Brought | 'unreadable'> {
  if (context.stripe_customer_id === null) return 'unreadable';
  const since = new Date(context.now.getTime() - WINDOW_MS);
  const listed = await listOurs(deps, context, since, isOf(context.charge.id), limits);
  if (listed === null) return 'unreadable';
  const isListed = listed.some(({ id }) => id === brought.id);
  const choice = chooseMarked(isListed ? listed : [...listed, brought]);
  if (choice.choice === 'none') return 'stale';
  if (choice.choice === 'person') {
    if (context.charge.state === 'needs_review') return 'stale';
    await parkSeveral(deps, context, choice.contenders, { cause: bringing.carrier });
    return 'parked';
  }
  // What has taken no money yet is bound by the worker that is about to confirm it.
  if (!hasMoney(choice.intent)) return 'stale';
  const found = differenceOf(markedOf(deps, context), choice.intent);
  const isAgreed = disagreementOf(context, choice.intent) === null;
  if (found !== null && isAgreed && context.charge.close_requested_at === null) {
    if (context.charge.state === 'needs_review') return 'stale';
    await parkFound(deps, context, choice.intent, found, { cause: bringing.carrier });
    return 'parked';
  }
  const fact: ChargeFact = { fact: 'payment_intent', snapshot: choice.intent, key: null, current: true };
  const settled = await applyChargeFact(deps, context.charge.id, fact, { ...bringing, context });
  await cancelOthers(deps, context.charge.id, choice.intent, choice.others, limits);
  return settled;
}

/**
 * Cancels the others once one is bound for good. At once, because a customer could still pass a challenge of one of
 * them, and because the sweep looks two days back only.
 */
export async function cancelOthers(
  deps: Pick<Dependencies, 'sql' | 'charges' | 'stripe' | 'log'>,
  charge_id: string,
  bound: PaymentSnapshot,
  others: readonly PaymentSnapshot[],
  limits: CallLimits,
): Promise<void> {
  if (others.length === 0) return;
  const now = await deps.charges.read(charge_id);
  if (now?.charge.stripe_payment_intent_id !== bound.id) return;
  for (const other of others) await cancelOrphan(deps, other, 'bound_to_another', limits);
}

/** Hands the charge to a person, who is told of each PaymentIntent that could be its own. */
export async function parkSeveral(
  deps: Pick<Dependencies, 'sql' | 'metrics' | 'log'>,
  { charge }: ChargeContext,
  contenders: readonly PaymentSnapshot[],
  by: ParkedBy,
): Promise<void> {
  const payment_intents = contenders.map(({ id, status }) => `${id} ${status}`).join(', ');
  await handToPerson(deps, {
    charge_id: charge.id,
    kind: 'several_payment_intents',
    stripe_id: contenders[0]?.id ?? null,
    observed: { state: charge.state, payment_intents },
    move: true,
    ...by,
  });
}
