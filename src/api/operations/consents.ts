import type { ConsentView } from '../schemas/consent.ts';
import { operationsOf } from './operation.ts';

/** A consent as a merchant sends it who has collected it. */
export const NEW_CONSENT_EXAMPLE = {
  scope: 'off_session',
  frequency: 'recurring',
  amount_basis: 'the kilowatt hours used each month, at the tariff of the contract',
  text: 'You may charge this card each month for the power I used, after sending me the bill.',
  version: '2026-10',
  accepted_at: '2026-10-01T09:30:00Z',
  ip_address: '203.0.113.7',
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
} as const;

export const CONSENT_EXAMPLE: ConsentView = {
  id: 'cns_b3k7w2m5qx4trn6ycz2vhd5j',
  object: 'consent',
  customer: 'cst_k5r2n7xq4wmv3tyb6hzc2jdp',
  ...NEW_CONSENT_EXAMPLE,
  mandate_text: null,
  mandate_text_version: null,
  collect: false,
  accepted_at: '2026-10-01T09:30:00.000Z',
  until: null,
  max_charges: null,
  max_amount: { amount: 15_000, currency: 'eur', per: 'month' },
  revoked_at: null,
  created_at: '2026-10-01T09:30:02.118Z',
};

export const consentOperations = operationsOf('Consents', {
  retrieveConsent: {
    summary: 'Retrieve a consent',
    description:
      'Returns what a customer agreed to, with the evidence. Use it to answer a dispute, or to show customers what they have permitted.',
    refusals: [],
    answer: CONSENT_EXAMPLE,
  },
  revokeConsent: {
    summary: 'Revoke a consent',
    description:
      'Ends a permission when its customer withdraws it. Every open charge that rests on it is closed, and no new charge may rest on it. ' +
      '`in_flight` names what may still be paid because its confirm had already left for Stripe; `also_running` names open charges that use the same payment methods under other consents.',
    refusals: [],
    request: { move: false },
    answer: {
      ...CONSENT_EXAMPLE,
      revoked_at: '2026-10-20T15:04:11.902Z',
      in_flight: [],
      also_running: ['chg_hnexh2rbhgrr6xcuukyxjcp7'],
    },
  },
});
