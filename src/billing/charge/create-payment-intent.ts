/**
 * A charge's PaymentIntent (docs/protocol.md, 2.1 and 2.2): created unconfirmed, so that a lost answer can cost an
 * orphan and never money. The first writer decides which one the charge has; no other is ever confirmed.
 */

import { disagreementOf } from '../../domain/charge/agreement.ts';
import {
  type ChargeContext,
  type ChargePolicy,
  createTypeOf,
  elapsedMs,
} from '../../domain/charge/charge.ts';
import type { ChargeFact } from '../../domain/charge/charge-facts.ts';
import { differenceOf, type MarkedCharge } from '../../domain/charge/found-payment.ts';
import { MERCHANTS_MISTAKES } from '../../domain/charge/method-fit.ts';
import type { PaymentSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { closeForMerchant } from '../../domain/decline/decline-outcome.ts';
import { MINUTE_MS } from '../../domain/durations.ts';
import { buildKey, chargeMetadata } from '../../domain/keys.ts';
import type { LookFirst } from '../../domain/loss.ts';
import { resendInMs } from '../../domain/resend.ts';
import { invariant } from '../../platform/errors.ts';
import { bindAtBank } from '../../store/charge/bind-at-bank.ts';
import type { Answer } from '../../stripe/answer.ts';
import { STRIPE_API_VERSION } from '../../stripe/client.ts';
import { createPaymentIntent, retrievePaymentIntent } from '../../stripe/payment-intents.ts';
import type { Dependencies } from '../dependencies.ts';
import { KEY_TAKEN, writeKeyed } from '../work/keyed-write.ts';
import type { Lease } from '../work/lease.ts';
import { done, type Outcome, wait } from '../work/outcome.ts';
import { seeIfDeleted } from '../work/see-deleted.ts';
import { openAndConfirm } from './confirm-attempt.ts';
import { byHolder, handToPerson, parkDiffering, parkFound } from './hand-to-person.ts';
import { cancelOthers, findMade, type Marked, markedOf, parkSeveral } from './marked-intents.ts';
import { isConfirmable } from './read-bound.ts';
import { applyChargeFact, applyChargePlan } from './settle-charge.ts';

const READ_RETRY_MS = 1_000;
const KEY_TAKEN_PAUSE_MS = MINUTE_MS;

/**
 * Creates the PaymentIntent and confirms it; with `look_first` only looks for one that a forgotten create has made. If
 * an attempt that a failover forgot has confirmed it already, it is bound and settled, and not confirmed again.
 */
export async function createAndConfirm(
  deps: Dependencies,
  context: ChargeContext,
  action: { readonly number: number; readonly look_first: LookFirst | null },
  lease: Lease,
): Promise<Outcome<'charge'>> {
  const { charge, now } = context;
  const marked = markedOf(deps, context);
  const because = action.look_first ?? 'key_old';
  const made = await writeKeyed<'charge', Made>(deps, {
    row: charge,
    verb: 'create',
    n: action.number,
    step: 'create',
    pause_ms: resendInMs(charge.create_opened_at ?? now, now),
    look_first: action.look_first,
    send: (key) => create(deps, context, { key, marked }, lease),
    look: (_key, is_key_taken) =>
      findMade(deps, context, { because, is_key_taken }, { signal: lease.signal }),
    spent: { create_number: action.number + 1, create_opened_at: null },
    unsure: (is_key_refused) => ({ detail: is_key_refused ? 'charging_paused' : null }),
    looked: { listed_at: now },
    refused: (code) => createRefused(deps, context, code, lease),
  });
  if (made.written === 'left') return made.outcome;
  if (made.value.choice === 'person') {
    await parkSeveral(deps, context, made.value.contenders, byHolder(lease));
    return done;
  }
  const { others, is_replay } = made.value;
  const intent = is_replay ? await readAgain(deps, made.value.intent, lease) : made.value.intent;
  if (intent === null) return wait(charge, READ_RETRY_MS, 'read_unanswered');
  const outcome = await bind(deps, context, intent, lease);
  await cancelOthers(deps, charge.id, intent, others, { signal: lease.signal });
  return outcome;
}

/**
 * A key that is taken may still be at work; a customer who was deleted at Stripe ends the charge, of which nothing was
 * ever bound; for everything else a person looks.
 */
async function createRefused(
  deps: Dependencies,
  context: ChargeContext,
  code: string,
  lease: Lease,
): Promise<Outcome<'charge'>> {
  const { charge, stripe_customer_id, recovery } = context;
  if (code === KEY_TAKEN && !isQuiet(context, deps.timings)) return wait(charge, KEY_TAKEN_PAUSE_MS, code);
  if (code !== 'resource_missing' || stripe_customer_id === null)
    return endRefused(deps, context, code, lease);
  const seen = await seeIfDeleted(deps, stripe_customer_id, charge.id);
  if (seen === 'unanswered') return wait(charge, READ_RETRY_MS, 'read_unanswered');
  if (seen === 'there') return endRefused(deps, context, code, lease);
  const rest = { due_in_ms: null, attempt: null, recovery: recovery === null ? null : REVOKED } as const;
  const plan = { state: 'failed', detail: 'customer_deleted', ...rest } as const;
  await applyChargePlan(deps, context, plan, { carrier: 'worker', reference: 'customer_deleted', lease });
  return done;
}

const REVOKED = { close: 'revoked' } as const;

/** `is_replay`: Stripe shows it as it was when it was made. */
type Made = Marked & { readonly is_replay?: boolean };

/**
 * Another body under our key is a lost row's: the type of the method may have been another then. It may still be at work
 * in there, and until then no list shows what it makes.
 */
function isQuiet({ charge, now }: ChargeContext, policy: ChargePolicy): boolean {
  const { create_opened_at } = charge;
  return (
    create_opened_at !== null && elapsedMs(create_opened_at, now) >= policy.unknownQuietMinutes * MINUTE_MS
  );
}

/**
 * What has become of it since it was made, if a lost row had made it. Null when Stripe does not say.
 */
async function readAgain(
  { stripe }: Dependencies,
  { id }: PaymentSnapshot,
  { signal }: Lease,
): Promise<PaymentSnapshot | null> {
  const answer = await retrievePaymentIntent(stripe, id, { signal });
  return answer.kind === 'ok' ? answer.value : null;
}

/** Goes on with the one PaymentIntent that the charge will have, from wherever it stands. */
async function bind(
  deps: Dependencies,
  context: ChargeContext,
  created: PaymentSnapshot,
  lease: Lease,
): Promise<Outcome<'charge'>> {
  if (context.charge.close_requested_at !== null) return bindToCancel(deps, context, created, lease);
  // Ours by its key or by its marks, and proof however it was changed before: it never takes money.
  if (created.status === 'canceled') return endWith(deps, context, created, lease);
  const found = differenceOf(markedOf(deps, context), created);
  const differs = found === 'reference_found' ? null : disagreementOf(context, created);
  if (differs !== null) {
    await parkDiffering(deps, context, created, differs, byHolder(lease));
    return done;
  }
  if (found !== null) {
    await parkFound(deps, context, created, found, byHolder(lease));
    return done;
  }
  if (created.status === 'requires_action') return awaitCustomer(deps, context, created, lease);
  if (isConfirmable(created)) return openAndConfirm(deps, context, { kind: 'own_method', created }, lease);
  const fact: ChargeFact = { fact: 'payment_intent', snapshot: created, key: null, current: true };
  await applyChargeFact(deps, context.charge.id, fact, { carrier: 'worker', reference: 'listed' });
  return done;
}

/** It was cancelled before its row was lost. No second one is made in its place (docs/protocol.md, 2.7). */
async function endWith(
  deps: Dependencies,
  context: ChargeContext,
  { id }: PaymentSnapshot,
  lease: Lease,
): Promise<Outcome<'charge'>> {
  const rest = { due_in_ms: null, payment_intent_canceled: true, attempt: null } as const;
  const recovery = context.recovery === null ? null : REVOKED;
  const plan = { state: 'failed', detail: 'canceled_at_stripe', bind: id, recovery, ...rest } as const;
  await applyChargePlan(deps, context, plan, { carrier: 'worker', reference: 'listed', lease });
  return done;
}

/** The customer is at the bank's page for it: another confirm would take that page away from them. */
async function awaitCustomer(
  deps: Dependencies,
  { charge, numbers_used }: ChargeContext,
  created: PaymentSnapshot,
  { lease_number }: Lease,
): Promise<Outcome<'charge'>> {
  const number = numbers_used + 1;
  await bindAtBank(deps.sql, {
    charge_id: charge.id,
    lease_number,
    payment_intent_id: created.id,
    attempt: {
      number,
      idempotency_key: buildKey({ row: charge.id, verb: 'confirm', n: number }),
      payment_method_id: created.payment_method ?? charge.payment_method_id,
      api_version: STRIPE_API_VERSION,
      latest_charge: created.latest_charge,
    },
    press_ms: deps.timings.pressMinutes * MINUTE_MS,
  });
  return done;
}

/** The end was asked for: what was found is bound, whatever it says, so that Stripe's word on it becomes the charge's end. */
async function bindToCancel(
  deps: Dependencies,
  context: ChargeContext,
  { id }: PaymentSnapshot,
  lease: Lease,
): Promise<Outcome<'charge'>> {
  const rest = { detail: 'closing', attempt: null, recovery: null } as const;
  const plan = { state: 'closing', due_in_ms: 0, bind: id, ...rest } as const;
  await applyChargePlan(deps, context, plan, { carrier: 'worker', reference: 'listed', lease });
  return done;
}

async function create(
  deps: Dependencies,
  context: ChargeContext,
  { key, marked }: { readonly key: string; readonly marked: MarkedCharge },
  lease: Lease,
): Promise<Answer<Made>> {
  const { charge, stripe_customer_id: customer } = context;
  invariant(customer !== null, 'customer_bound_before_create');
  const answer = await createPaymentIntent(
    deps.stripe,
    {
      key,
      amount_minor: charge.amount_minor,
      currency: charge.currency,
      customer,
      payment_method_type: createTypeOf(context),
      description: charge.description,
      metadata: chargeMetadata(marked, deps.instance.id),
    },
    { signal: lease.signal },
  );
  return answer.kind === 'ok'
    ? { ...answer, value: { choice: 'one', intent: answer.value, others: [], is_replay: answer.replayed } }
    : answer;
}

/** An amount or a currency that Stripe does not take is its merchant's mistake; with any other refusal a person has to look. */
async function endRefused(
  deps: Dependencies,
  context: ChargeContext,
  code: string,
  lease: Lease,
): Promise<Outcome<'charge'>> {
  if (MERCHANTS_MISTAKES.has(code)) {
    const last_error = { code, decline_code: null, advice: 'stop' };
    const plan = { ...closeForMerchant, attempt: null, last_error };
    await applyChargePlan(deps, context, plan, { carrier: 'worker', reference: 'create_refused', lease });
    return done;
  }
  const kind = 'create_refused';
  await handToPerson(deps, {
    charge_id: context.charge.id,
    kind,
    stripe_id: null,
    observed: { code },
    move: true,
    ...byHolder(lease),
  });
  return done;
}
