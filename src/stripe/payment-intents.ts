import type { PaymentSnapshot } from '../domain/charge/payment-snapshot.ts';
import type { Answer } from './answer.ts';
import type { CallLimits, StripeClient } from './client.ts';
import { type Json, objectOf, textOf } from './json.ts';
import type { List } from './pages.ts';
import { ofId, pathId } from './path-id.ts';
import { projectPaymentIntent } from './project.ts';

export type NewPaymentIntent = {
  readonly key: string;
  readonly amount_minor: number;
  readonly currency: string;
  readonly customer: string;
  /** The type of the method to come, which every confirm names anew: the only one this PaymentIntent takes. */
  readonly payment_method_type: string;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
};

/** Creates it unconfirmed: nothing is charged, so a lost answer costs an orphan at most. */
export function createPaymentIntent(
  stripe: StripeClient,
  wanted: NewPaymentIntent,
  limits: CallLimits = {},
): Promise<Answer<PaymentSnapshot>> {
  return stripe.write(
    { ...limits, key: wanted.key },
    (sdk, options) =>
      sdk.paymentIntents.create(
        {
          amount: wanted.amount_minor,
          currency: wanted.currency,
          customer: wanted.customer,
          allowed_payment_method_types: [wanted.payment_method_type],
          ...(wanted.description === null ? {} : { description: wanted.description }),
          metadata: { ...wanted.metadata },
        },
        options,
      ),
    projectPaymentIntent,
  );
}

/** What a confirm answers. `redirect_url` is the bank's page; it lives in memory only, never in a row. */
export type Confirmed = { readonly snapshot: PaymentSnapshot; readonly redirect_url: string | null };

/**
 * Sends a confirm exactly as it was written ahead: `body` is the stored form text and goes out byte for byte,
 * under the stored key and API version.
 */
export function confirmPaymentIntent(
  stripe: StripeClient,
  attempt: {
    readonly id: string;
    readonly key: string;
    readonly body: string;
    readonly api_version: string;
  },
  limits: CallLimits = {},
): Promise<Answer<Confirmed>> {
  const { id, ...write } = attempt;
  return stripe.write(
    { ...limits, ...write },
    (sdk, options) => sdk.paymentIntents.confirm(pathId(id), {}, options),
    ofId(id, projectConfirmed),
  );
}

/**
 * What Stripe says of it now, and of its newest charge: why a debit failed stands there alone (recorded of SEPA, 2021; the
 * reason of each scheme's failures is documented as the charge's `failure_code`).
 */
export function retrievePaymentIntent(
  stripe: StripeClient,
  id: string,
  limits: CallLimits = {},
): Promise<Answer<PaymentSnapshot>> {
  return stripe.read(
    limits,
    (sdk, options) => sdk.paymentIntents.retrieve(pathId(id), { expand: ['latest_charge'] }, options),
    ofId(id, projectPaymentIntent),
  );
}

/** As `retrievePaymentIntent`, with the address of the bank's page while the customer still has to go there. */
export function retrieveRedirect(
  stripe: StripeClient,
  id: string,
  limits: CallLimits = {},
): Promise<Answer<Confirmed>> {
  return stripe.read(
    limits,
    (sdk, options) => sdk.paymentIntents.retrieve(pathId(id), {}, options),
    ofId(id, projectConfirmed),
  );
}

export type PaymentIntentCancellation = 'abandoned' | 'duplicate' | 'fraudulent' | 'requested_by_customer';

/** Asks for its cancellation; only an answer that says `canceled` is proof. */
export function cancelPaymentIntent(
  stripe: StripeClient,
  wanted: { readonly id: string; readonly key: string; readonly reason: PaymentIntentCancellation },
  limits: CallLimits = {},
): Promise<Answer<PaymentSnapshot>> {
  return stripe.write(
    { ...limits, key: wanted.key },
    (sdk, options) =>
      sdk.paymentIntents.cancel(pathId(wanted.id), { cancellation_reason: wanted.reason }, options),
    ofId(wanted.id, projectPaymentIntent),
  );
}

/** A window over PaymentIntents, in Stripe's seconds; `customer` null means the whole account. */
export type PaymentIntentWindow = {
  readonly customer: string | null;
  readonly created_gte_s: number;
};

/**
 * The PaymentIntents of the window, by the list (consistent) and never by search (up to an hour behind). Metadata is not
 * a filter at Stripe: the caller picks by `metadata.dc_charge`.
 */
export function paymentIntentsIn({ customer, created_gte_s }: PaymentIntentWindow): List<PaymentSnapshot> {
  const within = { created: { gte: created_gte_s }, ...(customer === null ? {} : { customer }) };
  return {
    ask: (sdk, page, options) => sdk.paymentIntents.list({ ...within, ...page }, options),
    project: projectPaymentIntent,
  };
}

function projectConfirmed(body: Json): Confirmed | null {
  const snapshot = projectPaymentIntent(body);
  const next_action = objectOf(body.next_action);
  const redirect = objectOf(next_action?.redirect_to_url);
  return snapshot === null ? null : { snapshot, redirect_url: textOf(redirect?.url) };
}
