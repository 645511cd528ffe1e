/** What must hold for a charge's attempts once everything has come to rest. */
import { isClosed, isReplacement } from './choices.ts';
import { promised } from './promised.ts';
import { EPOCH_MS } from './stage.ts';
import type { AttemptRow } from './statements/tables.ts';
import type { Intent, Try } from './stripe/stripe-intents.ts';
import type { World } from './world.ts';

/** Notes every broken promise about attempts in the world's violations. */
export function judgeAttempts(world: World, charge_id: string): void {
  const { tables, violate, count } = world;
  const attempts = tables.attemptsOf(charge_id);
  if (attempts.length > promised.confirms_max) violate('too_many_confirms', String(attempts.length));
  const isOwn = ownOf(world, charge_id);
  const automatic = attempts.filter((each) => isOwn(each) && each.state !== 'not_executed');
  if (automatic.length > promised.automatic_attempts_max)
    violate('too_many_automatic_attempts', String(automatic.length));
  for (const [index, attempt] of attempts.entries()) {
    count(`attempt_${attempt.state}`);
    if (attempt.kind === 'off_session' && !isOwn(attempt)) count('attempt_new_card_away');
    // With a charge that waits for a person, its attempt waits too.
    const isParked = tables.charge(charge_id).state === 'needs_review';
    if (attempt.ended_at === null) {
      if (!isParked) violate('attempt_left_open', `${attempt.number} ${attempt.state}`);
    } else judgeAgainstStripe(world, attempt, attempts);
    judgeTimes(world, attempt);
    judgeAbsence(world, charge_id, attempt, attempts[index - 1]);
  }
}

/** Made by a worker with the method of the day: not with a card that was saved for this charge. */
function ownOf(world: World, charge_id: string) {
  return ({ kind, payment_method_id }: AttemptRow): boolean =>
    kind === 'off_session' && !isReplacement(world, charge_id, payment_method_id);
}

/**
 * Our record of an attempt is what Stripe did under its key, as long as every request reached Stripe in time. A
 * request that arrived hours late may have been taken for another attempt's, which costs a try and no money.
 */
function judgeAgainstStripe(
  { bank, disturbed, violate }: World,
  attempt: AttemptRow,
  attempts: readonly AttemptRow[],
): void {
  const intent = bank.intents.get(attempt.stripe_payment_intent_id);
  if (intent === undefined || disturbed.has(intent.id)) return;
  const tries = triesOf(intent, attempt);
  const has = (...states: Try['state'][]) => tries.some(({ state }) => states.includes(state));
  const what = `attempt ${attempt.number} ${attempt.state}, Stripe: ${tries.map(({ state }) => state).join(' ')}`;
  switch (attempt.state) {
    case 'succeeded':
      if (!has('succeeded') && !isEarlierChallenge(intent, attempt, attempts))
        violate('attempt_contradicts_stripe', what);
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

/**
 * The one case that cannot be told apart: no confirm of this attempt ever reached Stripe, and meanwhile the customer
 * satisfied the bank in a tab of an earlier attempt with the same method. The read then shows a success without a key.
 * The money is right, and the open attempt gets the credit.
 */
function isEarlierChallenge(intent: Intent, attempt: AttemptRow, attempts: readonly AttemptRow[]): boolean {
  if (triesOf(intent, attempt).length > 0) return false;
  return attempts.some(
    (earlier) =>
      earlier.number < attempt.number &&
      earlier.state === 'abandoned' &&
      earlier.payment_method_id === attempt.payment_method_id &&
      triesOf(intent, earlier).some(({ state }) => state === 'succeeded'),
  );
}

function triesOf(intent: Intent, { idempotency_key }: AttemptRow): Try[] {
  return intent.tries.filter(({ key }) => key === idempotency_key);
}

/** No attempt is given up before its time, or after fewer than two looks. */
function judgeTimes({ violate, tables }: World, attempt: AttemptRow): void {
  const { state, started_at, sent_at, ended_at, looked_at, replayed_error_at } = attempt;
  if (ended_at === null) return;
  const since = (from: Date) => ended_at.getTime() - from.getTime();
  if (state === 'abandoned' && since(started_at) < promised.press_ms)
    violate('abandoned_too_soon', `${since(started_at)} ms`);
  if (state !== 'lost') return;
  const isSpent =
    replayed_error_at !== null ||
    isClosed(tables, attempt.payment_method_id) ||
    tables.methods.get(attempt.payment_method_id)?.state !== 'usable' ||
    tables.consents.get(attempt.consent_id ?? '')?.revoked_at != null;
  const quiet_from_ms = isSpent
    ? (replayed_error_at ?? sent_at).getTime() + promised.quiet_ms
    : started_at.getTime() + promised.resend_ms;
  if (looked_at === null || looked_at.getTime() < quiet_from_ms || since(looked_at) < promised.recheck_ms)
    violate('lost_too_soon', `${since(started_at)} ms, ${looked_at === null ? 'no' : since(looked_at)} look`);
}

/** A worker rarely acts while the customer is away, and never once it is the customer's turn. */
function judgeAbsence(
  world: World,
  charge_id: string,
  attempt: AttemptRow,
  before: AttemptRow | undefined,
): void {
  const { tables, violate, bank, disturbed } = world;
  const { number, started_at } = attempt;
  if (attempt.kind === 'off_session' && number > promised.confirms_max - promised.confirms_kept_for_customer)
    violate('customers_confirm_used', String(number));
  const intent = bank.intents.get(attempt.stripe_payment_intent_id);
  if (before === undefined || intent === undefined || disturbed.has(intent.id)) return;
  if (before.state === 'declined' && triesOf(intent, before).some(({ isStop }) => isStop))
    violate('tried_after_stop', String(number));
  const isOwn = ownOf(world, charge_id);
  if (attempt.kind === 'off_session' && !isOwn(attempt)) judgeReplacement(world, charge_id, attempt);
  if (!isOwn(attempt) || isNewCard(world, charge_id, attempt)) return;
  const pause_ms = started_at.getTime() - (before.ended_at ?? started_at).getTime();
  if (
    before.state === 'declined' &&
    pause_ms < promised.retry_ms &&
    !isHurried(world, charge_id, before, attempt)
  )
    violate('retried_too_soon', `${number} after ${pause_ms} ms`);
  const isAsked = tables
    .attemptsOf(charge_id)
    .some((other) => other.number < number && other.state === 'authentication_required');
  const isInvited = [...tables.rows.recovery.values()].some(
    (recovery) =>
      recovery.charge_id === charge_id &&
      recovery.opened_at < started_at &&
      (!recovery.is_early || hasPressed(tables, charge_id, number)),
  );
  if (isAsked || isInvited) violate('behind_their_back', String(number));
}

/** Beside automatic tries a customer is only told, until they press. */
function hasPressed(tables: World['tables'], charge_id: string, before: number): boolean {
  return tables.attemptsOf(charge_id).some(({ kind, number }) => kind === 'on_session' && number < before);
}

/**
 * The merchant asked for the try, or the charge was made due for another card that was the default no longer when its
 * turn came.
 */
function isHurried(world: World, charge_id: string, before: AttemptRow, attempt: AttemptRow): boolean {
  const from_ms = (before.ended_at ?? before.started_at).getTime() - EPOCH_MS;
  const to_ms = attempt.started_at.getTime() - EPOCH_MS + 1;
  const isAsked = (world.retries.get(charge_id) ?? []).some(
    (asked) => asked.to_ms >= from_ms && asked.from_ms <= to_ms,
  );
  const isForOther = (world.woken.get(charge_id) ?? []).some(
    ({ at_ms, payment_method_id }) =>
      at_ms >= from_ms && at_ms <= to_ms && payment_method_id !== attempt.payment_method_id,
  );
  return isAsked || isForOther;
}

/** Not tried for this charge since its data last changed: such a card is tried at once. */
function isNewCard({ tables }: World, charge_id: string, attempt: AttemptRow): boolean {
  const renewed_at = tables.methods.get(attempt.payment_method_id)?.renewed_at ?? null;
  return tables
    .attemptsOf(charge_id)
    .every(
      (other) =>
        other.number >= attempt.number ||
        other.payment_method_id !== attempt.payment_method_id ||
        (renewed_at !== null && other.started_at < renewed_at),
    );
}

/** A worker charges a card that the customer saved only if they accepted this, after ten minutes, and once. */
function judgeReplacement({ tables, violate }: World, charge_id: string, attempt: AttemptRow): void {
  const { number, payment_method_id, started_at } = attempt;
  for (const card of tables.newCards) {
    if (card.payment_method_id !== payment_method_id) continue;
    if (!card.is_accepted) violate('charged_without_acceptance', String(number));
    const since_ms = started_at.getTime() - card.saved_at.getTime();
    if (since_ms < promised.replacement_ms) violate('charged_too_soon', `${since_ms} ms`);
  }
  const again = tables
    .attemptsOf(charge_id)
    .some((other) => other.number < number && other.payment_method_id === payment_method_id);
  if (again) violate('replacement_charged_again', String(number));
}
