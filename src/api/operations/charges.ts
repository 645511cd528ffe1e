import type { ChargeView } from '../schemas/charge.ts';
import { operationsOf } from './operation.ts';

const RETRY_DAYS = { days: [1, 3, 7] };
const ENDED = ['already_succeeded', 'already_failed', 'already_canceled'] as const;

const NEW_CHARGE_EXAMPLE = {
  customer: 'cst_k5r2n7xq4wmv3tyb6hzc2jdp',
  amount: 5_352,
  currency: 'eur',
  description: '179 kWh in October 2026',
  reference: 'usage-2026-10-H0001',
  document: { number: 'R-2026-1187', date: '2026-11-01', url: 'https://power.example/bills/R-2026-1187' },
};

/** As it is answered at once: accepted, and not tried yet. */
const ACCEPTED: ChargeView = {
  id: 'chg_hnexh2rbhgrr6xcuukyxjcp7',
  object: 'charge',
  customer: NEW_CHARGE_EXAMPLE.customer,
  payment_method: 'pm_1SJf2cL8vQ4nXyTb0Zr6Wk3D',
  follows_customer: true,
  amount: NEW_CHARGE_EXAMPLE.amount,
  currency: 'eur',
  description: NEW_CHARGE_EXAMPLE.description,
  reference: NEW_CHARGE_EXAMPLE.reference,
  again_of: null,
  run: null,
  usage: null,
  due_at: null,
  status: 'processing',
  detail: null,
  next_attempt_at: '2026-11-01T08:00:00.412Z',
  stripe_payment_intent_id: null,
  attempts: [],
  recovery: null,
  paid_with: null,
  last_error: null,
  retry: RETRY_DAYS,
  recovery_terms: { deadline_days: 7, on_expiry: 'close', mails: true, early_mail: false },
  receipt: false,
  amount_received: 0,
  amount_refunded: 0,
  refunds: [],
  disputes: [],
  early_fraud_warning: null,
  notice: null,
  expected_at: null,
  document: NEW_CHARGE_EXAMPLE.document,
  warnings: [],
  version: 1,
  metadata: {},
  created_at: '2026-11-01T08:00:00.412Z',
  settled_at: null,
};

const ATTEMPT: ChargeView['attempts'][number] = {
  number: 1,
  kind: 'off_session',
  status: 'succeeded',
  payment_method: 'pm_1SJf2cL8vQ4nXyTb0Zr6Wk3D',
  consent: 'cns_b3k7w2m5qx4trn6ycz2vhd5j',
  code: null,
  decline_code: null,
  advice_code: null,
  started_at: '2026-11-01T08:00:01.020Z',
  ended_at: '2026-11-01T08:00:02.377Z',
};

const BOUND: ChargeView = {
  ...ACCEPTED,
  stripe_payment_intent_id: 'pi_3SOuY2L8vQ4nXyTb1pWc9Rk7',
  next_attempt_at: null,
};

export const SUCCEEDED_CHARGE: ChargeView = {
  ...BOUND,
  status: 'succeeded',
  amount_received: NEW_CHARGE_EXAMPLE.amount,
  attempts: [ATTEMPT],
  paid_with: { payment_method: 'pm_1SJf2cL8vQ4nXyTb0Zr6Wk3D' },
  version: 5,
  settled_at: '2026-11-01T08:00:02.377Z',
};

const RECOVERY: NonNullable<ChargeView['recovery']> = {
  id: 'rec_q6mz2xwt5bkn7rvh4cyd3jpa',
  kind: 'authenticate',
  status: 'open',
  expires_at: '2026-11-08T08:00:02.377Z',
  messages_sent: 1,
  undeliverable: false,
};

const LINKED = { recovery: { ...RECOVERY, url: 'https://pay.power.example/r/v1.k1.Qm9sdC1leGFtcGxl' } };

export const chargeOperations = operationsOf('Charges', {
  createCharge: {
    summary: 'Charge a saved payment method',
    description:
      'Accepts a charge of a customer who is away and answers 202 at once: a worker tries it, now or at `due_at`. The outcome comes later, as an event, or by `retrieveCharge` with `wait`. ' +
      'The same Idempotency-Key never charges twice, however often you repeat the call.',
    refusals: [
      'not_found',
      'conflict',
      'reference_taken',
      'no_payment_method',
      'payment_method_unusable',
      'consent_missing',
      'consent_used',
      'consent_exceeded',
      'customer_stopped',
      'customer_deleted',
      'customer_erased',
      'amount_too_small',
      'amount_too_large',
      'due_at_too_far',
      'currency_unknown',
    ],
    request: NEW_CHARGE_EXAMPLE,
    answer: ACCEPTED,
  },
  retrieveCharge: {
    summary: 'Retrieve a charge',
    description:
      'Returns a charge with its attempts and its newest recovery. With `wait` it answers as soon as the charge is settled or waits for its customer.',
    refusals: [],
    answer: SUCCEEDED_CHARGE,
  },
  listCharges: {
    summary: 'List charges',
    description:
      'Returns charges, newest first. Filter by customer, status, reference, metadata, time, or PaymentIntent, for example to reconcile your own books.',
    refusals: [],
    answer: { data: [SUCCEEDED_CHARGE], next_cursor: SUCCEEDED_CHARGE.id, has_more: true },
  },
  retrieveChargeTimeline: {
    summary: "Retrieve a charge's timeline",
    description:
      'Returns every move of a charge, its attempts and its recoveries, oldest first, with what caused each. Kept for 25 months after the charge has ended.',
    refusals: [],
    answer: {
      data: [
        {
          at: '2026-11-01T08:00:00.412Z',
          entity: 'charge',
          from: null,
          to: 'processing',
          version: 1,
          cause: 'api',
          reference: 'key_m3tx6wq2nzb5kvr7hcy4djpa',
          event: 'dce_a2mqzw5ktr7nxb3hvcy4djp6',
          type: 'charge.created',
        },
        {
          at: '2026-11-01T08:00:02.377Z',
          entity: 'charge',
          from: 'processing',
          to: 'succeeded',
          version: 5,
          cause: 'worker',
          reference: 'req_8fKz2LqWm4XvTn',
          event: 'dce_a2mqzwbnt3xkr7hvcy4djp62',
          type: 'charge.succeeded',
        },
      ],
    },
  },
  cancelCharge: {
    summary: 'Cancel a charge',
    description:
      'Asks for the end of a charge that is not paid yet. It is `canceled` once Stripe has confirmed that its PaymentIntent can no longer take money; until then `detail` is `closing`. ' +
      '`in_flight` names the charge itself while a confirm that has already left may still succeed.',
    refusals: ENDED,
    answer: { ...BOUND, detail: 'closing', version: 3, in_flight: [] },
  },
  updateCharge: {
    summary: 'Update a charge that has not begun',
    description:
      'Changes amount, time, description, metadata or document of a charge of which nothing has begun at Stripe, for example when the final amount differs from the estimate. The customer’s consent must cover the new amount.',
    refusals: [
      ...ENDED,
      'conflict',
      'consent_exceeded',
      'payment_method_unusable',
      'amount_too_small',
      'amount_too_large',
      'due_at_too_far',
    ],
    request: { amount: 4_980 },
    answer: { ...ACCEPTED, amount: 4_980, version: 2 },
  },
  retryCharge: {
    summary: 'Retry a charge now',
    description:
      'Tries a charge at once that waits for its next automatic attempt, for example after its customer told you that the account has funds. Refused with `conflict` where only the customer can help, or where the network forbids another try.',
    refusals: [...ENDED, 'conflict'],
    answer: { ...BOUND, version: 7 },
  },
  setChargePaymentMethod: {
    summary: 'Choose the payment method of a charge',
    description:
      'Has an open charge keep one payment method of its customer, instead of following whichever is the default. The next automatic attempt uses it.',
    refusals: [
      ...ENDED,
      'conflict',
      'payment_method_unusable',
      'consent_missing',
      'consent_used',
      'consent_exceeded',
    ],
    request: { payment_method: 'pm_1SKdT5L8vQ4nXyTb7Nw2Hs9E' },
    answer: {
      ...ACCEPTED,
      payment_method: 'pm_1SKdT5L8vQ4nXyTb7Nw2Hs9E',
      follows_customer: false,
      version: 2,
    },
  },
  retrieveRecovery: {
    summary: "Retrieve a charge's recovery with its link",
    description:
      'Returns the newest recovery of a charge with the link to its page, so that you can pass it on by a channel of your own. Needs the scope `write`, because whoever has the link may pay with another card.',
    refusals: [],
    answer: LINKED,
  },
  openRecovery: {
    summary: 'Bring the customer in now',
    description:
      'Opens a recovery for a charge that waits for its next automatic attempt, so that its customer can pay now. The answer has the link; the usual mails go out, too.',
    refusals: [...ENDED, 'conflict'],
    answer: LINKED,
  },
  resendRecovery: {
    summary: "Mail a recovery's link again",
    description:
      'Mails the link once more to a customer who has lost it or whose address was wrong. With `revoke_earlier: true` the mail has a new link and every earlier one ends.',
    refusals: [...ENDED, 'conflict', 'mail_limit_reached'],
    request: { revoke_earlier: false },
    answer: LINKED,
  },
});
