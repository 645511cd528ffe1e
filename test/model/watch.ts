/** Promises about single requests, looked at while they happen. */
import { productionTimings } from '../../src/platform/timings.ts';
import { EPOCH_MS } from './stage.ts';
import type { StripeRequest } from './stripe-api.ts';
import type { Intent } from './stripe-intents.ts';
import type { World } from './world.ts';

const MINUTE_MS = 60_000;
/** What Stripe executes so long after it was decided counts as out of time. */
const PUNCTUAL_MS = productionTimings.unknownQuietMinutes * MINUTE_MS;
const RESEND_MS = productionTimings.resendWindowHours * 60 * MINUTE_MS;

/** A request leaves: what it rests on must have been written, and must still have held when its sender last looked. */
export function watchSending(world: World, request: StripeRequest, knew_ms: number): void {
  const { tables, violate } = world;
  const key = request.key ?? '';
  const charge = tables.charge();
  switch (request.op) {
    case 'confirm':
      watchConfirm(world, key, knew_ms);
      return;
    case 'create': {
      if (Number(key.split(':').at(-1)) > charge.create_number) violate('create_key_of_nobody', key);
      return;
    }
    case 'cancel': {
      const isOwn = key.includes(charge.id);
      if (isOwn && charge.close_requested_at === null) violate('cancel_unasked', key);
      return;
    }
    default:
      return;
  }
}

function watchConfirm({ tables, violate }: World, key: string, knew_ms: number): void {
  const attempt = tables.attempts.find(({ idempotency_key }) => idempotency_key === key);
  if (attempt === undefined) {
    violate('not_written_ahead', key);
    return;
  }
  const { ended_at, started_at, kind } = attempt;
  const { future_use_at } = tables.charge();
  if (ended_at !== null && ended_at.getTime() - EPOCH_MS < knew_ms) violate('ended_attempt_sent', key);
  if (EPOCH_MS + knew_ms - started_at.getTime() >= RESEND_MS) violate('old_key_sent', key);
  if (kind === 'off_session' && future_use_at !== null && future_use_at < started_at)
    violate('off_session_after_future_use', key);
}

/** Stripe executes: no confirm may have left after the wish to close, and no sweep may cancel what is bound and alive. */
export function watchExecution(world: World, request: StripeRequest, intent: Intent, knew_ms: number): void {
  const { tables, violate, scheduler } = world;
  const charge = tables.charge();
  const key = String(request.key);
  if (request.op === 'cancel') {
    const isBound = charge.stripe_payment_intent_id === intent.id;
    if (isBound && charge.close_requested_at === null) violate('bound_intent_canceled', key);
    return;
  }
  world.count('confirms');
  if (scheduler.now_ms() - knew_ms > PUNCTUAL_MS) world.disturbed.add(intent.id);
  const closed_at = charge.close_requested_at;
  if (closed_at !== null && closed_at.getTime() < EPOCH_MS + knew_ms) violate('confirm_after_close', key);
}
