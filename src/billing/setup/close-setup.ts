/**
 * Closing with proof (docs/protocol.md, 12.4): a setup is canceled, expired or failed only once Stripe says that
 * nobody can complete it any more. If the customer was faster, it succeeds, and its method waits for the merchant's
 * word.
 */

import type { SetupSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { resendInMs } from '../../domain/resend.ts';
import { hasOpenCreate, nextReadInMs } from '../../domain/setup/setup-decisions.ts';
import { invariant } from '../../platform/errors.ts';
import { readSetup, type SetupContext } from '../../store/setup/setups.ts';
import type { Answer } from '../../stripe/answer.ts';
import { expireSession } from '../../stripe/checkout-sessions.ts';
import { cancelSetupIntent } from '../../stripe/setup-intents.ts';
import type { Dependencies } from '../dependencies.ts';
import { type Look, writeKeyed } from '../work/keyed-write.ts';
import type { Lease } from '../work/lease.ts';
import { done, type Outcome, rest, wait } from '../work/outcome.ts';
import { createForSetup } from './create-setup.ts';
import { type SetupSettlement, settleSetup } from './settle-setup.ts';

/** Takes a closing setup one step towards its end. */
export async function closeSetup(
  deps: Dependencies,
  context: SetupContext,
  lease: Lease,
): Promise<Outcome<'setup'>> {
  const { setup } = context;
  // An open create may have made something: learn what, under the same key, then end it.
  if (hasOpenCreate(setup)) return createForSetup(deps, context, lease);
  const is_bound = setup.stripe_setup_intent_id !== null || setup.stripe_checkout_session_id !== null;
  if (is_bound) return endAtStripe(deps, context, lease);
  return rest(setup, 'never_bound', { state: setup.close_as ?? 'canceled', settled_at: context.now });
}

/** What Stripe's answer shows of the SetupIntent; null if it shows none. */
type Ended = SetupSnapshot | null;

async function endAtStripe(
  deps: Dependencies,
  context: SetupContext,
  lease: Lease,
): Promise<Outcome<'setup'>> {
  const { setup, now } = context;
  let is_at_bank = false;
  const settle = async (key: string, intent: Ended): Promise<SetupSettlement> => {
    const news = { cause: 'worker', cause_reference: key, intent, signal: lease.signal };
    const settlement = await settleSetup(deps, setup.id, news);
    is_at_bank = settlement.kind === 'unchanged' && settlement.facts.intent?.status === 'processing';
    return settlement;
  };
  const next = { close_number: setup.close_number + 1 };
  const ended = await writeKeyed<'setup', Ended>(deps, {
    row: setup,
    verb: setup.stripe_checkout_session_id === null ? 'cancel' : 'expire',
    n: setup.close_number,
    step: 'setup.close',
    pause_ms: resendInMs(setup.close_requested_at ?? now, now),
    send: (key) => sendEnding(deps, context, key, lease),
    look: async (key) => lookWhetherEnded(deps, setup.id, await settle(key, null)),
    spent: next,
    refused: (_code, key) => leaveClosing(deps, setup.id, { is_at_bank, reference: key, set: next }),
  });
  if (ended.written === 'left') return ended.outcome;
  const settlement = await settle(ended.key, ended.value);
  const reference = settlement.kind === 'unanswered' ? settlement.reason : ended.key;
  return leaveClosing(deps, setup.id, { is_at_bank, reference, set: {} });
}

/**
 * A Session's SetupIntent cannot be cancelled by itself: we expire the Session instead
 * (https://docs.stripe.com/api/setup_intents/cancel).
 */
async function sendEnding(
  deps: Dependencies,
  { setup }: SetupContext,
  key: string,
  lease: Lease,
): Promise<Answer<Ended>> {
  const limits = { signal: lease.signal };
  const { stripe_checkout_session_id: session, stripe_setup_intent_id: id } = setup;
  if (session !== null) {
    const answer = await expireSession(deps.stripe, { id: session, key }, limits);
    return answer.kind === 'ok' ? { ...answer, value: null } : answer;
  }
  invariant(id !== null, 'setup_bound_before_cancel');
  const reason = setup.close_as === 'canceled' ? 'requested_by_customer' : 'abandoned';
  return cancelSetupIntent(deps.stripe, { id, key, reason }, limits);
}

async function lookWhetherEnded(
  deps: Dependencies,
  setup_id: string,
  settlement: SetupSettlement,
): Promise<Look<Ended>> {
  if (settlement.kind === 'unanswered') return { found: 'unanswered', reason: settlement.reason };
  const left = await readSetup(deps.sql, setup_id);
  return left?.setup.state === 'closing' ? { found: 'missing' } : { found: 'there', value: null };
}

/**
 * We may have noted something and still miss the end: then the row must not stay due at once for ever. While the bank
 * works on it, we read at the bank's pace.
 */
async function leaveClosing(
  deps: Dependencies,
  setup_id: string,
  leave: {
    readonly is_at_bank: boolean;
    readonly reference: string;
    readonly set: { readonly close_number?: number };
  },
): Promise<Outcome<'setup'>> {
  const left = await readSetup(deps.sql, setup_id);
  if (left === null || left.setup.state !== 'closing') return done;
  const { setup, now } = left;
  const clock = { state: 'processing' as const, opened_at: setup.created_at, expires_at: now, now };
  const due_in_ms = leave.is_at_bank
    ? nextReadInMs(clock, deps.timings.setupReadMinutes)
    : resendInMs(setup.close_requested_at ?? now, now);
  return wait(setup, due_in_ms, leave.reference, leave.set);
}
