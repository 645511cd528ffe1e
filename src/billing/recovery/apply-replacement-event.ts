/**
 * What Stripe says of a Checkout Session in which a customer saves another card. Webhook, the page after the
 * return and the janitor's look bring the same; each reads the method itself, because an event of some past
 * moment does not carry it.
 */
import type { SessionSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { randomId } from '../../platform/ids.ts';
import {
  bindReplacementSession,
  closeReplacement,
  completeReplacement,
  fileForDetaching,
  findReplacement,
  type ReplacementContext,
  readReplacementContext,
} from '../../store/recovery/replacements.ts';
import type { Rows } from '../../store/work/obligations.ts';
import type { EventProjection } from '../../stripe/events/event.ts';
import { retrievePaymentMethod } from '../../stripe/payment-methods.ts';
import { retrieveSetupIntent } from '../../stripe/setup-intents.ts';
import type { Dependencies } from '../dependencies.ts';

/** How soon a session is looked at again when no event told of it. */
export const SESSION_LOOK_MS = 10 * 60_000;

export type ReplacementEvent = { readonly projection: EventProjection | null };

/** - `later`: Stripe could not be read; bring it again. `ignored`: not about a replacement, or known. */
export type AppliedSession = 'completed' | 'closed' | 'ignored' | 'later' | 'foreign';

/** Applies an event that may be about a replacement's session; `ignored` when it is not. */
export async function applyReplacementEvent(
  deps: Dependencies,
  event: ReplacementEvent,
): Promise<AppliedSession> {
  const { projection } = event;
  if (projection?.object !== 'checkout.session') return 'ignored';
  const session = projection.snapshot;
  const { dc_recovery, dc_instance } = session.metadata;
  if (dc_recovery === undefined || dc_instance !== deps.instance.id) return 'ignored';
  const row = await findReplacement(deps.sql, { id: session.id, recovery_id: dc_recovery });
  if (row === null) return 'ignored';
  const is_bound = row.stripe_checkout_session_id !== null;
  if (!is_bound) await bind(deps, row, session);
  return applyReplacementSession(deps, row, session);
}

/** Applies what a session is now. A repetition changes nothing. */
export async function applyReplacementSession(
  deps: Dependencies,
  row: Rows['replacement'],
  session: SessionSnapshot,
): Promise<AppliedSession> {
  const context = await readReplacementContext(deps.sql, row.id);
  if (context === null) return 'ignored';
  if (!isOurs(session, context)) {
    deps.log.error({ event: 'replacement.foreign_session', recoveryId: row.recovery_id });
    return 'foreign';
  }
  if (session.status === 'complete') return complete(deps, row, context, session);
  if (session.status !== 'expired' || row.payment_method_id !== null) return 'ignored';
  await closeReplacement(deps.sql, { id: row.id, detail: 'session_expired', method: 'none' });
  return 'closed';
}

async function complete(
  deps: Dependencies,
  row: Rows['replacement'],
  context: ReplacementContext,
  session: SessionSnapshot,
): Promise<AppliedSession> {
  if (row.payment_method_id !== null) return 'completed';
  if (session.setup_intent === null) return 'later';
  const intent = await retrieveSetupIntent(deps.stripe, session.setup_intent);
  if (intent.kind !== 'ok' || intent.value.status !== 'succeeded') return 'later';
  if (intent.value.payment_method === null) return 'later';
  const method = await retrievePaymentMethod(deps.stripe, intent.value.payment_method);
  if (method.kind !== 'ok') return 'later';
  if (method.value.customer !== context.stripe_customer_id) return 'foreign';
  const { id, type, card } = method.value;
  if (row.state === 'closed') {
    await fileForDetaching(deps.sql, { payment_method_id: id, type, customer_id: context.customer_id });
    await deps.offer('payment_method', [id]);
    return 'closed';
  }
  return save(deps, row, { payment_method_id: id, type, card });
}

async function save(
  deps: Dependencies,
  row: Rows['replacement'],
  method: {
    readonly payment_method_id: string;
    readonly type: string;
    readonly card: { brand: string; last4: string; exp_month: number; exp_year: number } | null;
  },
): Promise<AppliedSession> {
  const message_id = randomId('msg');
  const { payment_method_id, type, card } = method;
  const saved = await completeReplacement(deps.sql, {
    replacement_id: row.id,
    payment_method_id,
    type,
    brand: card?.brand ?? null,
    last4: card?.last4 ?? null,
    exp_month: card?.exp_month ?? null,
    exp_year: card?.exp_year ?? null,
    press_within_ms: deps.timings.replacementGraceMinutes * 60_000,
    message_id,
  });
  if (!saved) return 'completed';
  deps.log.info({ event: 'replacement.completed', recoveryId: row.recovery_id, chargeId: row.charge_id });
  await deps.offer('message', [message_id]);
  await deps.offer('payment_method', [payment_method_id]);
  return 'completed';
}

async function bind(deps: Dependencies, row: Rows['replacement'], session: SessionSnapshot): Promise<void> {
  await bindReplacementSession(deps.sql, {
    id: row.id,
    session_id: session.id,
    setup_intent_id: session.setup_intent,
    due_in_ms: SESSION_LOOK_MS,
  });
}

/** A missing customer or mode compares as different. */
function isOurs(session: SessionSnapshot, context: ReplacementContext): boolean {
  return (
    session.customer !== null &&
    session.customer === context.stripe_customer_id &&
    session.livemode === context.livemode
  );
}
