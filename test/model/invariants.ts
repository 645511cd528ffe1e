/** What must hold once a schedule has come to rest, whatever happened on the way. */
import { judgeAttempts } from './attempt-invariants.ts';
import { promised } from './promised.ts';
import { EPOCH_MS } from './stage.ts';
import type { Intent } from './stripe/stripe-intents.ts';
import type { World } from './world.ts';

const FINAL: readonly string[] = ['succeeded', 'failed', 'canceled'];
const HOUR_MS = 3_600_000;

/** Notes every broken promise in the world's violations. */
export function findViolations(world: World): void {
  judgeMoney(world);
  judgeWords(world);
  judgeRest(world);
  judgeReason(world);
  judgeAttempts(world);
}

/** One PaymentIntent takes the money, and no other was ever confirmed. */
function judgeMoney({ tables, bank, violate, count }: World): void {
  const charge = tables.charge();
  const intents = [...bank.intents.values()];
  const paid = intents.filter(({ succeeded }) => succeeded > 0);
  if (intents.reduce((sum, { succeeded }) => sum + succeeded, 0) > 1) violate('double_charge', idsOf(paid));
  const confirmed = intents.filter(({ confirms }) => confirms > 0);
  if (confirmed.length > 1) violate('two_confirmed', idsOf(confirmed));
  if (intents.length > 1) count('more_than_one_intent');
  const isSucceeded = charge.state === 'succeeded';
  if (FINAL.includes(charge.state) && isSucceeded !== paid.length > 0)
    violate('contradicts_stripe', `${charge.state}, ${paid.length} paid`);
  const bound = bank.intents.get(charge.stripe_payment_intent_id ?? '');
  if (isSucceeded && bound?.status !== 'succeeded') violate('bound_to_another', String(bound?.id));
  if (isSucceeded && charge.paid_with !== bound?.payment_method)
    violate('other_method_told', `${charge.paid_with}, Stripe: ${bound?.payment_method}`);
  if ((charge.state === 'failed' || charge.state === 'canceled') && bound !== undefined)
    if (bound.status !== 'canceled') violate('closed_without_proof', bound.status);
}

/** The merchant hears of one end, and of nothing after it. */
function judgeWords({ tables, violate }: World): void {
  const ends = tables.told.filter((status) => FINAL.includes(status));
  if (ends.length > 1 || (ends.length === 1 && tables.told.at(-1) !== ends[0]))
    violate('told_contradiction', tables.told.join(' > '));
}

/** Everything is settled, nothing is waited for, and no person has to look. */
function judgeRest({ tables, violate, count, setting }: World): void {
  const charge = tables.charge();
  if (charge.state === 'needs_review') violate('parked', [...tables.breaks.keys()].join(' '));
  else if (!FINAL.includes(charge.state)) violate('unsettled', charge.state);
  for (const kind of tables.breaks.keys()) violate('break', kind);
  for (const { id, state } of tables.rows.recovery.values()) {
    count(`recovery_${state}`);
    if (state === 'open') violate('recovery_left_open', id);
  }
  const wished_at = charge.close_requested_at;
  // A debit under way can only be waited for.
  const wasPending = setting.debit;
  if (wished_at === null || charge.settled_at === null || wasPending) return;
  const free_ms = Math.max(wished_at.getTime(), EPOCH_MS + setting.calm_at_ms);
  if (charge.settled_at.getTime() - free_ms > promised.close_ms)
    violate('slow_to_close', `${Math.round((charge.settled_at.getTime() - free_ms) / HOUR_MS)} h`);
}

/** No charge ends without a reason that was given: that would lose a sale. */
function judgeReason({ tables, bank, counts, violate }: World): void {
  const { state, detail, stripe_payment_intent_id } = tables.charge();
  const bound = bank.intents.get(stripe_payment_intent_id ?? '');
  if (state === 'canceled') {
    const isAsked =
      detail === 'consent_revoked' ? tables.consent_revoked_at !== null : counts.has('merchant_cancels');
    if (!isAsked) violate('ended_for_nothing', `canceled ${detail}`);
  }
  if (state === 'failed' && !isFailure(detail)) violate('ended_for_nothing', `failed ${detail}`);

  function isFailure(why: string | null): boolean {
    switch (why) {
      case 'canceled_at_stripe':
        return bound?.canceled_by === null || bound?.canceled_by?.includes(':confirm:') === true;
      case 'recovery_expired':
        return [...tables.rows.recovery.values()].some((recovery) => recovery.state === 'expired');
      case 'merchant_action':
        return bound?.tries.some(({ isStop }) => isStop) === true;
      case 'attempts_exhausted':
        return tables.attempts.length === promised.confirms_max;
      default:
        return false;
    }
  }
}

function idsOf(intents: readonly Intent[]): string {
  return intents.map(({ id }) => id).join(' ');
}
