/**
 * The only place that sends a confirm: it binds and writes ahead in one statement (docs/protocol.md, 3.1), sends
 * exactly what was written, and settles the answer.
 */
import { disagreementOf } from '../../domain/charge/agreement.ts';
import {
  type Attempt,
  type AttemptKind,
  type ChargeContext,
  confirmsLeft,
  createTypeOf,
} from '../../domain/charge/charge.ts';
import type { ChargeFact } from '../../domain/charge/charge-facts.ts';
import type { PaymentSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { targetDate } from '../../domain/debit/plan-collection.ts';
import { schemeOf } from '../../domain/debit/schemes.ts';
import { planForgottenPress } from '../../domain/decline/decline-outcome.ts';
import { buildKey } from '../../domain/keys.ts';
import { invariant } from '../../platform/errors.ts';
import { failpoint } from '../../platform/failpoints.ts';
import type { AttemptOpened, AttemptOpening } from '../../store/charge/open-attempt.ts';
import { type Answer, afterEarlierSending } from '../../stripe/answer.ts';
import { STRIPE_API_VERSION } from '../../stripe/client.ts';
import { ALLOWED_TYPES, confirmBody } from '../../stripe/form.ts';
import { type Confirmed, confirmPaymentIntent } from '../../stripe/payment-intents.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Lease } from '../work/lease.ts';
import { done, type Outcome } from '../work/outcome.ts';
import { settleAnswer } from './confirm-answer.ts';
import { byHolder, parkDiffering } from './hand-to-person.ts';
import { type BoundRead, isConfirmable, readBound } from './read-bound.ts';
import { applyChargeFact, applyChargePlan } from './settle-charge.ts';

export type OpeningMethod = { readonly id: string; readonly type: string };

/** What opens an attempt: whose method it uses, and who asked for it. */
export type Opening =
  | { readonly kind: 'own_method'; readonly created?: PaymentSnapshot }
  | { readonly kind: 'replacement'; readonly method: OpeningMethod; readonly recovery_id: string }
  | {
      readonly kind: 'press';
      readonly method: OpeningMethod;
      readonly recovery_id: string;
      readonly return_url: string;
      readonly future_use: boolean;
    };

const READ_RETRY_MS = 1_000;

/** Opens the next attempt on the charge's PaymentIntent and confirms it. */
export async function openAndConfirm(
  deps: Dependencies,
  context: ChargeContext,
  opening: Opening,
  lease: Lease,
): Promise<Outcome<'charge'>> {
  const created = opening.kind === 'own_method' ? opening.created : undefined;
  const read: BoundRead =
    created === undefined ? await readBeforeOpening(deps, context, lease) : { read: 'ok', intent: created };
  if (read.read === 'left') return read.outcome;
  await deps.pacer.acquire('payment_intents.confirm', 'single', lease.signal);
  const opened = await openAttempt(deps, context, opening, read.intent, lease);
  if (opened === null) return done;
  await confirmAttempt(deps, opened.context, opened.attempt, lease, { resending: false });
  return done;
}

/**
 * Reads the PaymentIntent before a later attempt, which records what it looked like (docs/protocol.md, 3.8). If it is
 * final it is settled instead, and if somebody has changed it at Stripe it goes to a person (3.9).
 */
export async function readBeforeOpening(
  deps: Dependencies,
  context: ChargeContext,
  lease: Lease,
): Promise<BoundRead> {
  const read = await readBound(deps, context, lease, READ_RETRY_MS);
  if (read.read === 'left') return read;
  if (isConfirmable(read.intent)) {
    const differs = disagreementOf(context, read.intent);
    if (differs === null) return read;
    await parkDiffering(deps, context, read.intent, differs, byHolder(lease));
    return { read: 'left', outcome: done };
  }
  const fact: ChargeFact = { fact: 'payment_intent', snapshot: read.intent, key: null, current: true };
  const bringing = { carrier: 'worker', reference: 'read_before_attempt', context } as const;
  await applyChargeFact(deps, context.charge.id, fact, bringing);
  return { read: 'left', outcome: done };
}

export type OpenedAttempt = { readonly context: ChargeContext; readonly attempt: Attempt };

/**
 * Binds and writes ahead. Null when the statement finds the attempt forbidden by now (closed, paused, consent or
 * method gone, another chosen, lease lost): the row is due and the next claim decides again. Null as well when the
 * PaymentIntent shows that later use was written to it by a press that a loss made us forget (docs/protocol.md, 11.3):
 * it is bound, and its customer asked instead.
 */
export async function openAttempt(
  deps: Dependencies,
  context: ChargeContext,
  opening: Opening,
  intent: PaymentSnapshot,
  lease: Lease,
): Promise<OpenedAttempt | null> {
  const { charge } = context;
  const kind: AttemptKind = opening.kind === 'press' ? 'on_session' : 'off_session';
  if (kind === 'off_session' && intent.setup_future_usage !== null) {
    const plan = planForgottenPress(context, intent, deps.timings);
    await applyChargePlan(deps, context, plan, { carrier: 'worker', reference: 'future_use', lease });
    return null;
  }
  const number = context.numbers_used + 1;
  const key = buildKey({ row: charge.id, verb: 'confirm', n: number });
  const chosen = opening.kind === 'own_method';
  const method = chosen ? context.method : opening.method;
  const consent_id = chosen ? context.method.consent_id : charge.consent_id;
  const attempt = {
    number,
    kind,
    idempotency_key: key,
    payment_method_id: method.id,
    consent_id,
    chosen,
    moves: consent_id !== charge.consent_id,
    request_body: bodyOf(context, opening, method, intent),
    api_version: STRIPE_API_VERSION,
    opened_status: intent.status,
    opened_latest_charge: intent.latest_charge,
    number_max: number - 1 + confirmsLeft(context, kind, deps.timings),
    future_use: opening.kind === 'press' && opening.future_use,
    recovery_id: opening.kind === 'own_method' ? null : opening.recovery_id,
  };
  await failpoint('bind.before');
  const opened = await deps.charges.open({
    charge_id: charge.id,
    lease_number: lease.lease_number,
    payment_intent_id: intent.id,
    attempt,
    cause: kind === 'on_session' ? 'customer' : 'worker',
    cause_reference: key,
  });
  await failpoint('bind.after_effect');
  if (!opened.opened) {
    deps.log.info({ event: 'attempt.not_opened', chargeId: charge.id, attemptNumber: number });
    return null;
  }
  deps.metrics.attemptsOpenedTotal.inc({ kind });
  deps.log.info({ event: 'attempt.opened', chargeId: charge.id, attemptNumber: number, attemptKind: kind });
  await failpoint('bind.after');
  return withAttempt(context, attempt, opened, intent, lease);
}

function bodyOf(
  context: ChargeContext,
  opening: Opening,
  method: OpeningMethod,
  intent: PaymentSnapshot,
): string {
  const chosen = { payment_method: method.id, ...newTypeOf(context, method, intent) };
  if (opening.kind !== 'press')
    return confirmBody({ kind: 'off_session', ...chosen, ...targetDateOf(context, method) });
  return confirmBody({
    kind: 'on_session',
    ...chosen,
    return_url: opening.return_url,
    ...(opening.future_use ? { setup_future_usage: 'off_session' as const } : {}),
  });
}

/** The day that its customer was told, where Stripe takes it; a day that an earlier confirm named is over. */
function targetDateOf(
  { debit, now, attempts }: ChargeContext,
  { type }: OpeningMethod,
): { target_date?: { readonly type: string; readonly day: string | null } } {
  const scheme = schemeOf(type);
  if (scheme === null || debit?.notice == null) return {};
  const day = targetDate(scheme, debit.notice.collect_on, now);
  const isNamed = attempts.some(({ request_body }) => request_body.includes(`[${type}][target_date]`));
  return day === null && !isNamed ? {} : { target_date: { type, day } };
}

/**
 * The PaymentIntent takes the type it was made for, or the one that a confirm has named since. One that a lost row made
 * may take another than this row would have asked for, so what Stripe shows counts.
 */
function newTypeOf(
  context: ChargeContext,
  { type }: OpeningMethod,
  { types }: PaymentSnapshot,
): { new_type?: string } {
  const changed = context.attempts.some((attempt) => attempt.request_body.includes(ALLOWED_TYPES));
  const taken = types ?? [createTypeOf(context)];
  return changed || !taken.includes(type) ? { new_type: type } : {};
}

function withAttempt(
  context: ChargeContext,
  written: NonNullable<AttemptOpening['attempt']>,
  opened: AttemptOpened,
  intent: PaymentSnapshot,
  lease: Lease,
): OpenedAttempt {
  const attempt: Attempt = {
    ...written,
    state: 'open',
    method_usable: true,
    lease_number: lease.lease_number,
    send_count: 1,
    replayed_error_at: null,
    looked_at: null,
    stripe_charge_id: null,
    started_at: context.now,
    sent_at: context.now,
  };
  const charge = {
    ...context.charge,
    state: 'in_flight' as const,
    revision: opened.revision,
    stripe_payment_intent_id: intent.id,
    payment_method_id: written.chosen ? written.payment_method_id : context.charge.payment_method_id,
    consent_id: written.consent_id,
    future_use_at: written.future_use ? context.now : context.charge.future_use_at,
  };
  const attempts = [...context.attempts, attempt];
  return { attempt, context: { ...context, charge, attempts, numbers_used: attempt.number } };
}

/** Sends an open attempt, for the first time or again, and settles the answer. */
export async function confirmAttempt(
  deps: Dependencies,
  context: ChargeContext,
  attempt: Attempt,
  lease: Lease,
  sending: { readonly resending: boolean },
): Promise<Answer<Confirmed>> {
  const answer = await sendConfirm(deps, context, attempt, lease, sending);
  await settleAnswer(deps, context, attempt, answer, lease);
  await failpoint('confirm.after');
  return answer;
}

/** Sends the stored bytes once, under the stored key. */
async function sendConfirm(
  deps: Dependencies,
  context: ChargeContext,
  attempt: Attempt,
  lease: Lease,
  sending: { readonly resending: boolean },
): Promise<Answer<Confirmed>> {
  const id = context.charge.stripe_payment_intent_id;
  invariant(id !== null, 'bound_before_confirm');
  await failpoint('confirm.before');
  const answer = await confirmPaymentIntent(
    deps.stripe,
    { id, key: attempt.idempotency_key, body: attempt.request_body, api_version: attempt.api_version },
    { signal: lease.signal },
  );
  await failpoint('confirm.after_effect');
  return sending.resending ? afterEarlierSending(answer) : answer;
}
