/**
 * Closing with proof: a setup is canceled, expired or failed only with Stripe's word that nobody can complete it
 * any more. If the customer was faster, it is succeeded, and its method waits for the merchant's word.
 */

import type { SetupSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { buildKey } from '../../domain/keys.ts';
import { hasOpenCreate, nextReadInMs, retryInMs } from '../../domain/setup/setup-decisions.ts';
import { invariant, unreachable } from '../../platform/errors.ts';
import { failpoint } from '../../platform/failpoints.ts';
import { readSetup, type SetupContext } from '../../store/setup/setups.ts';
import { expireSession } from '../../stripe/checkout-sessions.ts';
import { cancelSetupIntent } from '../../stripe/setup-intents.ts';
import type { Dependencies } from '../dependencies.ts';
import { judgeWrite, type WriteVerdict } from '../work/judge-write.ts';
import type { Lease } from '../work/lease.ts';
import { moveLeased } from '../work/move-leased.ts';
import { createForSetup } from './create-setup.ts';
import { settleSetup } from './settle-setup.ts';

/** Takes a closing setup one step towards its end. */
export async function closeSetup(deps: Dependencies, context: SetupContext, lease: Lease): Promise<void> {
  const { setup } = context;
  // A create that was begun may have made something: learn it under the same key, then end it.
  if (hasOpenCreate(setup)) return createForSetup(deps, context, lease);
  const is_bound = setup.stripe_setup_intent_id !== null || setup.stripe_checkout_session_id !== null;
  if (is_bound) return endAtStripe(deps, context, lease);
  await moveLeased(deps, 'setup', setup, lease, {
    set: { state: setup.close_as ?? 'canceled', settled_at: context.now },
    due_in_ms: null,
    reference: 'never_bound',
  });
}

type Ending = { readonly key: string; readonly verdict: WriteVerdict<SetupSnapshot | null> };

async function endAtStripe(deps: Dependencies, context: SetupContext, lease: Lease): Promise<void> {
  await failpoint('setup.close.before');
  const { key, verdict } = await sendEnding(deps, context, lease);
  await failpoint('setup.close.after_effect');
  switch (verdict.kind) {
    case 'done':
      return settleEnding(deps, context, { key, intent: verdict.value, is_stored: false }, lease);
    case 'refused':
      return settleEnding(deps, context, { key, intent: verdict.setup_intent, is_stored: true }, lease);
    case 'spent':
      return settleEnding(deps, context, { key, intent: null, is_stored: true }, lease);
    case 'again':
      if (verdict.needs_person) deps.log.error({ event: 'stripe.key_refused', code: verdict.code });
      return waitAndRepeat(deps, context, lease, verdict.code);
    default:
      return unreachable(verdict);
  }
}

/** A Session's SetupIntent cannot be cancelled by itself: the Session is expired instead. */
async function sendEnding(deps: Dependencies, context: SetupContext, lease: Lease): Promise<Ending> {
  const { setup } = context;
  const limits = { signal: lease.signal };
  const n = setup.close_number;
  if (setup.stripe_checkout_session_id !== null) {
    const key = buildKey({ row: setup.id, verb: 'expire', n });
    const answer = await expireSession(deps.stripe, { id: setup.stripe_checkout_session_id, key }, limits);
    const verdict = judgeWrite(answer);
    return { key, verdict: verdict.kind === 'done' ? { kind: 'done', value: null } : verdict };
  }
  const id = setup.stripe_setup_intent_id;
  invariant(id !== null, 'setup_bound_before_cancel');
  const key = buildKey({ row: setup.id, verb: 'cancel', n });
  const reason = setup.close_as === 'canceled' ? 'requested_by_customer' : 'abandoned';
  return { key, verdict: judgeWrite(await cancelSetupIntent(deps.stripe, { id, key, reason }, limits)) };
}

/**
 * Settles by what Stripe says of the objects now. If the effect is missing and the key's answer is stored for
 * good, the next number is written ahead of the next try.
 */
async function settleEnding(
  deps: Dependencies,
  context: SetupContext,
  ending: { readonly key: string; readonly intent: SetupSnapshot | null; readonly is_stored: boolean },
  lease: Lease,
): Promise<void> {
  const settlement = await settleSetup(deps, context.setup.id, {
    cause: 'worker',
    cause_reference: ending.key,
    intent: ending.intent,
    signal: lease.signal,
  });
  if (settlement.kind === 'unanswered') return waitAndRepeat(deps, context, lease, settlement.reason);
  // Something may have been noted and the end still be missing: then the row must not stay due at once for ever.
  const left =
    settlement.kind === 'settled' ? await readSetup(deps.sql, context.setup.id) : settlement.context;
  if (left === null || left.setup.state !== 'closing') return;
  const { setup, now } = left;
  const is_at_bank = settlement.kind === 'unchanged' && settlement.facts.intent?.status === 'processing';
  const clock = { state: 'processing' as const, opened_at: setup.created_at, expires_at: now, now };
  await moveLeased(deps, 'setup', setup, lease, {
    set: ending.is_stored ? { close_number: setup.close_number + 1 } : {},
    due_in_ms: is_at_bank
      ? nextReadInMs(clock, deps.timings.setupReadMinutes)
      : retryInMs(setup.close_requested_at ?? now, now),
    reference: ending.key,
  });
}

async function waitAndRepeat(
  deps: Dependencies,
  { setup, now }: SetupContext,
  lease: Lease,
  reason: string,
): Promise<void> {
  await moveLeased(deps, 'setup', setup, lease, {
    due_in_ms: retryInMs(setup.close_requested_at ?? now, now),
    reference: reason,
  });
}
