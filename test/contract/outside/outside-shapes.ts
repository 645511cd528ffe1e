/** The API's objects as they are promised, written by hand and not from the schemas: a field more, less or misspelt does not parse. */
import { z } from 'zod';

const time = z.iso.datetime();
const id = (prefix: string) => z.string().startsWith(`${prefix}_`);

export const problemShape = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string().optional(),
  existing: z.string().optional(),
  charges: z.array(id('chg')).optional(),
  errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
});

export const erasedShape = z.strictObject({ erased_at: time.nullable(), erased_on: z.iso.date() });

export const customerShape = z.strictObject({
  id: id('cst'),
  object: z.literal('customer'),
  reference: z.string().nullable(),
  email: z.string().nullable(),
  name: z.string().nullable(),
  locale: z.string().nullable(),
  time_zone: z.string().nullable(),
  metadata: z.record(z.string(), z.string()),
  stripe_customer_id: id('cus').nullable(),
  stripe_customer_deleted: z.boolean(),
  default_payment_method: id('pm').nullable(),
  stopped_at: time.nullable(),
  erased_at: time.nullable(),
  erased_on: z.iso.date().nullable(),
  created_at: time,
});

export const consentShape = z.object({
  id: id('cns'),
  scope: z.enum(['off_session', 'on_session']),
  frequency: z.enum(['one_time', 'recurring']),
  amount_basis: z.string(),
  text: z.string(),
  version: z.string(),
  mandate_text: z.string().nullable(),
  mandate_text_version: z.string().nullable(),
  accepted_at: time.nullable(),
  ip_address: z.string().nullable(),
  user_agent: z.string().nullable(),
  revoked_at: time.nullable(),
});

export const setupShape = z.object({
  id: id('set'),
  object: z.literal('setup'),
  customer: id('cst'),
  usage: z.enum(['off_session', 'on_session']),
  payment_method_types: z.array(z.string()).length(1),
  via: z.enum(['elements', 'checkout']),
  status: z.enum(['queued', 'awaiting_customer', 'processing', 'succeeded', 'failed', 'canceled', 'expired']),
  detail: z.string().nullable(),
  stripe_setup_intent_id: id('seti').nullable(),
  client_secret: z.string().nullable(),
  next_action: z
    .strictObject({
      type: z.string(),
      redirect_to_url: z.strictObject({ url: z.string().nullable() }).nullable(),
    })
    .nullable(),
  url: z.url().nullable(),
  payment_method: id('pm').nullable(),
  mandate: id('mandate').nullable(),
  last_error: z.looseObject({ code: z.string().nullable() }).nullable(),
  consent: consentShape,
  created_at: time,
});

export const methodShape = z.object({
  id: id('pm'),
  object: z.literal('payment_method'),
  customer: id('cst'),
  type: z.string(),
  card: z
    .strictObject({ brand: z.string(), last4: z.string().length(4), exp_month: z.int(), exp_year: z.int() })
    .nullable(),
  bank: z
    .strictObject({
      bank_name: z.string().nullable(),
      country: z.string().nullable(),
      last4: z.string().length(4),
      mandate_reference: z.string().nullable(),
    })
    .nullable(),
  mandate: z
    .strictObject({
      id: id('mandate'),
      status: z.enum(['active', 'pending', 'inactive']),
      url: z.string().nullable(),
    })
    .nullable(),
  usage: z.enum(['off_session', 'on_session']).nullable(),
  consent: consentShape.nullable(),
  default: z.boolean(),
  status: z.enum(['usable', 'unusable', 'detached']),
  closed: z.strictObject({ reason: z.string(), at: time }).nullable(),
  warnings: z.array(z.string()),
});

const attemptShape = z.strictObject({
  number: z.int(),
  kind: z.enum(['off_session', 'on_session']),
  status: z.enum([
    'open',
    'awaiting_customer',
    'succeeded',
    'declined',
    'authentication_required',
    'processing',
    'abandoned',
    'canceled',
    'not_executed',
    'lost',
  ]),
  payment_method: id('pm').nullable(),
  consent: id('cns').nullable(),
  code: z.string().nullable(),
  decline_code: z.string().nullable(),
  advice_code: z.string().nullable(),
  started_at: time,
  ended_at: time.nullable(),
});

export const recoveryShape = z.strictObject({
  id: id('rec'),
  kind: z.enum(['authenticate', 'replace']),
  status: z.string(),
  expires_at: time,
  messages_sent: z.int(),
  undeliverable: z.boolean(),
});

const refundShape = z.strictObject({
  id: id('rfd'),
  object: z.literal('refund'),
  charge: id('chg'),
  amount: z.int(),
  currency: z.string(),
  status: z.enum(['pending', 'requires_action', 'succeeded', 'failed', 'canceled']),
  failure_reason: z.string().nullable(),
  reason: z.string().nullable(),
  stripe_refund_id: id('re').nullable(),
  origin: z.enum(['api', 'stripe']),
  metadata: z.record(z.string(), z.string()),
  created_at: time,
});

export const chargeShape = z.object({
  id: id('chg'),
  object: z.literal('charge'),
  customer: id('cst'),
  payment_method: id('pm').nullable(),
  follows_customer: z.boolean(),
  amount: z.int(),
  currency: z.string(),
  description: z.string(),
  reference: z.string().nullable(),
  due_at: time.nullable(),
  status: z.enum(['scheduled', 'processing', 'requires_action', 'succeeded', 'failed', 'canceled']),
  detail: z
    .enum([
      'run_draft',
      'run_held',
      'run_paused',
      'run_canceled',
      'retry_scheduled',
      'outcome_unknown',
      'debit_pending',
      'closing',
      'cannot_cancel_debit',
      'under_review',
      'merchant_action',
      'recovery_expired',
      'canceled_at_stripe',
      'charging_paused',
    ])
    .nullable(),
  next_attempt_at: time.nullable(),
  stripe_payment_intent_id: id('pi').nullable(),
  attempts: z.array(attemptShape),
  recovery: recoveryShape.nullable(),
  last_error: z.looseObject({ code: z.string().nullable(), decline_code: z.string().nullable() }).nullable(),
  warnings: z.array(z.string()),
  receipt: z.boolean(),
  amount_received: z.int(),
  amount_refunded: z.int(),
  refunds: z.array(refundShape),
  disputes: z.array(
    z.strictObject({
      id: z.string(),
      status: z.string(),
      reason: z.string().nullable(),
      amount: z.int(),
      evidence_due_by: time.nullable(),
    }),
  ),
  notice: z
    .strictObject({
      sent_by: z.enum(['us', 'stripe']),
      sent_at: time.nullable(),
      amount: z.int(),
      due_at: time,
      confirm_not_before: time,
    })
    .nullable(),
  expected_at: time.nullable(),
  early_fraud_warning: z
    .strictObject({
      id: z.string(),
      fraud_type: z.string().nullable(),
      actionable: z.boolean(),
      created_at: time,
    })
    .nullable(),
  version: z.int(),
  metadata: z.record(z.string(), z.string()),
  created_at: time,
  settled_at: time.nullable(),
});

export const timelineShape = z.strictObject({
  data: z.array(
    z.strictObject({
      at: time,
      entity: z.string(),
      from: z.string().nullable(),
      to: z.string(),
      version: z.int(),
      cause: z.string(),
      reference: z.string().nullable(),
      event: z.string().nullable(),
      type: z.string().nullable(),
    }),
  ),
});

/** A page of a list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ data: z.array(item), next_cursor: z.string().nullable(), has_more: z.boolean() });
}

export type Problem = z.infer<typeof problemShape>;
export type Customer = z.infer<typeof customerShape>;
export type Setup = z.infer<typeof setupShape>;
export type Method = z.infer<typeof methodShape>;
export type Charge = z.infer<typeof chargeShape>;

export const webhookEndpointShape = z.strictObject({
  id: id('whe'),
  object: z.literal('webhook_endpoint'),
  url: z.url(),
  events: z.array(z.string()),
  description: z.string().nullable(),
  status: z.enum(['enabled', 'disabled']),
  disabled_reason: z.enum(['merchant', 'gone', 'failing']).nullable(),
  failing_since: time.nullable(),
  replaying: z.boolean(),
  created_at: time,
});

export const deliveryShape = z.strictObject({
  id: id('dlv'),
  object: z.literal('delivery'),
  endpoint: id('whe'),
  event: id('dce'),
  type: z.string().nullable(),
  status: z.enum(['queued', 'delivered', 'failed', 'canceled']),
  next_attempt_at: time.nullable(),
  attempts: z.array(
    z.strictObject({
      number: z.int(),
      at: time,
      status: z.int().nullable(),
      code: z.string().nullable(),
      duration_ms: z.int(),
      answer: z.string().nullable(),
    }),
  ),
  delivered_at: time.nullable(),
  created_at: time,
});

export const endpointTestShape = z.strictObject({
  delivered: z.boolean(),
  status: z.int().nullable(),
  code: z.string().nullable(),
  duration_ms: z.int(),
  answer: z.string().nullable(),
});
