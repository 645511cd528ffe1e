/**
 * What an operator's verb does to a charge, from what Stripe says at that moment (docs/protocol.md, 13.5). Pure. A
 * person decides what money is to become; Stripe alone says what money there is.
 */
import type { PaymentSnapshot } from './charge/payment-snapshot.ts';
import { type ChargeState, isTerminal } from './machines.ts';

/** A charge, as far as a verb rests on it. */
export type OperatedCharge = {
  readonly id: string;
  readonly revision: number;
  readonly state: ChargeState;
  readonly amount_minor: number;
  readonly currency: string;
  readonly livemode: boolean;
  readonly stripe_payment_intent_id: string | null;
  readonly stripe_customer_id: string | null;
  readonly cancel_number: number;
};

type Refuse = { readonly do: 'refuse'; readonly because: string };

export type AcceptDecision =
  | Refuse
  /** The charge is paid with what Stripe took; `accepted_minor` is null where that is what was asked. */
  | { readonly do: 'settle'; readonly received_minor: number; readonly accepted_minor: number | null }
  /** The charge has ended and stays as it was told: only the word is kept. */
  | { readonly do: 'note' };

/** Whether what Stripe took may stand for this charge. `refunded_minor` is what went back of it. */
export function decideAccept(
  charge: OperatedCharge,
  intent: PaymentSnapshot,
  refunded_minor: number,
): AcceptDecision {
  const bound = charge.stripe_payment_intent_id;
  const received_minor = intent.amount_received_minor;
  if (bound !== null && bound !== intent.id)
    return refuse(`The charge has another PaymentIntent, ${bound}: claim or refund ${intent.id}`);
  if (intent.status !== 'succeeded' || received_minor === null || received_minor < 1)
    return refuse(`Stripe has taken nothing by ${intent.id}: it is ${intent.status}`);
  if (isTerminal('charge', charge.state)) return { do: 'note' };
  if (refunded_minor >= received_minor)
    return refuse(`The money of ${intent.id} has gone back: write the charge off`);
  if (intent.currency !== charge.currency || intent.livemode !== charge.livemode)
    return refuse('Stripe took another currency, or in another mode: refund it, then write the charge off');
  const accepted_minor = received_minor === charge.amount_minor ? null : received_minor;
  return { do: 'settle', received_minor, accepted_minor };
}

/** What Stripe shows of a charge's PaymentIntent: itself, that there is none, or that the charge never had one. */
export type ShownIntent = PaymentSnapshot | 'missing' | 'never_bound';

export type WriteOffDecision =
  | Refuse
  /** It ends as failed. `proven`: Stripe says canceled; else the word is all there is. */
  | { readonly do: 'fail'; readonly proven: boolean }
  /** Its PaymentIntent is cancelled first, by the worker that closes charges; Stripe's answer ends it. */
  | { readonly do: 'close' }
  /** It has ended already: what can still be paid is cancelled now. */
  | { readonly do: 'cancel' }
  /** It has ended, and nothing can be paid any more. */
  | { readonly do: 'note'; readonly proven: boolean };

/** How a charge ends that nobody will be charged for. `refunded_minor` is what went back of a success. */
export function decideWriteOff(
  charge: OperatedCharge,
  intent: ShownIntent,
  refunded_minor: number,
): WriteOffDecision {
  const has_ended = isTerminal('charge', charge.state);
  const over = (proven: boolean): WriteOffDecision =>
    has_ended ? { do: 'note', proven } : { do: 'fail', proven };
  if (intent === 'missing' || intent === 'never_bound') return over(false);
  switch (intent.status) {
    case 'canceled':
      return over(true);
    case 'succeeded':
      if (refunded_minor >= (intent.amount_received_minor ?? 0)) return over(false);
      return refuse(`Stripe has taken money by ${intent.id}: accept it, or refund it first`);
    case 'processing':
      return refuse(`A debit by ${intent.id} is on its way and cannot be cancelled: wait for its result`);
    case 'requires_payment_method':
    case 'requires_confirmation':
    case 'requires_action':
    case 'requires_capture':
      return has_ended ? { do: 'cancel' } : { do: 'close' };
  }
}

export type ClaimDecision =
  | Refuse
  /** A charge of this id is made for it; null: an id of its own. */
  | { readonly do: 'make'; readonly id: string | null };

/** Whether money at Stripe gets a charge of its own, and under which id: the one that our mark names, if it is free. */
export function decideClaim(
  intent: PaymentSnapshot,
  about: {
    readonly bound_to: string | null;
    /** The charge that our mark names, if there is one. */
    readonly marked: Pick<OperatedCharge, 'id' | 'state' | 'stripe_payment_intent_id'> | null;
    /** Our mark on it; null on what is not ours. */
    readonly mark: string | null;
    readonly stripe_customer_id: string | null;
    /** What went back of it. */
    readonly refunded_minor: number;
  },
): ClaimDecision {
  if (about.bound_to !== null) return refuse(`It belongs to ${about.bound_to}: accept or refund it there`);
  if (intent.status !== 'succeeded' || intent.amount_received_minor === null)
    return refuse(`Stripe has taken nothing by ${intent.id}: it is ${intent.status}`);
  if (about.refunded_minor >= intent.amount_received_minor)
    return refuse(`The money of ${intent.id} has gone back: there is nothing to claim`);
  if (about.stripe_customer_id === null || intent.customer !== about.stripe_customer_id)
    return refuse('It is of another customer at Stripe than the one named');
  const { marked } = about;
  if (marked === null) return { do: 'make', id: about.mark };
  const waits = marked.stripe_payment_intent_id === null && !isTerminal('charge', marked.state);
  return waits ? refuse(`It was taken for ${marked.id}: accept it there`) : { do: 'make', id: null };
}

function refuse(because: string): Refuse {
  return { do: 'refuse', because };
}
