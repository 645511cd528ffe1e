/**
 * The types of payment method that a setup saves, by Stripe's words. What a debit's scheme rules for charges is data of its own
 * (`src/domain/charge/method-fit.ts`).
 */
export const SETUP_TYPES = ['card', 'sepa_debit', 'au_becs_debit', 'bacs_debit'] as const;

/** Where an account is, of schemes of one country; Stripe names it for the others. */
export const SCHEME_COUNTRIES: Readonly<Record<string, string>> = {
  au_becs_debit: 'AU',
  bacs_debit: 'GB',
  nz_bank_account: 'NZ',
  us_bank_account: 'US',
};
