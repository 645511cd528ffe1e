/**
 * What the key must be allowed at Stripe, as docs/deploy.md lists it, and the request that shows it: after an object that nobody
 * has. Stripe looks at a key's permissions first, so 403 means that it lacks one, and 404 that it does not; nothing is read of
 * anybody, and nothing written.
 */

import { buildKey, type KeyVerb } from '../domain/keys.ts';
import type { Answer } from '../stripe/answer.ts';
import { expireSession } from '../stripe/checkout-sessions.ts';
import type { StripeClient } from '../stripe/client.ts';
import { updateCustomer } from '../stripe/customers.ts';
import { eventsIn } from '../stripe/events/events.ts';
import { listWebhookEndpoints } from '../stripe/events/webhook-endpoints.ts';
import { retrieveMandate } from '../stripe/mandates.ts';
import { readPage } from '../stripe/pages.ts';
import { cancelPaymentIntent } from '../stripe/payment-intents.ts';
import { detachPaymentMethod } from '../stripe/payment-methods.ts';
import { retrieveDispute, warningsSince } from '../stripe/refunds/disputes.ts';
import { createRefund } from '../stripe/refunds/refunds.ts';
import { cancelSetupIntent } from '../stripe/setup-intents.ts';

export type Permission = {
  /** As Stripe's refusals name it after `rak_`. */
  readonly name: string;
  /** As its dashboard does. */
  readonly at_stripe: string;
  readonly ask: (stripe: StripeClient) => Promise<Answer<unknown>>;
};

const NOBODYS = 'duecourse_doctor';

/** The object that nobody has, and the key under which the same request is always sent. */
function nobodys(prefix: string, verb: KeyVerb): { id: string; key: string } {
  const id = `${prefix}_${NOBODYS}`;
  return { id, key: buildKey({ row: id, verb, n: 1 }) };
}

/** Lists begin in the future, so that they are empty. */
const FAR_AHEAD_S = 4_102_444_800;

export const permissions: readonly Permission[] = [
  {
    name: 'charge_write',
    at_stripe: 'Charges and Refunds: Write',
    ask: (stripe) => {
      const { id, key } = nobodys('pi', 'refund');
      return createRefund(stripe, { key, payment_intent: id, metadata: {} });
    },
  },
  {
    name: 'checkout_session_write',
    at_stripe: 'Checkout Sessions: Write',
    ask: (stripe) => expireSession(stripe, nobodys('cs_test', 'expire')),
  },
  {
    name: 'customer_write',
    at_stripe: 'Customers: Write',
    ask: (stripe) => updateCustomer(stripe, nobodys('cus', 'update')),
  },
  {
    name: 'dispute_read',
    at_stripe: 'Disputes: Read',
    ask: (stripe) => retrieveDispute(stripe, `dp_${NOBODYS}`),
  },
  {
    name: 'event_read',
    at_stripe: 'Events: Read',
    ask: (stripe) =>
      readPage(stripe, eventsIn({ types: ['customer.deleted'], created_gte_s: FAR_AHEAD_S }), null),
  },
  {
    name: 'mandate_read',
    at_stripe: 'Mandates: Read',
    ask: (stripe) => retrieveMandate(stripe, `mandate_${NOBODYS}`),
  },
  {
    name: 'payment_intent_write',
    at_stripe: 'PaymentIntents: Write',
    ask: (stripe) => cancelPaymentIntent(stripe, { ...nobodys('pi', 'cancel'), reason: 'abandoned' }),
  },
  {
    name: 'payment_method_write',
    at_stripe: 'PaymentMethods: Write',
    ask: (stripe) => detachPaymentMethod(stripe, nobodys('pm', 'detach')),
  },
  {
    name: 'radar_early_fraud_warning_read',
    at_stripe: "Radar's early fraud warnings: Read",
    ask: (stripe) => readPage(stripe, warningsSince(FAR_AHEAD_S), null),
  },
  {
    name: 'setup_intent_write',
    at_stripe: 'SetupIntents: Write',
    ask: (stripe) => cancelSetupIntent(stripe, { ...nobodys('seti', 'cancel'), reason: 'abandoned' }),
  },
  {
    name: 'webhook_read',
    at_stripe: 'Webhook Endpoints: Read',
    ask: (stripe) => listWebhookEndpoints(stripe),
  },
];
