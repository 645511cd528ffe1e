import type Stripe from 'stripe';
import { isDebit } from '../debits/schemes.ts';
import type { Wire } from '../wire-type.ts';

export type SetupIntent = Wire<Stripe.SetupIntent>;

/** What a create may set. */
export type SetupIntentFields = Pick<
  SetupIntent,
  | 'allowed_payment_method_types'
  | 'automatic_payment_methods'
  | 'customer'
  | 'description'
  | 'metadata'
  | 'payment_method'
  | 'payment_method_options'
  | 'payment_method_types'
> & { usage: 'off_session' | 'on_session' };

/** A SetupIntent as it is before its first confirm. */
export function buildSetupIntent(
  id: string,
  client_secret: string,
  created: number,
  fields: SetupIntentFields,
): SetupIntent {
  return {
    id,
    object: 'setup_intent',
    allowed_payment_method_types: fields.allowed_payment_method_types,
    application: null,
    automatic_payment_methods: fields.automatic_payment_methods,
    cancellation_reason: null,
    client_secret,
    created,
    customer: fields.customer,
    customer_account: null,
    description: fields.description,
    excluded_payment_method_types: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    managed_payments: null,
    mandate: null,
    metadata: fields.metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: fields.payment_method,
    payment_method_configuration_details: null,
    payment_method_options: fields.payment_method_options,
    payment_method_types: fields.payment_method_types,
    single_use_mandate: null,
    status: fields.payment_method === null ? 'requires_payment_method' : 'requires_confirmation',
    usage: fields.usage,
  };
}

/** Fields that a publishable key is shown. */
const PUBLIC_FIELDS = [
  'id',
  'object',
  'allowed_payment_method_types',
  'automatic_payment_methods',
  'cancellation_reason',
  'client_secret',
  'created',
  'description',
  'last_setup_error',
  'livemode',
  'next_action',
  'payment_method',
  'payment_method_configuration_details',
  'payment_method_types',
  'status',
  'usage',
] as const satisfies readonly (keyof SetupIntent)[];

export function publicSetupIntent(intent: SetupIntent): Partial<SetupIntent> {
  return Object.fromEntries(PUBLIC_FIELDS.map((field) => [field, intent[field]]));
}

type SetupAttempt = Wire<Stripe.SetupAttempt>;
type AttemptStatus = 'failed' | 'requires_action' | 'succeeded' | 'processing' | 'abandoned';

/** One confirm of a SetupIntent, for the record. */
export function buildSetupAttempt(
  id: string,
  created: number,
  intent: SetupIntent,
  method: Wire<Stripe.PaymentMethod>,
  status: AttemptStatus,
  setup_error: SetupAttempt['setup_error'],
): SetupAttempt {
  return {
    id,
    object: 'setup_attempt',
    application: null,
    created,
    customer: intent.customer,
    customer_account: null,
    flow_directions: null,
    livemode: false,
    on_behalf_of: null,
    payment_method: method.id,
    payment_method_details: attemptDetails(method),
    setup_error,
    setup_intent: intent.id,
    status,
    usage: intent.usage,
  };
}

function attemptDetails(method: Wire<Stripe.PaymentMethod>): Stripe.SetupAttempt.PaymentMethodDetails {
  if (isDebit(method.type)) return { type: method.type, [method.type]: {} };
  const card = method.card as Stripe.PaymentMethod.Card;
  return {
    type: 'card',
    card: {
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: null },
      country: card.country,
      exp_month: card.exp_month,
      exp_year: card.exp_year,
      fingerprint: card.fingerprint ?? null,
      funding: card.funding,
      last4: card.last4,
      network: card.brand,
      three_d_secure: null,
      wallet: null,
    },
  };
}
