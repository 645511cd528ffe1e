import type Stripe from 'stripe';
import { isDebit, schemeOf } from '../debits/schemes.ts';
import type { Decline } from '../declines.ts';
import type { Card } from '../magic.ts';
import type { Wire } from '../wire-type.ts';
import type { PaymentIntent } from './payment-intent.ts';

export type Charge = Wire<Stripe.Charge>;
type PaymentMethod = Wire<Stripe.PaymentMethod>;

/** The result of the attempt that the charge records. */
export type ChargeResult =
  | { status: 'succeeded'; captured: boolean; challenged: boolean }
  | { status: 'pending'; expected_debit_date: string }
  | { status: 'failed'; decline: Decline; challenged: boolean };

export function buildCharge(
  id: string,
  created: number,
  intent: PaymentIntent,
  method: PaymentMethod,
  mandate: string | null,
  result: ChargeResult,
  risk: Card['risk'],
): Charge {
  const captured = result.status === 'pending' || (result.status === 'succeeded' && result.captured);
  return {
    id,
    object: 'charge',
    amount: intent.amount,
    amount_captured: captured ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: method.billing_details,
    calculated_statement_descriptor: 'SIMULATOR',
    captured,
    created,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: result.status === 'failed' ? failureCode(result.decline) : null,
    failure_message: result.status === 'failed' ? result.decline.message : null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: outcomeOf(result, risk),
    paid: result.status === 'succeeded',
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: chargeDetails(intent, method, mandate, result),
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: intent.shipping,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: result.status,
    transfer_data: null,
    transfer_group: null,
  };
}

/** `charge.failure_code` repeats the error's code, with the challenge by its own name. */
function failureCode(decline: Decline): string {
  if (decline.decline_code === 'authentication_required') return 'authentication_required';
  return decline.code ?? 'card_declined';
}

function outcomeOf(result: ChargeResult, risk_level: Card['risk']): Wire<Stripe.Charge.Outcome> {
  if (result.status === 'failed' && risk_level === 'highest') return BLOCKED;
  if (result.status === 'failed') {
    const { decline } = result;
    return {
      advice_code: decline.advice_code ?? null,
      network_advice_code: decline.network_advice_code ?? null,
      network_decline_code: decline.network_decline_code ?? null,
      network_status: 'declined_by_network',
      reason: decline.decline_code ?? decline.code ?? null,
      risk_level: 'normal',
      risk_score: 20,
      seller_message: 'The bank did not return any further details with this decline.',
      type: 'issuer_declined',
    };
  }
  if (result.status === 'pending') return { ...AUTHORIZED, risk_level: 'not_assessed' };
  return risk_level === 'elevated' ? { ...AUTHORIZED, risk_level, risk_score: 65 } : AUTHORIZED;
}

/** Radar's default rule: the bank never saw it. */
const BLOCKED: Wire<Stripe.Charge.Outcome> = {
  advice_code: null,
  network_advice_code: null,
  network_decline_code: null,
  network_status: 'not_sent_to_network',
  reason: 'highest_risk_level',
  risk_level: 'highest',
  risk_score: 90,
  seller_message: 'Stripe blocked this payment as too risky.',
  type: 'blocked',
};

const AUTHORIZED: Wire<Stripe.Charge.Outcome> = {
  advice_code: null,
  network_advice_code: null,
  network_decline_code: null,
  network_status: 'approved_by_network',
  reason: null,
  risk_level: 'normal',
  risk_score: 20,
  seller_message: 'Payment complete.',
  type: 'authorized',
};

const CHALLENGED: Wire<Stripe.Charge.PaymentMethodDetails.Card.ThreeDSecure> = {
  authentication_flow: 'challenge',
  electronic_commerce_indicator: '05',
  exemption_indicator: null,
  result: 'authenticated',
  result_reason: null,
  transaction_id: null,
  version: '2.2.0',
};

const CHECKS = { address_line1_check: null, address_postal_code_check: null, cvc_check: null };

function chargeDetails(
  intent: PaymentIntent,
  method: PaymentMethod,
  mandate: string | null,
  result: ChargeResult,
): Stripe.Charge.PaymentMethodDetails {
  const expected_debit_date = result.status === 'pending' ? result.expected_debit_date : null;
  if (isDebit(method.type)) return schemeOf(method.type).charge(method, mandate, expected_debit_date ?? '');
  const card = method.card as Stripe.PaymentMethod.Card;
  const usage = intent.payment_method_options?.card?.stored_credential_usage;
  return {
    type: 'card',
    card: {
      amount_authorized: result.status === 'succeeded' ? intent.amount : null,
      authorization_code: result.status === 'succeeded' ? '123456' : null,
      brand: card.brand,
      checks: CHECKS,
      country: card.country,
      electronic_commerce_indicator: null,
      exp_month: card.exp_month,
      exp_year: card.exp_year,
      fingerprint: card.fingerprint ?? null,
      funding: card.funding,
      installments: null,
      last4: card.last4,
      mandate,
      network: card.brand,
      network_transaction_id: result.status === 'succeeded' ? NETWORK_TRANSACTION : null,
      regulated_status: card.regulated_status,
      ...(usage === undefined ? {} : { stored_credential_usage: usage }),
      three_d_secure: result.status !== 'pending' && result.challenged ? CHALLENGED : null,
      transaction_link_id: null,
      wallet: null,
    },
  };
}

const NETWORK_TRANSACTION = '104101011121104';
