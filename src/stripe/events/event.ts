import type {
  CustomerSnapshot,
  MandateSnapshot,
  PaymentMethodSnapshot,
  PaymentSnapshot,
  SessionSnapshot,
  SetupSnapshot,
} from '../../domain/charge/payment-snapshot.ts';
import type {
  DisputeSnapshot,
  RefundedSnapshot,
  RefundSnapshot,
  WarningSnapshot,
} from '../../domain/charge/refund-snapshot.ts';
import { booleanOf, integerOf, type Json, objectOf, textOf } from '../json.ts';
import {
  projectCustomer,
  projectMandate,
  projectPaymentIntent,
  projectPaymentMethod,
  projectSession,
  projectSetupIntent,
} from '../project.ts';
import { projectDispute, projectRefund, projectRefunded, projectWarning } from '../refunds/project-refund.ts';

/** The object of an event as it was when the event was made, never newer. */
export type EventProjection =
  | { readonly object: 'payment_intent'; readonly snapshot: PaymentSnapshot }
  | { readonly object: 'setup_intent'; readonly snapshot: SetupSnapshot }
  | { readonly object: 'checkout.session'; readonly snapshot: SessionSnapshot }
  | { readonly object: 'payment_method'; readonly snapshot: PaymentMethodSnapshot }
  | { readonly object: 'refund'; readonly snapshot: RefundSnapshot }
  | { readonly object: 'charge'; readonly snapshot: RefundedSnapshot }
  | { readonly object: 'dispute'; readonly snapshot: DisputeSnapshot }
  | { readonly object: 'radar.early_fraud_warning'; readonly snapshot: WarningSnapshot }
  | { readonly object: 'customer'; readonly snapshot: CustomerSnapshot }
  | { readonly object: 'mandate'; readonly snapshot: MandateSnapshot };

/**
 * All we keep of an event (docs/protocol.md, 16.3): no payload, no secret, no address, and nothing that no decision rests on,
 * like a card's last digits, which are read at Stripe, or what the merchant calls a charge.
 */
export type ProjectedEvent = {
  readonly id: string;
  readonly type: string;
  readonly object_id: string | null;
  readonly object_type: string | null;
  /** The idempotency key of the request that caused it; null for timers and for customers at a page. */
  readonly request_key: string | null;
  readonly livemode: boolean | null;
  /** Unix seconds; one second's resolution, so no order may be read from it. */
  readonly created_s: number;
  /** Null for an object we do not follow, or one we cannot read. */
  readonly projection: EventProjection | null;
};

/** From Stripe's JSON, or null when it is no event with an id, a type and a time. */
export function projectEvent(value: unknown): ProjectedEvent | null {
  const event = objectOf(value);
  const id = textOf(event?.id);
  const type = textOf(event?.type);
  const created_s = integerOf(event?.created);
  if (event === null || event.object !== 'event' || id === null || type === null || created_s === null) {
    return null;
  }
  const object = objectOf(objectOf(event.data)?.object);
  return {
    id,
    type,
    object_id: textOf(object?.id),
    object_type: textOf(object?.object),
    request_key: textOf(objectOf(event.request)?.idempotency_key),
    livemode: booleanOf(event.livemode),
    created_s,
    projection: object === null ? null : projectObject(object),
  };
}

function projectObject(object: Json): EventProjection | null {
  switch (object.object) {
    case 'payment_intent':
      return tagged('payment_intent', withoutReference(projectPaymentIntent(object)));
    case 'setup_intent':
      return tagged('setup_intent', projectSetupIntent(object));
    case 'checkout.session':
      return tagged('checkout.session', projectSession(object));
    case 'payment_method':
      return tagged('payment_method', withoutCard(projectPaymentMethod(object)));
    case 'refund':
      return tagged('refund', projectRefund(object));
    case 'charge':
      return tagged('charge', projectRefunded(object));
    case 'radar.early_fraud_warning':
      return tagged('radar.early_fraud_warning', projectWarning(object));
    case 'dispute':
      return tagged('dispute', projectDispute(object));
    case 'customer':
      return tagged('customer', projectCustomer(object));
    case 'mandate':
      return tagged('mandate', projectMandate(object));
    default:
      return null;
  }
}

function withoutReference(intent: PaymentSnapshot | null): PaymentSnapshot | null {
  if (intent === null) return null;
  const { reference: _, ...metadata } = intent.metadata;
  return { ...intent, metadata };
}

function withoutCard(method: PaymentMethodSnapshot | null): PaymentMethodSnapshot | null {
  return method === null ? null : { ...method, card: null };
}

function tagged<O extends string, S>(object: O, snapshot: S | null): { object: O; snapshot: S } | null {
  return snapshot === null ? null : { object, snapshot };
}
