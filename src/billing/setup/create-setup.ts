/**
 * The SetupIntent or Checkout Session of a setup: written ahead, created under the row's key, bound by the first
 * writer. The loser is ended at once; its secret was never handed out, so nobody can have used it.
 */

import type { FutureUsage } from '../../domain/charge/payment-snapshot.ts';
import { setupMetadata } from '../../domain/keys.ts';
import { EVENTS_WAIT_MS, isEventsRead, lookFirst } from '../../domain/loss.ts';
import { resendInMs } from '../../domain/resend.ts';
import { createVerb, nextReadInMs, opensSession } from '../../domain/setup/setup-decisions.ts';
import { invariant } from '../../platform/errors.ts';
import { failpoint } from '../../platform/failpoints.ts';
import { requestMark } from '../../platform/ids.ts';
import {
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
import { type Look, writeKeyed } from '../work/keyed-write.ts';
import type { Lease } from '../work/lease.ts';
import { done, type Outcome, park, rest, wait } from '../work/outcome.ts';
import { seeIfDeleted } from '../work/see-deleted.ts';
import { cancelStray } from './cancel-stray-setup.ts';

/** Creates and binds what this setup owes, or resumes an open create. */
export async function createForSetup(
  deps: Dependencies,
  context: SetupContext,
  lease: Lease,
): Promise<Outcome<'setup'>> {
  const { stripe_customer_id: customer } = context;
  invariant(customer !== null, 'customer_bound_before_setup');
  const setup = await openSetupCreate(deps.sql, lease);
  if (setup === null) return done;
  const next = { create_number: setup.create_number + 1, create_opened_at: null };
  const look_first = lookFirst(setup, setup, deps.timings);
  if (look_first === null && !isEventsRead(setup, deps.timings))
    return wait(setup, EVENTS_WAIT_MS, 'events_unread');
  const made = await writeKeyed<'setup', Made>(deps, {
    row: setup,
    verb: createVerb(setup),
    n: setup.create_number,
    step: 'setup.create',
    pause_ms: resendInMs(setup.create_opened_at, setup.now),
    look_first,
    send: (key) => create(deps, setup, { key, customer }, lease),
    look: () => findMade(deps, setup, customer, lease),
    spent: next,
    looked: { listed_at: setup.now },
    refused: async (code, key) => {
      if (code === 'resource_missing') await seeIfDeleted(deps, customer, setup.id);
      // There is nothing to end: a closing setup ends with its next step.
      return setup.state === 'closing' ? wait(setup, 0, key, next) : refuse(deps, setup, code);
    },
  });
  if (made.written === 'left') return made.outcome;
  if (differs(deps, setup, made.value)) return park(setup, 'request_differs');
  await bind(deps, setup, { ...made.value, is_found: look_first !== null }, lease);
  return done;
}

/** One body per key: everything in it is in the row and never changes. */
async function create(
  deps: Dependencies,
  setup: OpenedSetup,
  given: { readonly key: string; readonly customer: string },
  lease: Lease,
): Promise<Answer<Made>> {
  const wanted = {
    ...given,
    payment_method_types: setup.payment_method_types,
    metadata: setupMetadata({ ...setup, request: requestOf(deps, setup) }, deps.instance.id),
  };
  const limits = { signal: lease.signal };
  if (!opensSession(setup)) {
    const usage = setup.usage as FutureUsage;
    const answer = await createSetupIntent(deps.stripe, { ...wanted, usage }, limits);
    return answer.kind === 'ok' ? { ...answer, value: intentOf(answer.value.id) } : answer;
  }
  const answer = await createSetupSession(deps.stripe, { ...wanted, ...addressesOf(deps, setup) }, limits);
  if (answer.kind !== 'ok') return answer;
  const { id, setup_intent } = answer.value.snapshot;
  return { ...answer, value: { stripe_checkout_session_id: id, stripe_setup_intent_id: setup_intent } };
}

/** A customer who came by our page returns to it. No address that we send to Stripe holds a token. */
function addressesOf(deps: Dependencies, setup: OpenedSetup): { success_url: string; cancel_url: string } {
  const { return_url, recovery_id, collect } = setup;
  if (recovery_id === null && !collect) return { success_url: return_url, cancel_url: return_url };
  const page = recovery_id === null ? `${deps.recovery.public_url}/s/page/${setup.id}` : return_url;
  return { success_url: `${page}/return`, cancel_url: page };
}

const intentOf = (id: string): SetupBinding => ({
  stripe_setup_intent_id: id,
  stripe_checkout_session_id: null,
});

/** What was made for a setup; `request` is its mark, if it is one that was found and has one. */
type Made = SetupBinding & { readonly request?: string | undefined };

const requestOf = (deps: Dependencies, setup: OpenedSetup): string | null =>
  requestMark(deps.instance.deriveKey, setup.request_hash);

/** Found, and made for another request under the same Idempotency-Key: its row was lost. A person looks. */
function differs(deps: Dependencies, setup: OpenedSetup, { request }: Made): boolean {
  const wanted = requestOf(deps, setup);
  return request !== undefined && wanted !== null && request !== wanted;
}

async function bind(
  deps: Dependencies,
  setup: OpenedSetup,
  made: SetupBinding & { readonly is_found: boolean },
  lease: Lease,
): Promise<void> {
  await failpoint('setup.bind.before');
  const clock = { state: 'awaiting_customer' as const, opened_at: setup.now, now: setup.now };
  const bound = await bindSetup(deps.sql, lease, {
    ...made,
    // What was found may be over long since.
    due_in_ms: made.is_found
      ? 0
      : nextReadInMs({ ...clock, expires_at: setup.expires_at }, deps.timings.setupReadMinutes),
    cause: 'worker',
  });
  await failpoint('setup.bind.after_effect');
  const is_ours =
    bound?.stripe_setup_intent_id === made.stripe_setup_intent_id &&
    bound.stripe_checkout_session_id === made.stripe_checkout_session_id;
  if (!is_ours) return cancelStray(deps, setup.id, made, lease.signal);
  deps.log.info({ event: 'setup.bound', setupId: setup.id });
}

/** The oldest that carries our mark and is still usable. */
async function findMade(
  deps: Dependencies,
  setup: OpenedSetup,
  customer: string,
  lease: Lease,
): Promise<Look<Made>> {
  const search = { customer, dc_setup: setup.id, dc_instance: deps.instance.id };
  const limits = { signal: lease.signal };
  if (!opensSession(setup)) {
    const intents = await findSetupIntents(deps.stripe, search, limits);
    if (intents.kind !== 'ok') return UNANSWERED;
    const oldest = intents.value.find((intent) => intent.status !== 'canceled');
    return oldest === undefined
      ? MISSING
      : { found: 'there', value: { ...intentOf(oldest.id), request: oldest.metadata.dc_request } };
  }
  const sessions = await findSetupSessions(deps.stripe, search, limits);
  if (sessions.kind !== 'ok') return UNANSWERED;
  const oldest = sessions.value.find((session) => session.status !== 'expired');
  if (oldest === undefined) return MISSING;
  const { id, setup_intent, metadata } = oldest;
  const binding = { stripe_checkout_session_id: id, stripe_setup_intent_id: setup_intent };
  return { found: 'there', value: { ...binding, request: metadata.dc_request } };
}

const MISSING: Look<never> = { found: 'missing' };
const UNANSWERED: Look<never> = { found: 'unanswered', reason: 'list_unanswered' };

/**
 * Stripe will never make it, so there is nothing to end: the setup fails, and the merchant, who may have named a
 * deleted customer, learns it now. A key that was used with another body is a defect of ours: a person looks.
 */
function refuse(deps: Dependencies, setup: OpenedSetup, code: string): Outcome<'setup'> {
  if (code === 'idempotency_mismatch') return park(setup, code);
  deps.log.error({ event: 'setup.refused', setupId: setup.id, code });
  return rest(setup, code, {
    state: 'failed',
    detail: code,
    settled_at: setup.now,
    // If a Session was to replace it, the SetupIntent has ended before.
    stripe_closed_at: setup.stripe_setup_intent_id === null ? null : setup.now,
    last_error: { code, decline_code: null },
  });
}
