/**
 * What each type of event is to us. Stripe's SDK names the types; the table must hold every one that carries an object
 * which we apply (`src/billing/janitor/apply-stripe-event.ts` switches over the same objects), or nothing compiles. An
 * event of another type, or of a type that is `left`, ends at the webhook's door.
 */
import type { Stripe } from 'stripe';
import type { EventProjection } from './event.ts';

/**
 * - `listed`: settles something of ours; the janitor also lists it, for webhooks that never came (20 types at most);
 * - `heard`: applied if a webhook brings it; if it gets lost, something else leads to the same;
 * - `left`: can change nothing, so not even a row is written for it. The reason stands beside it.
 */
export type EventMeaning = 'listed' | 'heard' | 'left';

type TypesCarrying<O extends string> = Extract<
  Stripe.Event,
  { readonly data: { readonly object: { readonly object: O } } }
>['type'];

type FollowedObject = EventProjection['object'];

export const EVENT_MEANINGS = {
  payment_intent: {
    'payment_intent.succeeded': 'listed',
    'payment_intent.canceled': 'listed',
    'payment_intent.processing': 'listed',
    'payment_intent.payment_failed': 'listed',
    'payment_intent.requires_action': 'listed',
    // `requires_capture` is never ours: it parks the charge.
    'payment_intent.amount_capturable_updated': 'heard',
    // Nothing was tried yet. Binding is the creator's own; an answer that was lost is found by listing.
    'payment_intent.created': 'left',
    // For bank transfers only, which we never confirm.
    'payment_intent.partially_funded': 'left',
  },
  setup_intent: {
    'setup_intent.succeeded': 'listed',
    'setup_intent.canceled': 'listed',
    'setup_intent.setup_failed': 'listed',
    'setup_intent.requires_action': 'listed',
    // A setup that has another SetupIntent by now cancels this stray.
    'setup_intent.created': 'heard',
  },
  'checkout.session': {
    'checkout.session.completed': 'listed',
    'checkout.session.expired': 'listed',
    // Of sessions in payment mode only; ours save a method.
    'checkout.session.async_payment_failed': 'left',
    'checkout.session.async_payment_succeeded': 'left',
  },
  payment_method: {
    'payment_method.detached': 'listed',
    'payment_method.updated': 'listed',
    'payment_method.automatically_updated': 'listed',
    'payment_method.attached': 'heard',
  },
  customer: {
    'customer.deleted': 'listed',
    // We tell Stripe of a customer, not the reverse.
    'customer.created': 'left',
    'customer.updated': 'left',
  },
  mandate: {
    'mandate.updated': 'listed',
  },
  refund: {
    'refund.created': 'listed',
    'refund.updated': 'listed',
    // Told as an update too.
    'refund.failed': 'heard',
    // The older name of an update.
    'charge.refund.updated': 'left',
  },
  charge: {
    // Tells of the same as a refund's creation.
    'charge.refunded': 'heard',
    // What becomes of a PaymentIntent is told of it.
    'charge.captured': 'left',
    'charge.expired': 'left',
    'charge.failed': 'left',
    'charge.pending': 'left',
    'charge.succeeded': 'left',
    'charge.updated': 'left',
  },
  'radar.early_fraud_warning': {
    // A list of types is full at 20: warnings are walked by the time they were made.
    'radar.early_fraud_warning.created': 'heard',
    'radar.early_fraud_warning.updated': 'heard',
  },
  dispute: {
    'charge.dispute.created': 'listed',
    'charge.dispute.closed': 'listed',
    'charge.dispute.updated': 'heard',
    'charge.dispute.funds_withdrawn': 'heard',
    'charge.dispute.funds_reinstated': 'heard',
  },
} as const satisfies { readonly [O in FollowedObject]: Readonly<Record<TypesCarrying<O>, EventMeaning>> };

const meanings = new Map<string, EventMeaning>(
  Object.values(EVENT_MEANINGS).flatMap((types) => Object.entries(types)),
);

/** The types whose events settle something of ours: what the janitor lists when webhooks were missed. */
export const LISTED_EVENT_TYPES: readonly string[] = typesMeaning('listed');

/** Every type whose events are kept and applied: what a webhook endpoint should subscribe to. */
export const FOLLOWED_EVENT_TYPES: readonly string[] = [...LISTED_EVENT_TYPES, ...typesMeaning('heard')];

const followed = new Set(FOLLOWED_EVENT_TYPES);

/** Whether an event of this type may change something of ours. */
export function isFollowed(type: string): boolean {
  return followed.has(type);
}

function typesMeaning(wanted: EventMeaning): string[] {
  return [...meanings].filter(([, meaning]) => meaning === wanted).map(([type]) => type);
}
