/** What must hold once a schedule has come to rest, whatever happened on the way. */
import type { Rows } from '../../src/store/work/obligations.ts';
import { judgeAttempts } from './attempt-invariants.ts';
import { judgeRepetitions } from './people/debit-promises.ts';
import { promised } from './promised.ts';
import { EPOCH_MS } from './stage.ts';
import { isConsentGone, restingOn } from './statements/permission.ts';
import type { Intent } from './stripe/stripe-intents.ts';
import { hasWayOut } from './way-out.ts';
import type { World } from './world.ts';

const FINAL: readonly string[] = ['succeeded', 'failed', 'canceled'];
const HOUR_MS = 3_600_000;

/** A charge and the PaymentIntents under its mark. */
export type Judged = { readonly charge: Rows['charge']; readonly intents: readonly Intent[] };

/** Notes every broken promise in the world's violations. */
export function findViolations(world: World): void {
  const marked = intentsByMark(world);
  for (const intents of marked.values()) judgeTakings(world, intents);
  for (const charge of world.tables.rows.charge.values()) {
    const judged: Judged = { charge, intents: marked.get(charge.id) ?? [] };
    judgeMoney(world, judged);
    judgeWords(world, judged);
    judgeRest(world, judged);
    judgeReason(world, judged);
    // What is lost cannot be judged, and what is left of it is not whole.
    if (world.lost_ms === null) judgeAttempts(world, charge.id);
  }
  judgeBreaks(world);
  judgeConsents(world);
  if (world.lost_ms === null) judgeRepetitions(world);
}

/** No more charges rest on a consent than it covers. */
function judgeConsents({ tables, lost_ms, violate }: World): void {
  for (const { id, max_charges } of tables.consents.values()) {
    const resting = restingOn(tables.rows, id).length;
    if (max_charges !== null && resting > max_charges && lost_ms === null)
      violate('consent_exceeded', `${id} ${resting}`);
  }
}

/** By the charge that they were made for, whether its row is there or not. */
function intentsByMark({ bank }: World): Map<string, Intent[]> {
  const marked = new Map<string, Intent[]>();
  for (const intent of bank.intents.values()) {
    const mark = String(intent.metadata.dc_charge);
    marked.set(mark, [...(marked.get(mark) ?? []), intent]);
  }
  return marked;
}

/**
 * Ever: one PaymentIntent takes the money, and no other was confirmed; after a loss, no other that still could be paid:
 * what had ended unpaid is charged anew if it is asked for again.
 */
function judgeTakings({ violate, count, lost_ms }: World, intents: readonly Intent[]): void {
  const ours = intents.filter(({ isForeign, confirms }) => !isForeign || confirms > 0);
  if (ours.reduce((sum, { succeeded }) => sum + succeeded, 0) > 1) violate('double_charge', idsOf(ours));
  const confirmed = intents.filter(
    ({ confirms, status }) => confirms > 0 && (lost_ms === null || status !== 'canceled'),
  );
  if (confirmed.length > 1) violate('two_confirmed', idsOf(confirmed));
  if (intents.length > 1) count('more_than_one_intent');
}

/**
 * What the charge says is what Stripe says. A charge that ended unbound between a loss and its first notice is a hole that
 * is known (docs/protocol.md, "Known holes"): the money is then a break.
 */
function judgeMoney(world: World, { charge, intents }: Judged): void {
  const { bank, violate } = world;
  const bound_id = charge.stripe_payment_intent_id;
  const paid = intents.filter(
    ({ id, succeeded, isForeign }) => succeeded > 0 && (!isForeign || id === bound_id),
  );
  const isSucceeded = charge.state === 'succeeded';
  if (FINAL.includes(charge.state) && isSucceeded !== paid.length > 0) {
    if (isClosedUnnoticed(world, charge)) world.count('closed_before_noticed');
    else violate('contradicts_stripe', `${charge.state}, ${paid.length} paid`);
  }
  const bound = bank.intents.get(charge.stripe_payment_intent_id ?? '');
  if (isSucceeded && bound?.status !== 'succeeded') violate('bound_to_another', String(bound?.id));
  if (isSucceeded && charge.paid_with !== bound?.payment_method)
    violate('other_method_told', `${charge.paid_with}, Stripe: ${bound?.payment_method}`);
  if ((charge.state === 'failed' || charge.state === 'canceled') && bound !== undefined)
    if (bound.status !== 'canceled') violate('closed_without_proof', bound.status);
}

function isClosedUnnoticed({ tables, lost_ms }: World, charge: Rows['charge']): boolean {
  const { settled_at, stripe_payment_intent_id } = charge;
  if (lost_ms === null || settled_at === null || stripe_payment_intent_id !== null) return false;
  const { noticed_at } = tables;
  return settled_at.getTime() >= EPOCH_MS + lost_ms && (noticed_at === null || settled_at <= noticed_at);
}

/** The merchant hears of one end, and of nothing after it. */
function judgeWords({ tables, violate }: World, { charge }: Judged): void {
  const told = tables.toldOf(charge.id);
  const ends = told.filter((status) => FINAL.includes(status));
  if (ends.length > 1 || (ends.length === 1 && told.at(-1) !== ends[0]))
    violate('told_contradiction', told.join(' > '));
}

/** Everything is settled, nothing is waited for, and no person has to look. */
function judgeRest(world: World, { charge }: Judged): void {
  const { tables, violate, count, setting } = world;
  if (charge.state === 'needs_review') judgeParked(world, charge);
  else if (!FINAL.includes(charge.state)) violate('unsettled', charge.state);
  for (const { id, state, charge_id } of tables.rows.recovery.values()) {
    if (charge_id !== charge.id) continue;
    count(`recovery_${state}`);
    if (state === 'open') violate('recovery_left_open', id);
  }
  const wished_at = charge.close_requested_at;
  // A debit under way can only be waited for.
  const wasPending = setting.debit;
  if (wished_at === null || charge.settled_at === null || wasPending || world.lost_ms !== null) return;
  const free_ms = Math.max(wished_at.getTime(), EPOCH_MS + setting.calm_at_ms);
  if (charge.settled_at.getTime() - free_ms > promised.close_ms)
    violate('slow_to_close', `${Math.round((charge.settled_at.getTime() - free_ms) / HOUR_MS)} h`);
}

/** A person is needed only for what no rule can decide, and then has a verb that ends it. */
function judgeParked(world: World, charge: Rows['charge']): void {
  const { tables, bank, oddities, lost_ms, violate } = world;
  const about = [...tables.breaks.values()].filter(({ entity_id }) => entity_id === charge.id);
  const kinds = about.map(({ kind }) => kind).join(' ');
  // A lost confirm may have used a key of which no event tells: Stripe then refuses what goes out under it.
  const isKeyUsed = [...bank.reused].some((key) => key.startsWith(`dc1:${charge.id}:confirm:`));
  const isRefused = lost_ms !== null && about.length === 0 && isKeyUsed;
  const isTaken = about.every(({ kind }) => isOfTakenKey(world, charge.id, kind)) && about.length > 0;
  if (oddities.size === 0 && !isRefused && !isTaken) violate('parked', kinds);
  if (!hasWayOut(charge, about, bank.intents)) violate('stuck', `${charge.id} ${kinds}`);
}

/**
 * A lost create may have used the key with another body and made nothing, so that no look finds what it was (docs/protocol.md,
 * 2.5). Not where there is something to find.
 */
function isOfTakenKey({ bank, lost_ms }: World, charge_id: string, kind: string): boolean {
  const isReused = [...bank.reused].some((key) => key.startsWith(`dc1:${charge_id}:create:`));
  const isMade = [...bank.intents.values()].some(({ metadata }) => metadata.dc_charge === charge_id);
  return lost_ms !== null && kind === 'create_refused' && isReused && !isMade;
}

/** Money that no row knew is a break until a person has looked, also if its charge has come back since. */
function judgeBreaks(world: World): void {
  const { tables, oddities, lost_ms, violate } = world;
  for (const { kind, entity_id } of tables.breaks.values()) {
    const isOfLoss =
      (lost_ms !== null && kind === 'unbound_payment_intent') || isOfTakenKey(world, entity_id, kind);
    if (oddities.size === 0 && !isOfLoss) violate('break', kind);
  }
}

/** No charge ends without a reason that was given: that would lose a sale. */
function judgeReason({ tables, bank, cancels, gone, lost_ms, violate }: World, { charge }: Judged): void {
  const { state, detail, stripe_payment_intent_id } = charge;
  const bound = bank.intents.get(stripe_payment_intent_id ?? '');
  if (state === 'canceled') {
    const isAsked =
      detail === 'consent_revoked'
        ? isConsentGone(tables, charge.consent_id)
        : cancels.has(charge.id) || (detail === 'released' && isExpired(charge.id));
    if (!isAsked) violate('ended_for_nothing', `canceled ${detail}`);
  }
  if (state === 'failed' && !isFailure(detail)) violate('ended_for_nothing', `failed ${detail}`);

  /** A cancel of ours that is lost is as good as another's. */
  function isByOther(key: string | null | undefined): boolean {
    return key === null || key?.includes(':confirm:') === true || (key !== undefined && lost_ms !== null);
  }

  function isExpired(charge_id: string): boolean {
    return [...tables.rows.recovery.values()].some(
      (recovery) => recovery.charge_id === charge_id && recovery.state === 'expired',
    );
  }

  function isFailure(why: string | null): boolean {
    switch (why) {
      case 'canceled_at_stripe':
        return isByOther(bound?.canceled_by);
      case 'recovery_expired':
        return isExpired(charge.id);
      case 'merchant_action':
        // Its own try, or another charge's that ended its customer's agreement about the card.
        return (
          bound?.tries.some(({ isStop }) => isStop) === true ||
          [...tables.verdicts.values()].some(({ asks }) => asks === 'stop')
        );
      case 'customer_deleted':
        return gone.has('cus_model');
      case 'attempts_exhausted':
        return tables.attemptsOf(charge.id).at(-1)?.number === promised.confirms_max;
      default:
        return false;
    }
  }
}

function idsOf(intents: readonly Intent[]): string {
  return intents.map(({ id }) => id).join(' ');
}
