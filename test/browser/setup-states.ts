/** Every state of our own set-up page, as rows that the page is made of. */
import type { SetupPageRow } from '../../src/store/setup/setup-page.ts';
import { LONG_MERCHANT } from './gallery-states.ts';

const BASE: SetupPageRow = {
  id: `set_${'a'.repeat(24)}`,
  state: 'awaiting_customer',
  revision: 1,
  is_over: false,
  expires_at: new Date('2026-11-24T09:00:00Z'),
  return_url: 'https://powerline.example/account',
  payment_method_types: ['card'],
  locale: 'en',
  collect: true,
  scope: 'off_session',
  frequency: 'recurring',
  amount_basis: 'What your meter counted in the month, at the price of your contract',
  text: 'I allow Powerline to charge my card each month for the power I used. I get the bill three days before.',
  text_version: '2026-11',
  valid_until: null,
  max_charges: null,
  max_amount_minor: null,
  max_amount_currency: null,
  max_amount_per: null,
  accepted_at: null,
  revoked_at: null,
  method_state: null,
  method_detail: null,
  method_type: null,
  card_brand: null,
  card_last4: null,
  bank_name: null,
  bank_last4: null,
};

const SAVED = {
  state: 'succeeded',
  accepted_at: new Date('2026-11-23T09:00:00Z'),
  method_state: 'usable',
  method_type: 'card',
  card_brand: 'visa',
  card_last4: '4242',
} as const;

const SEPA = { payment_method_types: ['sepa_debit'] } as const;
const SEPA_TEXT_DE =
  'Ich erlaube Powerline, jeden Monat von meinem Konto einzuziehen, was ich verbraucht habe.';
const OF_ACCOUNT = {
  method_type: 'sepa_debit',
  card_brand: null,
  card_last4: null,
  bank_name: 'ING',
  bank_last4: '3000',
} as const;

export type SetupShown = { readonly row: SetupPageRow; readonly merchant: string };

function shown(change: Partial<SetupPageRow>, merchant = 'Powerline'): SetupShown {
  return { row: { ...BASE, ...change }, merchant };
}

/** By the name of their pictures. */
export const SETUP_STATES: Readonly<Record<string, SetupShown>> = {
  to_accept: shown({}),
  'to_accept-card-is-saved': shown({
    ...SAVED,
    accepted_at: null,
    method_state: 'unusable',
    method_detail: 'evidence_missing',
  }),
  'to_accept-long': shown(
    {
      text: `${'I allow the merchant to charge my card for what I use. '.repeat(12)}\n\nSecond paragraph.`,
      amount_basis: 'Kilowatthours'.repeat(12),
      frequency: 'one_time',
    },
    LONG_MERCHANT,
  ),
  'to_accept-with-limits': shown({
    valid_until: new Date('2027-12-31T23:00:00Z'),
    max_charges: 24,
    max_amount_minor: 15_000,
    max_amount_currency: 'eur',
    max_amount_per: 'month',
  }),
  to_save: shown({ accepted_at: SAVED.accepted_at }),
  processing: shown({ state: 'processing', accepted_at: SAVED.accepted_at }),
  saved: shown(SAVED),
  not_in_use: shown({ ...SAVED, method_state: 'detached' }),
  expired: shown({ state: 'expired' }),
  canceled: shown({ state: 'canceled' }),
  failed: shown({ state: 'failed' }),
  'to_accept-sepa-de': shown({
    ...SEPA,
    text: SEPA_TEXT_DE,
    amount_basis: 'Was Ihr Zähler im Monat gezählt hat',
    locale: 'de',
  }),
  'to_accept-becs': shown({
    payment_method_types: ['au_becs_debit'],
    text: 'I allow Powerline to debit my account.',
  }),
  'saved-account-de': shown({ ...SEPA, ...SAVED, ...OF_ACCOUNT, text: SEPA_TEXT_DE, locale: 'de' }),
};
