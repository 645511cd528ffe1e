/**
 * The only place from which a confirm leaves: bind and write ahead in one statement, send exactly what was
 * written, settle what came back.
 */
import { type Attempt, type AttemptKind, type ChargeContext, confirmsLeft } from '../domain/charge.ts';
import type { ChargeFact } from '../domain/charge-facts.ts';
import { buildKey } from '../domain/keys.ts';
import type { PaymentSnapshot } from '../domain/payment-snapshot.ts';
import { invariant, unreachable } from '../platform/errors.ts';
import { failpoint } from '../platform/failpoints.ts';
import { releaseLease } from '../store/obligations.ts';
import type { AttemptOpened } from '../store/open-attempt.ts';
import { type Answer, afterEarlierSending } from '../stripe/answer.ts';
import { STRIPE_API_VERSION } from '../stripe/client.ts';
import { confirmBody } from '../stripe/form.ts';
import { type Confirmed, confirmPaymentIntent, retrievePaymentIntent } from '../stripe/payment-intents.ts';
import type { Dependencies } from './dependencies.ts';
import type { Lease } from './lease.ts';
import { applyChargeFact } from './settle-charge.ts';

/** Whose method, and who asked: what an attempt is opened with. */
export type Opening =
  | { readonly kind: 'own_method'; readonly created?: PaymentSnapshot }
  | { readonly kind: 'replacement'; readonly payment_method_id: string; readonly recovery_id: string }
  | {
      readonly kind: 'press';
      readonly payment_method_id: string;
      readonly recovery_id: string;
      readonly return_url: string;
      readonly future_use: boolean;
    };

const RATE_LIMIT_PAUSE_MS = 1_000;
const CONFIGURATION_PAUSE_MS = 60_000;

/** Opens the next attempt on the charge's PaymentIntent and confirms it. */
export async function openAndConfirm(
  deps: Dependencies,
  context: ChargeContext,
  opening: Opening,
  lease: Lease,
): Promise<void> {
  const created = opening.kind === 'own_method' ? opening.created : undefined;
  const intent = created ?? (await readBeforeOpening(deps, context, lease));
  if (intent === null) return;
  await deps.pacer.acquire('payment_intents.confirm', 'single', lease.signal);
  const opened = await openAttempt(deps, context, opening, intent, lease);
  if (opened === null) return;
  await confirmAttempt(deps, opened.context, opened.attempt, lease, { resending: false });
}

/** A later attempt records what the PaymentIntent looks like before it; what is final already is settled. */
export async function readBeforeOpening(
  deps: Dependencies,
  context: ChargeContext,
  lease: Lease,
): Promise<PaymentSnapshot | null> {
  const { charge } = context;
  invariant(charge.stripe_payment_intent_id !== null, 'bound_before_attempt');
  const answer = await retrievePaymentIntent(deps.stripe, charge.stripe_payment_intent_id, {
    signal: lease.signal,
  });
  if (answer.kind !== 'ok') {
    await releaseLease(deps.sql, 'charge', lease, RATE_LIMIT_PAUSE_MS);
    return null;
  }
  const { status } = answer.value;
  if (status !== 'succeeded' && status !== 'canceled' && status !== 'processing') return answer.value;
  const fact: ChargeFact = { fact: 'payment_intent', snapshot: answer.value, key: null, current: true };
  await applyChargeFact(deps, charge.id, fact, {
    carrier: 'worker',
    reference: 'read_before_attempt',
    context,
  });
  return null;
}

export type OpenedAttempt = { readonly context: ChargeContext; readonly attempt: Attempt };

/**
 * Binds and writes ahead. Null when something that the statement read forbids it by now (closed, paused,
 * consent or method gone, lease lost): the row is due and the next claim decides anew.
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
  const number = (context.attempts.at(-1)?.number ?? 0) + 1;
  const key = buildKey({ row: charge.id, verb: 'confirm', n: number });
  const payment_method_id =
    opening.kind === 'own_method' ? charge.payment_method_id : opening.payment_method_id;
  const attempt = {
    number,
    kind,
    idempotency_key: key,
    payment_method_id,
    request_body: bodyOf(opening, payment_method_id),
    api_version: STRIPE_API_VERSION,
    opened_status: intent.status,
    opened_latest_charge: intent.latest_charge,
    number_max: number - 1 + confirmsLeft(context.attempts, kind, deps.timings),
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
  deps.log.info({ event: 'attempt.opened', chargeId: charge.id, attemptNumber: number, attemptKind: kind });
  await failpoint('bind.after');
  return withAttempt(context, attempt, opened, intent, lease);
}

function bodyOf(opening: Opening, payment_method: string): string {
  if (opening.kind !== 'press') return confirmBody({ kind: 'off_session', payment_method });
  return confirmBody({
    kind: 'on_session',
    payment_method,
    return_url: opening.return_url,
    ...(opening.future_use ? { setup_future_usage: 'off_session' as const } : {}),
  });
}

function withAttempt(
  context: ChargeContext,
  written: Omit<
    Attempt,
    | 'state'
    | 'lease_number'
    | 'send_count'
    | 'replayed_error_at'
    | 'looked_at'
    | 'stripe_charge_id'
    | 'started_at'
  > & { readonly future_use: boolean },
  opened: AttemptOpened,
  intent: PaymentSnapshot,
  lease: Lease,
): OpenedAttempt {
  const attempt: Attempt = {
    ...written,
    state: 'open',
    lease_number: lease.lease_number,
    send_count: 1,
    replayed_error_at: null,
    looked_at: null,
    stripe_charge_id: null,
    started_at: context.now,
  };
  const charge = {
    ...context.charge,
    state: 'in_flight' as const,
    revision: opened.revision,
    stripe_payment_intent_id: intent.id,
    future_use_at: written.future_use ? context.now : context.charge.future_use_at,
  };
  return { attempt, context: { ...context, charge, attempts: [...context.attempts, attempt] } };
}

/** Sends an open attempt, for the first time or again, and settles the answer. */
export async function confirmAttempt(
  deps: Dependencies,
  context: ChargeContext,
  attempt: Attempt,
  lease: Lease,
  sending: { readonly resending: boolean },
): Promise<Answer<Confirmed>> {
  if (sending.resending) {
    const lane = attempt.kind === 'on_session' ? 'recovery' : 'single';
    await deps.pacer.acquire('payment_intents.confirm', lane, lease.signal);
  }
  const answer = await sendConfirm(deps, context, attempt, lease, sending);
  await settleAnswer(deps, context, attempt, answer);
  await failpoint('confirm.after');
  return answer;
}

/** One sending of the stored bytes under the stored key. */
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

/** Settles what a confirm answered. */
async function settleAnswer(
  deps: Dependencies,
  context: ChargeContext,
  attempt: Attempt,
  answer: Answer<Confirmed>,
): Promise<void> {
  const bringing = {
    carrier: attempt.kind === 'on_session' ? ('customer' as const) : ('worker' as const),
    reference: attempt.idempotency_key,
    request_id: answer.request_id,
    context,
  };
  const fact = await factOf(deps, context, attempt, answer);
  await applyChargeFact(deps, context.charge.id, fact, bringing);
}

async function factOf(
  deps: Dependencies,
  context: ChargeContext,
  attempt: Attempt,
  answer: Answer<Confirmed>,
): Promise<ChargeFact> {
  const key = attempt.idempotency_key;
  switch (answer.kind) {
    case 'ok':
      return { fact: 'payment_intent', snapshot: answer.value.snapshot, key, current: true };
    case 'declined':
      return declinedFact(key, answer);
    case 'indeterminate':
      return {
        fact: 'indeterminate',
        key,
        replayed: answer.reason === 'server_error' && answer.replayed,
      };
    case 'not_executed':
      return { fact: 'postponed', key, due_in_ms: postponeMs(deps, answer.reason) };
    case 'refused':
      return refusedFact(deps, context, key, answer);
    default:
      return unreachable(answer);
  }
}

function declinedFact(key: string, answer: Extract<Answer<never>, { kind: 'declined' }>): ChargeFact {
  const status = answer.payment_intent?.status;
  // A confirm may itself run into Stripe's limit and cancel: then that is the fact, not the decline.
  if (answer.payment_intent !== null && (status === 'canceled' || status === 'succeeded'))
    return { fact: 'payment_intent', snapshot: answer.payment_intent, key, current: true };
  return { fact: 'declined', key, error: answer.error };
}

async function refusedFact(
  deps: Dependencies,
  context: ChargeContext,
  key: string,
  answer: Extract<Answer<never>, { kind: 'refused' }>,
): Promise<ChargeFact> {
  if (answer.reason === 'unexpected_state') {
    const id = context.charge.stripe_payment_intent_id ?? '';
    const read = answer.payment_intent ?? (await currentOf(deps, id));
    const terminal =
      read?.status === 'succeeded' || read?.status === 'canceled' || read?.status === 'processing';
    if (read !== null && terminal) return { fact: 'payment_intent', snapshot: read, key, current: true };
    return { fact: 'postponed', key, due_in_ms: RATE_LIMIT_PAUSE_MS };
  }
  const methodGone = answer.reason === 'payment_method_unusable' || answer.reason === 'mandate_invalid';
  const reason = methodGone ? 'payment_method_unusable' : 'needs_review';
  return { fact: 'refused', key, reason, code: answer.code ?? answer.reason };
}

async function currentOf(deps: Dependencies, id: string): Promise<PaymentSnapshot | null> {
  const answer = await retrievePaymentIntent(deps.stripe, id);
  return answer.kind === 'ok' ? answer.value : null;
}

function postponeMs(deps: Dependencies, reason: string): number {
  if (reason === 'unauthenticated' || reason === 'forbidden') return CONFIGURATION_PAUSE_MS;
  if (reason === 'rate_limited') deps.pacer.backOff('payment_intents.confirm', RATE_LIMIT_PAUSE_MS);
  return RATE_LIMIT_PAUSE_MS;
}
