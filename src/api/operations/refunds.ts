import type { EvidenceView } from '../schemas/evidence.ts';
import type { RefundView } from '../schemas/refund.ts';
import { SUCCEEDED_CHARGE } from './charges.ts';
import { CONSENT_EXAMPLE } from './consents.ts';
import { CUSTOMER_EXAMPLE } from './customers.ts';
import { operationsOf } from './operation.ts';
import { PAYMENT_METHOD_EXAMPLE } from './payment-methods.ts';

const REFUND: RefundView = {
  id: 'rfd_t4kzq2mwx7nb5rvh6cyd3jpa',
  object: 'refund',
  charge: SUCCEEDED_CHARGE.id,
  amount: 1_200,
  currency: 'eur',
  status: 'pending',
  failure_reason: null,
  reason: 'requested_by_customer',
  stripe_refund_id: null,
  origin: 'api',
  metadata: { ticket: '8812' },
  created_at: '2026-11-03T09:12:40.118Z',
};

const MADE: RefundView = { ...REFUND, status: 'succeeded', stripe_refund_id: 're_3SOuY2L8vQ4nXyTb1qBm7Zt0' };

const EVIDENCE: EvidenceView = {
  object: 'charge_evidence',
  charge: SUCCEEDED_CHARGE,
  customer: CUSTOMER_EXAMPLE,
  payment_method: PAYMENT_METHOD_EXAMPLE,
  consents: [CONSENT_EXAMPLE],
  mails: [],
  presses: [],
  timeline: [],
};

export const refundOperations = operationsOf('Refunds', {
  createRefund: {
    summary: 'Refund a charge',
    description:
      'Gives back a part of what a charge received, or all that is left. It is made at Stripe by a worker; the outcome comes as `refund.*` and `charge.refunded`. ' +
      'Refunds that are open and those that are done never exceed what was received, whoever asked for them.',
    refusals: ['charge_not_succeeded', 'charge_disputed', 'already_refunded', 'refund_exceeds_charge'],
    request: { amount: 1_200, reason: 'requested_by_customer', metadata: { ticket: '8812' } },
    answer: REFUND,
  },
  listRefunds: {
    summary: 'List refunds',
    description:
      'Returns refunds, newest first, also those that somebody made in Stripe’s dashboard. Filter by charge.',
    refusals: [],
    answer: { data: [MADE], next_cursor: null, has_more: false },
  },
  retrieveRefund: {
    summary: 'Retrieve a refund',
    description:
      'Returns a refund as it now is. One that has succeeded may still fail, where a bank sends it back.',
    refusals: [],
    answer: MADE,
  },
  retrieveChargeEvidence: {
    summary: 'Retrieve what there is to show for a payment',
    description:
      'Returns the consent with its evidence, mails, presses, attempts, refunds, disputes and the timeline of a charge, for whoever answers a dispute. With `Accept: text/html` it is a page to print.',
    refusals: [],
    answer: EVIDENCE,
  },
});
