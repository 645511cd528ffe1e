/**
 * The SetupIntent or Checkout Session of a setup: written ahead, created under the row's key, bound by the first
 * writer. What loses is ended at once; its secret was never handed out, so nobody can have used it.
 */

import type { FutureUsage } from '../../domain/charge/payment-snapshot.ts';
import { buildKey, setupMetadata } from '../../domain/keys.ts';
import { nextReadInMs, opensSession, retryInMs } from '../../domain/setup/setup-decisions.ts';
import { invariant, unreachable } from '../../platform/errors.ts';
import { failpoint } from '../../platform/failpoints.ts';
import {
  abandonSetupCreate,
  bindSetup,
  type OpenedSetup,
  openSetupCreate,
  type SetupBinding,
  type SetupContext,
} from '../../store/setup/setups.ts';
import type { Answer } from '../../stripe/answer.ts';
import { createSetupSession } from '../../stripe/checkout-sessions.ts';
import { createSetupIntent } from '../../stripe/setup-intents.ts';
import { findSetupIntents, findSetupSessions } from '../../stripe/setup-searches.ts';
import type { Dependencies } from '../dependencies.ts';
import { judgeWrite } from '../work/judge-write.ts';
import type { Lease } from '../work/lease.ts';
import { moveLeased } from '../work/move-leased.ts';
import { cancelStray } from './cancel-stray-setup.ts';

/** Creates and binds what this setup owes, or resumes the create that was begun. */
export async function createForSetup(deps: Dependencies, context: SetupContext, lease: Lease): Promise<void> {
  const { stripe_customer_id: customer } = context;
  invariant(customer !== null, 'customer_bound_before_setup');
  const setup = await openSetupCreate(deps.sql, lease, deps.timings.resendWindowHours);
  if (setup === null) return;
  if (setup.stale) return lookBeforeNext(deps, setup, customer, lease);
  await failpoint('setup.create.before');
  const answer = await create(deps, setup, customer, lease);
  await failpoint('setup.create.after_effect');
  const verdict = judgeWrite(answer);
  switch (verdict.kind) {
    case 'done':
      return bind(deps, setup, verdict.value, lease);
    case 'again':
      if (verdict.needs_person) deps.log.error({ event: 'stripe.key_refused', code: verdict.code });
      return waitAndRepeat(deps, setup, lease, verdict.code);
    case 'spent':
      return lookBeforeNext(deps, setup, customer, lease);
    case 'refused':
      return refuse(deps, setup, lease, verdict.code);
    default:
      return unreachable(verdict);
  }
}

/** One body per key: everything in it is written in the row and never changes. */
async function create(
  deps: Dependencies,
  setup: OpenedSetup,
  customer: string,
  lease: Lease,
): Promise<Answer<SetupBinding>> {
  const wanted = {
    key: buildKey({ row: setup.id, verb: 'create', n: setup.create_number }),
    customer,
    payment_method_types: setup.payment_method_types,
    metadata: setupMetadata(setup.id, deps.instance.id),
  };
  const limits = { signal: lease.signal };
  if (!opensSession(setup)) {
    const usage = setup.usage as FutureUsage;
    const answer = await createSetupIntent(deps.stripe, { ...wanted, usage }, limits);
    return answer.kind === 'ok' ? { ...answer, value: intentOf(answer.value.id) } : answer;
  }
  const addresses = setup.collect
    ? deps.recovery.setupPageAddresses(setup.id)
    : { success_url: setup.return_url, cancel_url: setup.return_url };
  const answer = await createSetupSession(deps.stripe, { ...wanted, ...addresses }, limits);
  if (answer.kind !== 'ok') return answer;
  const { id, setup_intent } = answer.value.snapshot;
  return { ...answer, value: { stripe_checkout_session_id: id, stripe_setup_intent_id: setup_intent } };
}

const intentOf = (id: string): SetupBinding => ({
  stripe_setup_intent_id: id,
  stripe_checkout_session_id: null,
});

async function bind(deps: Dependencies, setup: OpenedSetup, made: SetupBinding, lease: Lease): Promise<void> {
  await failpoint('setup.bind.before');
  const clock = { state: 'awaiting_customer' as const, opened_at: setup.now, now: setup.now };
  const bound = await bindSetup(deps.sql, lease, {
    ...made,
    due_in_ms: nextReadInMs({ ...clock, expires_at: setup.expires_at }, deps.timings.setupReadMinutes),
    cause: 'worker',
  });
  await failpoint('setup.bind.after_effect');
  const is_ours =
    bound?.stripe_setup_intent_id === made.stripe_setup_intent_id &&
    bound.stripe_checkout_session_id === made.stripe_checkout_session_id;
  if (!is_ours) return cancelStray(deps, setup.id, made, lease.signal);
  deps.log.info({ event: 'setup.bound', setupId: setup.id });
}

/** Binds what an earlier create made, or gives that create up so that the next one has a new number. */
async function lookBeforeNext(
  deps: Dependencies,
  setup: OpenedSetup,
  customer: string,
  lease: Lease,
): Promise<void> {
  const found = await findMade(deps, setup, customer, lease);
  if (found.kind !== 'ok') return waitAndRepeat(deps, setup, lease, 'list_unanswered');
  if (found.value !== null) return bind(deps, setup, found.value, lease);
  await abandonSetupCreate(deps.sql, lease, setup.create_number);
}

async function findMade(
  deps: Dependencies,
  setup: OpenedSetup,
  customer: string,
  lease: Lease,
): Promise<Answer<SetupBinding | null>> {
  const search = { customer, dc_setup: setup.id, dc_instance: deps.instance.id };
  const limits = { signal: lease.signal };
  if (!opensSession(setup)) {
    const found = await findSetupIntents(deps.stripe, search, limits);
    if (found.kind !== 'ok') return found;
    const oldest = found.value.find((intent) => intent.status !== 'canceled');
    return { ...found, value: oldest === undefined ? null : intentOf(oldest.id) };
  }
  const found = await findSetupSessions(deps.stripe, search, limits);
  if (found.kind !== 'ok') return found;
  const oldest = found.value.find((session) => session.status !== 'expired');
  const binding = oldest && {
    stripe_checkout_session_id: oldest.id,
    stripe_setup_intent_id: oldest.setup_intent,
  };
  return { ...found, value: binding ?? null };
}

async function waitAndRepeat(
  deps: Dependencies,
  setup: OpenedSetup,
  lease: Lease,
  reason: string,
): Promise<void> {
  await moveLeased(deps, 'setup', setup, lease, {
    due_in_ms: retryInMs(setup.create_opened_at, setup.now),
    reference: reason,
  });
}

/**
 * Stripe will never make it, so there is nothing to end: the setup fails, and a merchant who named, say, a
 * customer that is gone learns it now. A setup that was closing ends with its next step instead. A key that was
 * used with another body is a defect of ours: a person looks.
 */
async function refuse(deps: Dependencies, setup: OpenedSetup, lease: Lease, code: string): Promise<void> {
  if (setup.state === 'closing') {
    await abandonSetupCreate(deps.sql, lease, setup.create_number);
    return;
  }
  const is_defect = code === 'idempotency_mismatch';
  // A SetupIntent that a Session was to replace has been ended before.
  const stripe_closed_at = setup.stripe_setup_intent_id === null ? null : setup.now;
  const last_error = { code, decline_code: null };
  const failed = { state: 'failed', settled_at: setup.now, stripe_closed_at, last_error };
  deps.log.error({ event: is_defect ? 'setup.parked' : 'setup.refused', setupId: setup.id, code });
  await moveLeased(deps, 'setup', setup, lease, {
    set: { detail: code, ...(is_defect ? { state: 'needs_review' } : failed) },
    due_in_ms: null,
    reference: code,
  });
}
