/**
 * What was withdrawn and answered: from the answer on no confirm that it forbids reaches Stripe, but those that the
 * answer named as `in_flight` (docs/protocol.md, 12.5). Judged by the requests that Stripe gets, against the time of the
 * answer.
 */
import type { Way } from './stage.ts';
import { listInFlight } from './statements/charge-statements.ts';
import type { Tables } from './statements/tables.ts';
import type { StripeRequest } from './stripe/stripe-api.ts';
import type { World } from './world.ts';

/** What a confirm names and rests on. */
export type Resting = { readonly payment_method_id: string; readonly consent_id: string | null };
export type Concern = (charge_id: string, resting: Resting) => boolean;

export type Withdrawal = {
  /** Names it in a violation. */
  readonly what: 'cancel' | 'revocation' | 'stop' | 'detachment' | 'detached';
  readonly concerns: Concern;
  readonly answered_ms: number;
  readonly in_flight: readonly string[];
  /**
   * The confirms whose outcome was known by then, which no answer names: a failed try, or a debit that the bank had. Only a
   * sender whose machine slept for longer than Stripe keeps a key can have one of them carried out anew.
   */
  readonly known: ReadonlySet<string>;
  /** Withdraws the same once more, after its row was lost. */
  readonly again: (() => Promise<void>) | null;
};

/**
 * Withdraws, asks what may still arrive, and answers. Whoever dies in between has answered nobody. `act` says whether there
 * was anything to withdraw.
 */
export async function withdraw(
  world: World,
  what: Withdrawal['what'],
  concerns: Concern,
  act: () => Promise<boolean>,
): Promise<void> {
  const { statement, tables, scheduler, count, trace } = world;
  const began_ms = scheduler.now_ms();
  if (!(await act())) return;
  const { in_flight, known } = await statement('listInFlight', () => ({
    in_flight: listInFlight(tables, concerns),
    known: knownOutcomes(tables),
  }));
  if (in_flight.length > 0) count('in_flight_listed');
  trace?.(`${what} is answered, in flight: ${in_flight.join(' ')}`);
  const again = () => withdraw(world, what, concerns, act);
  // Perhaps lost between its writing and its answer: it has to be entered again like what was answered before.
  const isLost = world.lost_ms !== null && began_ms <= world.lost_ms;
  const withdrawals = isLost ? world.lost_withdrawals : world.withdrawals;
  withdrawals.push({ what, concerns, answered_ms: scheduler.now_ms(), in_flight, known, again });
}

/** The keys of confirms whose outcome is known: a debit's, too, while the bank has it. */
export function knownOutcomes({ attempts }: Tables): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const each of attempts.values())
    for (const { idempotency_key, state } of each) if (state !== 'open') keys.add(idempotency_key);
  return keys;
}

/**
 * Stripe executes a confirm. It left before the answer, and the answer named it, however long its sender was frozen or
 * the network kept it: unless its outcome was known by then, or its attempt has ended since, by an outcome or given up as
 * lost after the quiet time.
 */
export function watchWithdrawn(world: World, request: StripeRequest, charge_id: string, way: Way): void {
  const { tables } = world;
  const payment_method_id = String(request.params.payment_method);
  const attempt = tables.attemptsOf(charge_id).find((one) => one.idempotency_key === request.key);
  const isEnded = attempt?.ended_at != null;
  // A press rests on no consent, also where the row that said so is lost.
  const isAway = request.params.off_session === 'true';
  const resting = attempt ?? (isAway ? tables.methods.get(payment_method_id) : null);
  const consent_id = resting?.consent_id ?? null;
  // What let it go is lost, so no answer can name it.
  const isLost = world.lost_ms !== null && way.knew_ms <= world.lost_ms;
  for (const { what, concerns, answered_ms, in_flight, known } of world.withdrawals) {
    if (way.arrived_ms <= answered_ms || !concerns(charge_id, { payment_method_id, consent_id })) continue;
    if (way.knew_ms > answered_ms) world.violate('sent_after_withdrawal', `${what} ${request.key}`);
    else if (!isEnded && !isLost && !known.has(String(request.key)) && !in_flight.includes(charge_id))
      world.violate('unlisted_after_withdrawal', `${what} ${request.key}`);
  }
}

/** A charge is taken in: not with what it rests on, once its withdrawal was answered. */
export function watchIntake(
  { tables, withdrawals, lost_withdrawals, violate }: World,
  charge_id: string,
): void {
  for (const withdrawal of withdrawals) {
    const { what, concerns } = withdrawal;
    // One whose row was lost is not known until it is entered again; meanwhile charging is off.
    if (lost_withdrawals.includes(withdrawal)) continue;
    if (what !== 'cancel' && concerns(charge_id, tables.charge(charge_id)))
      violate('taken_in_after_withdrawal', `${what} ${charge_id}`);
  }
}
