import type { PaymentMethodView } from '../schemas/payment-method.ts';
import { CONSENT_EXAMPLE, NEW_CONSENT_EXAMPLE } from './consents.ts';
import { operationsOf } from './operation.ts';

export const PAYMENT_METHOD_EXAMPLE: PaymentMethodView = {
  id: 'pm_1SJf2cL8vQ4nXyTb0Zr6Wk3D',
  object: 'payment_method',
  customer: 'cst_k5r2n7xq4wmv3tyb6hzc2jdp',
  type: 'card',
  card: { brand: 'visa', last4: '4242', exp_month: 8, exp_year: 2029 },
  bank: null,
  mandate: null,
  usage: 'off_session',
  consent: CONSENT_EXAMPLE,
  default: true,
  status: 'usable',
  closed: null,
  detail: null,
  warnings: [],
};

/** What any verb on a payment method may be refused with. */
const VERB_REFUSALS = [
  'already_detached',
  'payment_method_unusable',
  'consent_missing',
  'customer_erased',
] as const;

export const paymentMethodOperations = operationsOf('Payment methods', {
  listPaymentMethods: {
    summary: "List a customer's payment methods",
    description: 'Returns what a customer has on file, newest first, detached methods included.',
    refusals: [],
    answer: { data: [PAYMENT_METHOD_EXAMPLE], next_cursor: null, has_more: false },
  },
  retrievePaymentMethod: {
    summary: 'Retrieve a payment method',
    description: 'Returns a saved payment method with the consent that it was saved under.',
    refusals: [],
    answer: PAYMENT_METHOD_EXAMPLE,
  },
  adoptPaymentMethod: {
    summary: 'Adopt a payment method that Stripe has',
    description:
      'Takes over a payment method that another program saved at Stripe for this customer, for example when you migrate. Send the consent that its holder gave: charges rest on it. A debit needs a mandate, and the billing address that its scheme asks for.',
    refusals: ['not_found', 'customer_erased', 'payment_method_unusable'],
    request: {
      customer: 'cst_k5r2n7xq4wmv3tyb6hzc2jdp',
      stripe_payment_method_id: 'pm_1SJf2cL8vQ4nXyTb0Zr6Wk3D',
      consent: NEW_CONSENT_EXAMPLE,
    },
    answer: PAYMENT_METHOD_EXAMPLE,
  },
  acceptPaymentMethod: {
    summary: 'Accept a payment method that was saved too late, or disputed',
    description:
      'Makes a payment method usable whose setup had ended before its customer finished saving it, or with which a payment was disputed. Accept it only if the customer still wants it on file.',
    refusals: VERB_REFUSALS,
    answer: PAYMENT_METHOD_EXAMPLE,
  },
  detachPaymentMethod: {
    summary: 'Detach a payment method',
    description:
      'Takes a payment method off file, here and at Stripe, when its customer removes it. No new charge uses it; `in_flight` names charges that may still be paid with it because their confirm had already left for Stripe.',
    refusals: VERB_REFUSALS,
    answer: { ...PAYMENT_METHOD_EXAMPLE, status: 'detached', default: false, in_flight: [] },
  },
  setDefaultPaymentMethod: {
    summary: "Make a payment method its customer's default",
    description:
      'Makes this the method that is charged when a charge names none. Charges that follow their customer and wait for a retry are tried with it.',
    refusals: VERB_REFUSALS,
    answer: PAYMENT_METHOD_EXAMPLE,
  },
});
