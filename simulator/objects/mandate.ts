import type Stripe from 'stripe';
import type { Acceptance } from '../http/shapes.ts';
import type { Wire } from '../wire-type.ts';

type Mandate = Wire<Stripe.Mandate>;

export function buildMandate(
  id: string,
  created: number,
  method: Wire<Stripe.PaymentMethod>,
  acceptance: Acceptance,
  single_use: { amount: number; currency: string } | null,
): Mandate {
  return {
    id,
    object: 'mandate',
    customer_acceptance: {
      accepted_at: acceptance.accepted_at ?? created,
      type: acceptance.type,
      ...(acceptance.online === null ? { offline: {} } : { online: acceptance.online }),
    },
    livemode: false,
    ...(single_use === null ? { multi_use: {} } : { single_use }),
    payment_method: method.id,
    payment_method_details: mandateDetails(id, method),
    status: 'active',
    type: single_use === null ? 'multi_use' : 'single_use',
  };
}

function mandateDetails(id: string, method: Wire<Stripe.PaymentMethod>): Stripe.Mandate.PaymentMethodDetails {
  const url = `https://hooks.stripe.com/mandate/${id}`;
  if (method.type === 'sepa_debit') {
    return { type: 'sepa_debit', sepa_debit: { reference: id.slice(-16).toUpperCase(), url } };
  }
  if (method.type === 'au_becs_debit') return { type: 'au_becs_debit', au_becs_debit: { url } };
  return { type: 'card', card: {} };
}
