import { createHash } from 'node:crypto';
import type Stripe from 'stripe';
import { type SchemeAccount, schemeOf } from '../debits/schemes.ts';
import type { BillingDetails } from '../http/shapes.ts';
import type { Card } from '../magic.ts';
import type { Options } from '../options.ts';
import type { Wire } from '../wire-type.ts';

type PaymentMethod = Wire<Stripe.PaymentMethod>;

const EXP_MONTH = 8;
/** How many years ahead a test card expires. */
const YEARS_AHEAD = 4;

/** What a card and a bank account share. */
export interface PaymentMethodFields {
  id: string;
  created: number;
  billing_details: BillingDetails;
  metadata: Record<string, string>;
  allow_redisplay: NonNullable<PaymentMethod['allow_redisplay']>;
}

export interface CardExpiry {
  exp_month: number | undefined;
  exp_year: number | undefined;
}

export function buildCardMethod(
  fields: PaymentMethodFields,
  card: Card,
  expiry: CardExpiry,
  fingerprints: Options['fingerprints'],
): PaymentMethod {
  return {
    ...shared(fields),
    type: 'card',
    card: {
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'unchecked' },
      country: card.country,
      display_brand: card.brand === 'amex' ? 'american_express' : card.brand,
      exp_month: expiry.exp_month ?? EXP_MONTH,
      exp_year: expiry.exp_year ?? new Date(fields.created * 1000).getUTCFullYear() + YEARS_AHEAD,
      fingerprint: fingerprint(fingerprints === 'of_number' ? card.number : fields.id),
      funding: card.funding,
      generated_from: null,
      last4: card.last4,
      networks: { available: [card.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
  };
}

export function buildBankMethod(
  fields: PaymentMethodFields,
  { type, account }: SchemeAccount,
  fingerprints: Options['fingerprints'],
): PaymentMethod {
  const mark = fingerprint(fingerprints === 'of_number' ? account : fields.id);
  return { ...shared(fields), type, ...schemeOf(type).method(account, mark) };
}

function shared(fields: PaymentMethodFields) {
  return {
    ...fields,
    object: 'payment_method',
    customer: null,
    customer_account: null,
    livemode: false,
  } as const;
}

const fingerprints = new Map<string, string>();

/** The same number has the same fingerprint everywhere. */
function fingerprint(number: string): string {
  const known = fingerprints.get(number);
  if (known !== undefined) return known;
  const made = createHash('sha256').update(number).digest('base64url').replaceAll(/[-_]/g, '0').slice(0, 16);
  fingerprints.set(number, made);
  return made;
}
