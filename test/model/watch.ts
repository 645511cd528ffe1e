/** Promises about single requests, checked while they happen. */
import { watchMethod } from './choices.ts';
import { watchDebit } from './people/debit-promises.ts';
import { promised } from './promised.ts';
import type { Process } from './scheduler.ts';
import { EPOCH_MS, type Way } from './stage.ts';
import { verdictOn } from './statements/card-verdicts.ts';
import type { StripeRequest } from './stripe/stripe-api.ts';
import type { Intent } from './stripe/stripe-intents.ts';
import { watchWithdrawn } from './withdrawals.ts';
import type { World } from './world.ts';

/** A request that took longer to reach Stripe than the network ever keeps one came out of time. */
const PUNCTUAL_MS = 90_000;

/**
 * A request leaves: what it rests on must have been written and must still have held when its sender last looked, and
 * the sender must have believed that it held the charge's lease.
 */
export function watchSending(world: World, request: StripeRequest, sender: Process): void {
  const { tables, violate, leases } = world;
  const key = request.key ?? '';
  // What it rested on may be lost since.
  if (world.lost_ms !== null && sender.knows_at_ms <= world.lost_ms) return;
  const charge = tables.rows.charge.get(rowOf(key));
  switch (request.op) {
    case 'confirm':
      if (!leases.isHeldBy(sender)) violate('sent_without_lease', key);
      watchConfirm(world, request, key, sender.knows_at_ms);
      return;
    case 'create':
      if (!leases.isHeldBy(sender)) violate('sent_without_lease', key);
      if (Number(key.split(':').at(-1)) > (charge?.create_number ?? 0)) violate('create_key_of_nobody', key);
      return;
    case 'cancel':
      // Otherwise it is an orphan's, which any process may cancel.
      if (charge === undefined) return;
      if (!leases.isHeldBy(sender)) violate('sent_without_lease', key);
      if (charge.close_requested_at === null) violate('cancel_unasked', key);
      return;
    default:
      return;
  }
}

function watchConfirm(world: World, request: StripeRequest, key: string, knew_ms: number): void {
  const { tables, violate } = world;
  const charge_id = rowOf(key);
  const attempt = tables.attemptsOf(charge_id).find(({ idempotency_key }) => idempotency_key === key);
  if (attempt === undefined) {
    violate('not_written_ahead', key);
    return;
  }
  const { ended_at, started_at, kind } = attempt;
  const { future_use_at } = tables.charge(charge_id);
  const knew = writtenMs(knew_ms);
  if (ended_at !== null && ended_at.getTime() < knew) violate('ended_attempt_sent', key);
  if (knew - started_at.getTime() >= promised.resend_ms) violate('old_key_sent', key);
  if (kind === 'off_session' && future_use_at !== null && future_use_at < started_at)
    violate('off_session_after_future_use', key);
  if (tables.paused_at !== null && tables.paused_at.getTime() < knew) violate('sent_under_kill_switch', key);
  if (kind === 'off_session') watchVerdicts(world, key, attempt.payment_method_id, knew);
  watchDebit(world, key, charge_id, attempt, knew);
  watchMethod(world, request, charge_id, attempt, knew_ms);
}

/** Nobody pressed: no verdict stands on the card, but one that came after this confirm was let go. */
function watchVerdicts({ tables, violate }: World, key: string, method_id: string, knew: number): void {
  const verdict = verdictOn(tables, tables.methods.get(method_id));
  if (verdict !== null && verdict.known_at.getTime() < knew)
    violate('sent_with_closed_card', `${key} ${verdict.reason}`);
}

/**
 * Stripe executes: no confirm may have left after the wish to close, and no sweep may cancel what is bound and alive.
 */
export function watchExecution(world: World, request: StripeRequest, intent: Intent, way: Way): void {
  const { tables, violate, scheduler } = world;
  const key = String(request.key);
  const charge = tables.rows.charge.get(String(intent.metadata.dc_charge));
  if (request.op === 'cancel') {
    if (intent.status === 'requires_capture') violate('hold_canceled', key);
    const isBound = charge?.stripe_payment_intent_id === intent.id;
    const isLost = world.lost_ms !== null && way.knew_ms <= world.lost_ms;
    if (isBound && charge.close_requested_at === null && !isLost) violate('bound_intent_canceled', key);
    return;
  }
  world.count('confirms');
  const isPunctual =
    way.arrived_ms - way.knew_ms <= PUNCTUAL_MS && scheduler.now_ms() - way.arrived_ms <= promised.quiet_ms;
  if (!isPunctual) world.disturbed.add(intent.id);
  const closed_at = charge?.close_requested_at ?? null;
  if (closed_at !== null && closed_at.getTime() < writtenMs(way.knew_ms)) violate('confirm_after_close', key);
  watchWithdrawn(world, request, rowOf(key), way);
}

/** The row that a key names. */
function rowOf(key: string): string {
  return key.split(':')[1] ?? '';
}

/** As a row stores it: dates know whole milliseconds only, and within one millisecond the order is unknown. */
function writtenMs(at_ms: number): number {
  return Math.floor(EPOCH_MS + at_ms);
}
