import type { SetupView } from '../schemas/setup.ts';
import { CONSENT_EXAMPLE, NEW_CONSENT_EXAMPLE } from './consents.ts';
import { operationsOf } from './operation.ts';

const SETUP_EXAMPLE: SetupView = {
  id: 'set_w4tq7nbx2kzr5mhc3vyd6jpa',
  object: 'setup',
  customer: 'cst_k5r2n7xq4wmv3tyb6hzc2jdp',
  usage: 'off_session',
  payment_method_types: ['card'],
  via: 'checkout',
  status: 'awaiting_customer',
  detail: null,
  stripe_setup_intent_id: 'seti_1SJf1aL8vQ4nXyTbT5hQm0Ke',
  client_secret: null,
  url: 'https://checkout.stripe.com/c/pay/cs_test_c1B6nQ',
  next_action: null,
  payment_method: null,
  mandate: null,
  last_error: null,
  consent: CONSENT_EXAMPLE,
  allow_redisplay: null,
  return_url: 'https://power.example/thanks',
  version: 3,
  metadata: {},
  expires_at: '2026-10-02T09:30:02.118Z',
  created_at: '2026-10-01T09:30:02.118Z',
  settled_at: null,
};

const QUEUED: SetupView = {
  ...SETUP_EXAMPLE,
  status: 'queued',
  stripe_setup_intent_id: null,
  url: null,
  version: 1,
};

export const setupOperations = operationsOf('Setups', {
  createSetup: {
    summary: 'Begin to save a payment method',
    description:
      'Starts saving a card, or a bank account for debits (`payment_method_types`), while its customer is there, together with the consent that later charges rest on. Send the customer to `url` (`via: checkout`), or show Stripe Elements with `client_secret` (`via: elements`). ' +
      'With `consent.collect: true` our own page asks for the agreement first, and you need not collect evidence.',
    refusals: ['not_found', 'customer_deleted', 'customer_erased', 'customer_stopped'],
    request: {
      customer: 'cst_k5r2n7xq4wmv3tyb6hzc2jdp',
      via: 'checkout',
      return_url: 'https://power.example/thanks',
      consent: NEW_CONSENT_EXAMPLE,
    },
    answer: QUEUED,
  },
  retrieveSetup: {
    summary: 'Retrieve a setup',
    description:
      'Returns a setup; with `wait` it answers as soon as the setup waits for its customer or has ended. `client_secret` and `url` are shown only to keys with the scope `write`, because their holder may save a card.',
    refusals: [],
    answer: SETUP_EXAMPLE,
  },
  listSetups: {
    summary: 'List setups',
    description: 'Returns setups, newest first, of one customer or in one status if you ask for it.',
    refusals: [],
    answer: {
      data: [{ ...SETUP_EXAMPLE, url: null }],
      next_cursor: 'set_w4tq7nbx2kzr5mhc3vyd6jpa',
      has_more: true,
    },
  },
  cancelSetup: {
    summary: 'Cancel a setup',
    description:
      'Asks for the end of a setup that its customer has not finished. It is `canceled` once Stripe has confirmed that it can no longer succeed; until then `detail` is `closing`.',
    refusals: ['already_succeeded', 'already_failed', 'already_canceled', 'already_expired'],
    answer: { ...SETUP_EXAMPLE, status: 'processing', detail: 'closing', url: null, version: 4 },
  },
});
