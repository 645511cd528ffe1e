import type Stripe from 'stripe';
import type { Wire } from '../wire-type.ts';

type Customer = Wire<Stripe.Customer>;

/** What a create may set. */
export type CustomerFields = Pick<
  Customer,
  'balance' | 'description' | 'email' | 'invoice_settings' | 'metadata' | 'shipping'
> & {
  address: Stripe.Address | null;
  name: string | null;
  phone: string | null;
  preferred_locales: string[];
};

export function buildCustomer(id: string, created: number, fields: CustomerFields): Customer {
  return {
    id,
    object: 'customer',
    created,
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    discount: null,
    invoice_prefix: id.slice(-8).toUpperCase(),
    livemode: false,
    next_invoice_sequence: 1,
    tax_exempt: 'none',
    test_clock: null,
    ...fields,
  };
}
