/** Whether each confirm was permitted: by nobody withdrawn before, and with the method that is the charge's. */
import { parseKey } from '../../../src/domain/keys.ts';
import { chaosTimings } from '../../../src/platform/timings.ts';
import type { AttemptRow, ChargeRow, Evidence, StripeRequest } from '../evidence.ts';
import type { Preferred, Withdrawal } from '../merchant.ts';
import type { Invariant } from './breach.ts';

const CONFIRM = /^\/v1\/payment_intents\/([^/]+)\/confirm$/;

/** A confirm of ours that Stripe saw, beside the rows that it names. */
export type Confirm = {
  readonly request: StripeRequest;
  readonly key: string;
  readonly charge: ChargeRow;
  /** Null when it was lost with commits. */
  readonly attempt: AttemptRow | null;
  readonly method: string | null;
};

export function confirmsOf({ requests, charges, attempts }: Evidence): Confirm[] {
  const byId = new Map(charges.map((charge) => [charge.id, charge]));
  const byKey = new Map(attempts.map((attempt) => [attempt.idempotency_key, attempt]));
  return requests.flatMap((request) => {
    const key = request.idempotency_key ?? '';
    const charge = byId.get(parseKey(key)?.row ?? '');
    if (charge === undefined || !CONFIRM.test(request.path)) return [];
    const method = new URLSearchParams(request.body).get('payment_method');
    return [{ request, key, charge, attempt: byKey.get(key) ?? null, method }];
  });
}

/**
 * I-27: once a withdrawal was answered, no confirm that it forbids reaches Stripe, except what its answer named, under
 * the attempt that had been let go by then. A second copy of a sending that Stripe had carried out before does nothing:
 * the network may have kept it, or the SDK sent it on a new connection.
 */
export const nothingAfterWithdrawal: Invariant = (evidence) => {
  const confirms = confirmsOf(evidence);
  return evidence.withdrawals.flatMap((one) => {
    const { kind, subject, acked_ms } = one;
    if (acked_ms === null) return [];
    return confirms
      .filter(({ request }) => request.at_ms > acked_ms && !request.replayed)
      .filter((confirm) => forbids(one, acked_ms, confirm) && !mayArrive(one, acked_ms, confirm))
      .map(({ key, request, charge }) => ({
        harm: 'wrong_told' as const,
        subject: charge.id,
        text: `${key} arrived ${Math.round(request.at_ms - acked_ms)} ms after the ${kind} ${subject} was answered`,
      }));
  });
};

function forbids(one: Withdrawal, acked_ms: number, { charge, attempt, method, request }: Confirm): boolean {
  const { kind, subject, lifted_ms } = one;
  const is_lifted = lifted_ms !== null && request.at_ms >= lifted_ms;
  switch (kind) {
    case 'cancel':
      return charge.id === subject;
    case 'revocation':
      return (attempt?.consent_id ?? charge.consent_id) === subject;
    case 'detachment':
      return method === subject;
    case 'deletion':
      return charge.customer_id === subject;
    case 'switch':
      return !is_lifted;
    case 'stop':
      // What it closed stays closed; what was taken in since it was lifted rests on new consents.
      return charge.customer_id === subject && (!is_lifted || charge.created_at.getTime() <= acked_ms);
  }
}

function mayArrive(
  { kind, in_flight, lifted_ms }: Withdrawal,
  acked_ms: number,
  { key, charge, attempt }: Confirm,
): boolean {
  // The row knows its newest sending only: one after charging went on again says nothing of those before.
  const sent_ms = attempt?.sent_at.getTime() ?? 0;
  if (sent_ms > acked_ms && (lifted_ms === null || sent_ms < lifted_ms)) return false;
  return in_flight.includes(kind === 'switch' ? key : charge.id);
}

/**
 * I-28: every confirm names the method of its charge, or one that the charge's own recovery saved. Of a charge that follows
 * its customer, a confirm that nobody pressed names the default of the moment in which it was let go.
 */
export const onlyItsMethod: Invariant = (evidence) =>
  confirmsOf(evidence).flatMap((confirm) => {
    const { key, charge, attempt, method } = confirm;
    if (isOfLostPress(evidence, confirm)) return [];
    const said = (text: string) => [{ harm: 'broken' as const, subject: charge.id, text: `${key} ${text}` }];
    const its = methodsOf(evidence, confirm);
    if (!its.some((id) => id === method)) return said(`named ${method}, the charge has ${its.join(' or ')}`);
    return attempt !== null && attempt.payment_method_id !== method
      ? said(`named ${method}, and ${attempt.payment_method_id} was written`)
      : [];
  });

/** With the press, the row of the card may be lost that the customer had saved for it. */
function isOfLostPress({ lost }: Evidence, { attempt, request }: Confirm): boolean {
  return lost !== null && attempt === null && isPressed(request) && request.at_ms < lost.at_ms;
}

export function isPressed({ body }: StripeRequest): boolean {
  return new URLSearchParams(body).get('off_session') !== 'true';
}

/** What a confirm may name. */
function methodsOf(evidence: Evidence, confirm: Confirm): string[] {
  const { charge, attempt, request } = confirm;
  const saved = evidence.saved
    .filter(({ charge_id }) => charge_id === charge.id)
    .map(({ payment_method_id }) => payment_method_id);
  const changes = evidence.preferred.filter(({ customer_id }) => customer_id === charge.customer_id);
  // Of the other customers no record is kept: their charges keep their one card.
  if (!charge.follows_customer || changes.length === 0) return [charge.payment_method_id, ...saved];
  // The page shows the card that was declined, or the default.
  const tried = evidence.attempts
    .filter(({ charge_id }) => isPressed(request) && charge_id === charge.id)
    .map(({ payment_method_id }) => payment_method_id);
  // With commits, changes are lost too, until they are asked for again.
  const isLost = attempt === null || evidence.lost !== null;
  const from_ms = isLost ? Number.NEGATIVE_INFINITY : attempt.started_at.getTime();
  const to_ms = isLost ? Number.POSITIVE_INFINITY : Math.min(request.at_ms, from_ms + chaosTimings.leaseMs);
  return [...new Set([...saved, ...tried, ...preferredIn(changes, from_ms, to_ms)])];
}

/** The defaults at any time of a span: while a change is asked for and not answered, the old one and the new one. */
function preferredIn(changes: readonly Preferred[], from_ms: number, to_ms: number): string[] {
  return changes
    .filter(({ asked_ms }, index) => {
      const later = changes.slice(index + 1).map(({ acked_ms }) => acked_ms ?? Number.POSITIVE_INFINITY);
      const ended_ms = Math.min(...later, Number.POSITIVE_INFINITY);
      return asked_ms <= to_ms && ended_ms >= from_ms;
    })
    .map(({ payment_method_id }) => payment_method_id);
}
