/**
 * The method of the day (docs/protocol.md, 3.10 and 8.4), judged by the requests that leave for Stripe: what each was
 * allowed to name when it was let go, and who was woken for which card.
 */
import { EPOCH_MS } from './stage.ts';
import { liveRecovery } from './statements/live-recovery.ts';
import { CUSTOMER_ID } from './statements/rows.ts';
import { type AttemptRow, choiceOf, type State } from './statements/tables.ts';
import type { StripeRequest } from './stripe/stripe-api.ts';
import type { World } from './world.ts';

/** What a customer or a charge has chosen by itself, from a time on; null for nothing. */
export type Choice = { readonly from_ms: number; readonly payment_method_id: string | null };

/** A charge was made due because this card is new. */
export type Woken = { readonly at_ms: number; readonly payment_method_id: string };

/** Notes that a customer or a charge has chosen. */
export function noteChoice(
  { choices, scheduler }: World,
  id: string,
  payment_method_id: string | null,
): void {
  const known = choices.get(id) ?? [];
  choices.set(id, [...known, { from_ms: scheduler.now_ms(), payment_method_id }]);
}

/** Notes all choices anew: the database is another one. */
export function noteChoices(world: World): void {
  const { customer, charge } = world.tables.rows;
  for (const row of customer.values()) noteChoice(world, row.id, choiceOf('customer', row));
  for (const row of charge.values()) noteChoice(world, row.id, choiceOf('charge', row));
}

/** What was chosen at any time of a span. */
function chosenIn({ choices }: World, id: string, from_ms: number, to_ms: number): (string | null)[] {
  const known = choices.get(id) ?? [];
  return known
    .filter(({ from_ms: began_ms }, index) => {
      const ended_ms = known[index + 1]?.from_ms ?? Number.POSITIVE_INFINITY;
      return began_ms <= to_ms && ended_ms >= from_ms;
    })
    .map(({ payment_method_id }) => payment_method_id);
}

/** A worker's attempt with a card that the customer has saved for this charge. */
export function isReplacement({ tables }: World, charge_id: string, payment_method_id: string): boolean {
  return tables.newCards.some(
    (card) => card.charge_id === charge_id && card.payment_method_id === payment_method_id,
  );
}

/**
 * A confirm leaves that no customer asked for. It names the method that its charge kept, or that was its customer's default,
 * in the moment in which it was let go: when its attempt was opened.
 */
export function watchMethod(
  world: World,
  request: StripeRequest,
  charge_id: string,
  attempt: AttemptRow,
  knew_ms: number,
): void {
  const { tables, violate } = world;
  const method = String(request.params.payment_method);
  if (attempt.kind !== 'off_session' || isReplacement(world, charge_id, method)) return;
  // As a row stores it, in whole milliseconds.
  const opened_ms = attempt.started_at.getTime() - EPOCH_MS;
  if (world.lost_ms !== null && opened_ms <= world.lost_ms) return;
  const own = chosenIn(world, charge_id, opened_ms, opened_ms + 1);
  const preferred = own.includes(null) ? chosenIn(world, CUSTOMER_ID, opened_ms, opened_ms + 1) : [];
  const isInstead = preferred.some((id) => isClosed(world.tables, id));
  if (!own.includes(method) && !preferred.includes(method) && !isInstead)
    violate('not_method_of_day', `${request.key} ${method}, chosen: ${[...own, ...preferred].join(' ')}`);
  if (own.every((kept) => kept === null)) watchConsent(world, request, method, knew_ms);
  if (attempt.ended_at !== null) return;
  if (liveRecovery(tables, charge_id)?.kind === 'authenticate')
    violate('behind_their_back', `${request.key}`);
  watchWoken(world, charge_id, attempt);
}

/** Its network has closed the default: another card of the customer's takes its place. */
export function isClosed(tables: Pick<State, 'verdicts'>, method_id: string | null): boolean {
  return [...tables.verdicts.values()].some(({ payment_method_id }) => payment_method_id === method_id);
}

/** A charge that follows rests on a consent that covers it without having been asked: a live recurring one. */
function watchConsent({ tables, violate }: World, request: StripeRequest, method: string, knew_ms: number) {
  const consent = tables.consents.get(tables.methods.get(method)?.consent_id ?? '');
  const revoked_ms = (consent?.revoked_at?.getTime() ?? Number.POSITIVE_INFINITY) - EPOCH_MS;
  if (consent?.frequency !== 'recurring' || revoked_ms < Math.floor(knew_ms))
    violate('follows_without_consent', `${request.key} ${consent?.id}`);
}

/** One at a time for a card: no other charge that was woken for it has its try under way. */
function watchWoken(world: World, charge_id: string, attempt: AttemptRow): void {
  if (!isWoken(world, charge_id, attempt)) return;
  world.count('woken_attempt');
  for (const [other, attempts] of world.tables.attempts) {
    const newest = attempts.at(-1);
    if (other === charge_id || newest === undefined || newest.ended_at !== null) continue;
    if (newest.payment_method_id === attempt.payment_method_id && isWoken(world, other, newest))
      world.violate('woken_at_once', `${charge_id} ${other}`);
  }
}

/** The first try with this card since the charge was woken for it. */
function isWoken({ woken, tables }: World, charge_id: string, attempt: AttemptRow): boolean {
  const { payment_method_id, started_at, number } = attempt;
  const at_ms = (woken.get(charge_id) ?? []).findLast(
    (each) =>
      each.payment_method_id === payment_method_id && each.at_ms <= started_at.getTime() - EPOCH_MS + 1,
  )?.at_ms;
  if (at_ms === undefined) return false;
  return tables
    .attemptsOf(charge_id)
    .every(
      (other) =>
        other.number >= number ||
        other.payment_method_id !== payment_method_id ||
        other.started_at.getTime() - EPOCH_MS < at_ms,
    );
}
