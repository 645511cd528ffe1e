import type Stripe from 'stripe';
import { isDebit, schemeOf } from '../debits/schemes.ts';
import type { Acceptance } from '../http/shapes.ts';
import type { Wire } from '../wire-type.ts';

type Mandate = Wire<Stripe.Mandate>;
type Status = 'active' | 'inactive' | 'pending';

export function buildMandate(
  id: string,
  created: number,
  method: Wire<Stripe.PaymentMethod>,
  acceptance: Acceptance,
  single_use: { amount: number; currency: string } | null,
  status: Status,
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
    payment_method_details: mandateDetails(id, method.type, status, null),
    status,
    type: single_use === null ? 'multi_use' : 'single_use',
  };
}

/** What the mandate of a scheme shows, which may say more of its status, and of what it was before. */
export function mandateDetails(
  id: string,
  type: string,
  status: Status,
  was: Status | null,
): Stripe.Mandate.PaymentMethodDetails {
  if (!isDebit(type)) return { type: 'card', card: {} };
  const url = `https://hooks.stripe.com/mandate/${id}`;
  return schemeOf(type).mandate({ reference: id.slice(-16).toUpperCase(), url, status, was });
}
