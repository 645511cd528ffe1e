/** What must hold once a schedule has come to rest, whatever happened on the way. */
import { productionTimings } from '../../src/platform/timings.ts';
import { EPOCH_MS } from './stage.ts';
import type { Intent, Try } from './stripe-intents.ts';
import type { AttemptRow } from './tables.ts';
import type { World } from './world.ts';

const FINAL: readonly string[] = ['succeeded', 'failed', 'canceled'];
const HOUR_MS = 3_600_000;
/** With nothing in the way, a wish to close is answered within this: the longest pause between two tries, thrice. */
const CLOSE_MS = 3 * HOUR_MS;

/** Notes every broken promise in the world's violations. */
export function findViolations(world: World): void {
  judgeMoney(world);
  judgeWords(world);
  judgeRest(world);
  for (const attempt of world.tables.attempts) {
    world.count(`attempt_${attempt.state}`);
    judgeAttempt(world, attempt);
  }
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
  if ((charge.state === 'failed' || charge.state === 'canceled') && bound !== undefined)
    if (bound.status !== 'canceled') violate('closed_without_proof', bound.status);
}

/** The merchant hears one end, and after it nothing. */
function judgeWords({ tables, violate }: World): void {
  const ends = tables.told.filter((status) => FINAL.includes(status));
  if (ends.length > 1 || (ends.length === 1 && tables.told.at(-1) !== ends[0]))
    violate('told_contradiction', tables.told.join(' > '));
}

/** Everything is settled, nobody is waited for, and no person has to look. */
function judgeRest({ tables, violate, count, setting }: World): void {
  const charge = tables.charge();
  if (charge.state === 'needs_review') violate('parked', [...tables.breaks.keys()].join(' '));
  else if (!FINAL.includes(charge.state)) violate('unsettled', charge.state);
  for (const kind of tables.breaks.keys()) violate('break', kind);
  for (const { id, state } of tables.rows.recovery.values()) {
    count(`recovery_${state}`);
    if (state === 'open') violate('recovery_left_open', id);
  }
  const { attempts } = tables;
  if (attempts.length > productionTimings.confirmsMax) violate('too_many_confirms', String(attempts.length));
  const wished_at = charge.close_requested_at;
  // A debit on its way can only be waited for.
  const wasPending = setting.debit;
  if (wished_at === null || charge.settled_at === null || wasPending) return;
  const free_ms = Math.max(wished_at.getTime(), EPOCH_MS + setting.calm_at_ms);
  if (charge.settled_at.getTime() - free_ms > CLOSE_MS)
    violate('slow_to_close', `${Math.round((charge.settled_at.getTime() - free_ms) / HOUR_MS)} h`);
}

/**
 * What is written of an attempt is what Stripe did under its key, as long as every request reached Stripe in time. One
 * that came hours late may have been taken for another's, which costs a try and no money.
 */
function judgeAttempt({ bank, disturbed, violate }: World, attempt: AttemptRow): void {
  if (attempt.ended_at === null) {
    violate('attempt_left_open', `${attempt.number} ${attempt.state}`);
    return;
  }
  const intent = bank.intents.get(attempt.stripe_payment_intent_id);
  if (intent === undefined || disturbed.has(intent.id)) return;
  const tries = triesOf(intent, attempt.idempotency_key);
  const has = (...states: Try['state'][]) => tries.some(({ state }) => states.includes(state));
  const what = `attempt ${attempt.number} ${attempt.state}, Stripe: ${tries.map(({ state }) => state).join(' ')}`;
  switch (attempt.state) {
    case 'succeeded':
      if (!has('succeeded')) violate('attempt_contradicts_stripe', what);
      return;
    case 'declined':
    case 'authentication_required':
      if (!has('declined', 'superseded')) violate('attempt_contradicts_stripe', what);
      return;
    case 'lost':
    case 'not_executed':
      if (tries.length > 0) violate('attempt_contradicts_stripe', what);
      return;
    default:
      return;
  }
}

function triesOf(intent: Intent, key: string): Try[] {
  return intent.tries.filter((each) => each.key === key);
}

function idsOf(intents: readonly Intent[]): string {
  return intents.map(({ id }) => id).join(' ');
}
