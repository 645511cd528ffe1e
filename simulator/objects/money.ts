import type Stripe from 'stripe';
import type { Wire } from '../wire-type.ts';
import type { Charge } from './charge.ts';

type BalanceTransaction = Wire<Stripe.BalanceTransaction>;
type Refund = Wire<Stripe.Refund>;
type Dispute = Wire<Stripe.Dispute>;

const TWO_DAYS_S = 2 * 24 * 60 * 60;
const WEEK_S = 7 * 24 * 60 * 60;

/** Stripe's European and general list prices: parts per thousand and minor units. */
const FEES: Readonly<Record<string, { permille: number; fixed: number }>> = {
  eur: { permille: 15, fixed: 25 },
  other: { permille: 29, fixed: 30 },
};

/** The fee on a captured amount, in its minor units. */
export function feeOn(amount: number, currency: string): number {
  const { permille, fixed } = FEES[currency] ?? (FEES.other as { permille: number; fixed: number });
  return Math.round((amount * permille) / 1000) + fixed;
}

/** A movement on the balance. `amount` is negative for what leaves it. */
export interface Movement {
  type: BalanceTransaction['type'];
  category: string;
  amount: number;
  fee: number;
  currency: string;
  source: string;
  description: string | null;
}

export function buildBalanceTransaction(id: string, created: number, moved: Movement): BalanceTransaction {
  const { amount, fee, currency } = moved;
  return {
    id,
    object: 'balance_transaction',
    amount,
    available_on: created + TWO_DAYS_S,
    balance_type: 'payments',
    created,
    currency,
    description: moved.description,
    exchange_rate: null,
    fee,
    fee_details:
      fee === 0
        ? []
        : [{ amount: fee, application: null, currency, description: 'Processing fees', type: 'stripe_fee' }],
    net: amount - fee,
    reporting_category: moved.category,
    source: moved.source,
    status: 'pending',
    type: moved.type,
  };
}

export function buildRefund(
  id: string,
  created: number,
  charge: Charge,
  amount: number,
  status: 'pending' | 'succeeded',
  reason: Refund['reason'],
  metadata: Record<string, string>,
): Refund {
  const card = charge.payment_method_details?.type === 'card';
  return {
    id,
    object: 'refund',
    amount,
    balance_transaction: null,
    charge: charge.id,
    created,
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    ...(card ? { destination_details: { type: 'card', card: { type: 'refund' } } } : {}),
    metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    ...(status === 'pending' ? { pending_reason: 'processing' } : {}),
    reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status,
    transfer_reversal: null,
  };
}

export function buildDispute(
  id: string,
  created: number,
  charge: Charge,
  reason: string,
  inquiry: boolean,
): Dispute {
  const network = charge.payment_method_details?.card?.brand ?? 'visa';
  return {
    id,
    object: 'dispute',
    amount: charge.amount - charge.amount_refunded,
    balance_transactions: [],
    charge: charge.id,
    created,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: NO_EVIDENCE,
    evidence_details: {
      due_by: created + WEEK_S,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: 'manual',
    is_charge_refundable: inquiry,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    ...(charge.payment_method_details?.type === 'card' ? cardDetails(network, inquiry) : {}),
    reason,
    status: inquiry ? 'warning_needs_response' : 'needs_response',
  };
}

function cardDetails(network: string, inquiry: boolean) {
  const case_type = inquiry ? ('inquiry' as const) : ('chargeback' as const);
  const card = { brand: network, case_type, network, network_reason_code: '10.4' };
  return { payment_method_details: { type: 'card' as const, card } };
}

const NO_EVIDENCE: Stripe.Dispute.Evidence = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
};
