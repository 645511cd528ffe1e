/**
 * What a parked row becomes when an operator releases it. Pure.
 *
 * We decide nothing here that Stripe may know better. A charge with a PaymentIntent goes to `unknown`, where an open attempt
 * is resumed under its own key and everything else is read before anything opens. Stripe has stored the refusal of a
 * create under its key, so the next create gets a new number; an unconfirmed PaymentIntent takes no money.
 */
import { type ChargeContext, openAttemptOf } from './charge/charge.ts';
import type { ChargePlan } from './charge/charge-facts.ts';

/** The kinds of rows that can be handed to a person, and the state in which they wait for one. */
export const reviewStates = {
  charge: 'needs_review',
  customer: 'needs_review',
  setup: 'needs_review',
  payment_method: 'needs_review',
  refund: 'needs_review',
  inbox_event: 'parked',
} as const;
export type ReviewKind = keyof typeof reviewStates;

/** `retry`: go on with what is owed; `close`: end it, with proof where there is something at Stripe. */
export const RELEASE_WAYS = ['retry', 'close'] as const;
export type ReleaseWay = (typeof RELEASE_WAYS)[number];

/** The row, as far as its release rests on it; absent columns are those that its kind does not have. */
export type ReviewedRow = {
  readonly stripe_payment_intent_id?: string | null;
  readonly stripe_setup_intent_id?: string | null;
  readonly stripe_checkout_session_id?: string | null;
  readonly create_number?: number;
  readonly stripe_refund_id?: string | null;
  readonly detach_number?: number;
  readonly close_as?: string | null;
  readonly recovery_id?: string | null;
  readonly forgotten_at?: Date | null;
  readonly update_number?: number;
};

export type ReleaseDecision =
  /** The row becomes this and is due at once; `next` are counters of keys that are spent. */
  | {
      readonly do: 'move';
      readonly state: string;
      readonly next?: {
        readonly create_number?: number;
        readonly detach_number?: number;
        readonly update_number?: number;
      };
    }
  /** Write the close request first, as for a merchant's cancel. */
  | { readonly do: 'request_close' }
  | { readonly do: 'refuse'; readonly because: string };

/** What a release does. Without a way, the row goes on as before: to its end, if closing was requested. */
export function decideRelease(kind: ReviewKind, row: ReviewedRow, way: ReleaseWay | null): ReleaseDecision {
  switch (kind) {
    case 'charge':
      return releaseCharge(row, way);
    case 'setup':
      return releaseSetup(row, way);
    case 'customer':
      if (way === 'close') return refuse('A customer at Stripe is owed until it is there: only retry');
      if (row.forgotten_at != null)
        return { do: 'move', state: 'erasing', next: { update_number: (row.update_number ?? 1) + 1 } };
      return { do: 'move', state: 'queued', next: nextCreate(row) };
    case 'payment_method':
      if (way === 'close') return refuse('A method is parked while it is being detached: only retry');
      return { do: 'move', state: 'detaching', next: { detach_number: (row.detach_number ?? 1) + 1 } };
    case 'refund':
      if (way === 'close')
        return refuse('What Stripe may have given back stays owed until it says so: only retry');
      // The same number again: without a look no other is sent.
      return { do: 'move', state: row.stripe_refund_id == null ? 'queued' : 'pending' };
    case 'inbox_event':
      return { do: 'move', state: way === 'close' ? 'ignored' : 'received' };
    default:
      return kind satisfies never;
  }
}

function releaseCharge(row: ReviewedRow, way: ReleaseWay | null): ReleaseDecision {
  const closes = row.close_as !== null;
  if (closes && way === 'retry') return refuse('Its end was asked for and is never taken back: only close');
  if (closes) return { do: 'move', state: 'closing' };
  if (way === 'close') return { do: 'request_close' };
  if (row.stripe_payment_intent_id !== null) return { do: 'move', state: 'unknown' };
  return { do: 'move', state: 'queued', next: nextCreate(row) };
}

function releaseSetup(row: ReviewedRow, way: ReleaseWay | null): ReleaseDecision {
  const closes = row.close_as !== null;
  if (closes && way === 'retry') return refuse('Its end was asked for and is never taken back: only close');
  if (closes) return { do: 'move', state: 'closing' };
  const is_replacement = row.recovery_id != null;
  if (is_replacement && way === 'retry')
    return refuse('The customer opens another session by themselves: only close');
  if (is_replacement || way === 'close') return { do: 'request_close' };
  const is_bound = row.stripe_setup_intent_id !== null || row.stripe_checkout_session_id !== null;
  if (is_bound) return { do: 'move', state: 'awaiting_customer' };
  return { do: 'move', state: 'queued', next: nextCreate(row) };
}

const nextCreate = (row: ReviewedRow) => ({ create_number: (row.create_number ?? 1) + 1 });

function refuse(because: string): ReleaseDecision {
  return { do: 'refuse', because };
}

/**
 * How a released charge goes on if Stripe knew nothing new: with the customer, if it was their turn, else with its next
 * attempt. `read_in_ms` is how often we look for a customer at the bank.
 */
export function planResumed(context: ChargeContext, read_in_ms: number): ChargePlan {
  const attempt = openAttemptOf(context);
  const plan = { detail: null, attempt: null, recovery: null } as const;
  if (attempt !== null) return { ...plan, state: 'action_required', due_in_ms: read_in_ms };
  if (context.recovery !== null) return { ...plan, state: 'action_required', due_in_ms: null };
  return { ...plan, state: 'queued', due_in_ms: 0 };
}
