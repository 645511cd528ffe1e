/** Every state of the customer's page, and names and sums that try its layout, as rows that the page is made of. */
import type { RecoveryPageRow } from '../../src/store/recovery/recovery-page.ts';

const BASE: RecoveryPageRow = {
  id: `rec_${'a'.repeat(24)}`,
  charge_id: `chg_${'a'.repeat(24)}`,
  state: 'open',
  link_version: 1,
  link_key_id: 'k1',
  link_nonce: 'nonce',
  is_over: false,
  kind: 'authenticate',
  is_early: false,
  opened_at: new Date('2026-11-23T09:00:00Z'),
  now: new Date('2026-11-23T10:00:00Z'),
  expires_at: new Date('2026-11-30T09:00:00Z'),
  customer_id: `cst_${'a'.repeat(24)}`,
  charge_state: 'action_required',
  close_requested: false,
  close_detail: null,
  on_expiry: 'close',
  retry_at: null,
  document: null,
  end_is_proven: true,
  contradiction: null,
  stripe_payment_intent_id: 'pi_1',
  amount_minor: 4_299,
  amount_received_minor: null,
  currency: 'eur',
  description: 'Power in October',
  locale: 'en',
  bank_name: null,
  bank_last4: null,
  attempt_bank_name: null,
  attempt_bank_last4: null,
  replacement_bank_name: null,
  replacement_bank_last4: null,
  payment_method_id: 'pm_1',
  method_type: 'card',
  failure_code: null,
  card_brand: 'visa',
  card_last4: '3184',
  method_usable: true,
  future_use_covered: true,
  was_tried: true,
  attempt_number: 1,
  attempt_state: 'authentication_required',
  attempt_is_later: false,
  attempt_type: 'card',
  attempt_started_at: new Date('2026-11-23T08:00:00Z'),
  attempt_collects_on: null,
  attempt_awaits_mandate: false,
  attempt_brand: 'visa',
  attempt_last4: '3184',
  replacement_id: null,
  replacement_state: null,
  replacement_payment_method_id: null,
  replacement_type: null,
  replacement_brand: null,
  replacement_last4: null,
  replacement_attempted: false,
  replacement_refused: false,
  replacements_used: 0,
  saved_payment_method_id: null,
  saved_brand: null,
  saved_last4: null,
};

const NEW_CARD = {
  replacement_id: `set_${'a'.repeat(24)}`,
  replacement_state: 'succeeded',
  replacement_payment_method_id: 'pm_2',
  replacement_type: 'card',
  replacement_brand: 'mastercard',
  replacement_last4: '4444',
  replacements_used: 1,
} as const;

const SAVED = { saved_payment_method_id: 'pm_3', saved_brand: 'mastercard', saved_last4: '4444' } as const;

const OF_ACCOUNT = {
  method_type: 'sepa_debit',
  card_brand: null,
  card_last4: null,
  bank_name: 'ING',
  bank_last4: '3000',
  attempt_type: 'sepa_debit',
  attempt_brand: null,
  attempt_last4: null,
  attempt_bank_name: 'ING',
  attempt_bank_last4: '3000',
} as const;

export const FAILED_DEBIT = {
  ...OF_ACCOUNT,
  kind: 'replace',
  attempt_state: 'declined',
  failure_code: 'insufficient_funds',
} as const;

/** Announced for a day, and with the bank since this morning. */
const DEBIT_ON_ITS_WAY = {
  ...OF_ACCOUNT,
  kind: 'replace',
  charge_state: 'pending',
  attempt_state: 'processing',
  attempt_collects_on: '2026-11-25',
} as const;

const NEW_ACCOUNT = {
  replacement_id: `set_${'a'.repeat(24)}`,
  replacement_state: 'succeeded',
  replacement_payment_method_id: 'pm_2',
  replacement_type: 'sepa_debit',
  replacement_bank_name: 'N26',
  replacement_bank_last4: '1111',
  replacements_used: 1,
} as const;

const EXPIRED = { charge_state: 'failed', state: 'expired', close_detail: 'recovery_expired' } as const;
export const LONG_MERCHANT =
  'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft mbH';

export type Shown = {
  readonly row: RecoveryPageRow;
  readonly merchant: string;
  /** The customer's other open bills. */
  readonly others: readonly RecoveryPageRow[];
};

/** One page of its state, in a world where all else is usual. */
export function shown(
  change: Partial<RecoveryPageRow>,
  merchant = 'Powerline',
  others: readonly Partial<RecoveryPageRow>[] = [],
): Shown {
  const other = (row: Partial<RecoveryPageRow>, at: number): RecoveryPageRow => {
    const id = 'bcdefghijklmnopqrstuvwxyz'.charAt(at).repeat(24);
    return { ...BASE, id: `rec_${id}`, charge_id: `chg_${id}`, ...row };
  };
  return { row: { ...BASE, ...change }, merchant, others: others.map(other) };
}

const OTHERS: readonly Partial<RecoveryPageRow>[] = [
  { amount_minor: 1_250, description: 'Water in October', future_use_covered: false },
  { amount_minor: 8_800, description: 'Heating in October', kind: 'replace', attempt_state: 'declined' },
];

/** By the name of their pictures. */
export const STATES: Readonly<Record<string, Shown>> = {
  to_confirm: shown({}),
  'to_confirm-with-box': shown({ future_use_covered: false }),
  'to_confirm-other-card-only': shown({ kind: 'replace', attempt_state: 'declined' }),
  'to_confirm-saved-card': shown({ ...SAVED, kind: 'replace', attempt_state: 'declined' }),
  'to_confirm-either-card': shown(SAVED),
  'to_confirm-new-card': shown({ ...NEW_CARD, kind: 'replace' }),
  at_bank: shown({ attempt_state: 'awaiting_customer', attempt_is_later: true }),
  processing: shown({ charge_state: 'in_flight', attempt_state: 'open' }),
  failed_try: shown({ attempt_state: 'declined', attempt_is_later: true }),
  unfinished: shown({ attempt_state: 'abandoned', attempt_is_later: true }),
  ask_merchant: shown({ attempt_number: 8, attempt_state: 'abandoned', attempt_is_later: true }),
  'to_confirm-never-tried': shown({
    kind: 'replace',
    was_tried: false,
    attempt_state: null,
    attempt_number: 0,
  }),
  'canceled-without-proof': shown({ charge_state: 'failed', state: 'revoked', end_is_proven: false }),
  'failed_try-new-card': shown({
    ...NEW_CARD,
    attempt_state: 'declined',
    attempt_is_later: true,
    replacement_attempted: true,
  }),
  paid: shown({ charge_state: 'succeeded', state: 'completed', attempt_state: 'succeeded' }),
  'paid-new-card': shown({
    charge_state: 'succeeded',
    state: 'completed',
    attempt_brand: 'mastercard',
    attempt_last4: '4444',
  }),
  'to_confirm-debit': shown(FAILED_DEBIT),
  'to_confirm-debit-de': shown({ ...FAILED_DEBIT, locale: 'de' }),
  'to_confirm-debit-again': shown({
    ...FAILED_DEBIT,
    is_early: true,
    retry_at: new Date('2026-11-26T09:00:00Z'),
  }),
  'to_confirm-new-account': shown({ ...FAILED_DEBIT, ...NEW_ACCOUNT, future_use_covered: false }),
  'processing-debit': shown(DEBIT_ON_ITS_WAY),
  'processing-debit-de': shown({ ...DEBIT_ON_ITS_WAY, locale: 'de' }),
  'to_confirm-of-three': shown({}, 'Powerline', OTHERS),
  'paid-and-two-open': shown({ charge_state: 'succeeded', state: 'completed' }, 'Powerline', OTHERS),
  'long-merchant-of-many': shown(
    { future_use_covered: false },
    LONG_MERCHANT,
    Array.from({ length: 20 }, () => ({
      amount_minor: 99_999_999,
      currency: 'chf',
      description: 'INV-'.repeat(30),
    })),
  ),
  expired: shown(EXPIRED),
  canceled: shown({ charge_state: 'canceled', state: 'revoked' }),
  'long-merchant-largest-sum': shown(
    {
      amount_minor: 99_999_999,
      currency: 'chf',
      description:
        'Heating, warm water and electricity from 1 October to 31 October, meter 1EMH0012345678, flat 12b',
      future_use_covered: false,
    },
    LONG_MERCHANT,
  ),
  'unbroken-words-yen': shown(
    { amount_minor: 99_999_999, currency: 'jpy', description: 'INV-2026-10-'.repeat(12), ...NEW_CARD },
    'x'.repeat(100),
  ),
};
