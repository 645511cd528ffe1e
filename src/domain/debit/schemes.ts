/**
 * What differs from one debit scheme to the next, as data: whoever adds a scheme adds a line here, its bank days and its texts,
 * and no code.
 *
 * Sources, by the letters in the comments:
 *
 * - S: docs.stripe.com/payments/sepa-debit, /payments/au-becs-debit, /payments/payment-methods/bacs-debit
 * - T: `payment_method_options.<type>.target_date` of stripe-node 23.1 (docs.stripe.com/api/payment_intents/create)
 * - E: EPC016, SEPA Direct Debit Core Scheme Rulebook (europeanpaymentscouncil.eu), 4.3 and 4.4
 * - A: BECS Procedures of AusPayNet (auspaynet.com.au) and Stripe's BECS service agreement (stripe.com/legal/becs-dd-service-agreement)
 * - B: Stripe's Direct Debit Guarantee (stripe.com/legal/bacs-direct-debit-guarantee), docs.stripe.com/payments/bacs-debit/email-customization
 * - G: GoCardless' comparison of timings by scheme (support.gocardless.com, "Payment timings comparison chart")
 * - R: docs.stripe.com/billing/revenue-recovery/smart-retries, bank debits
 */

export const SCHEME_TYPES = ['sepa_debit', 'au_becs_debit', 'bacs_debit'] as const;
export type SchemeType = (typeof SCHEME_TYPES)[number];

/** Whose bank days a scheme moves on. */
export type BankCalendar = 'target' | 'australia' | 'uk';

/** How long before a debit its customer must know of it: in days of the calendar, or in bank days. */
export type NoticePeriod = {
  readonly unit: 'calendar' | 'bank';
  /** The scheme's own, where nothing else was agreed; `DEBIT_NOTICE_DAYS` says what was. */
  readonly default_days: number;
  /** What the mandate that Stripe shows agrees to: fewer are refused, and so early a repetition or a notice of Stripe's is told. */
  readonly least_days: number;
  /** Whether the scheme demands a notice, or only advises one. */
  readonly by_scheme: 'required' | 'advised';
};

export type DebitScheme = {
  readonly type: SchemeType;
  readonly currency: string;
  /** Most of one debit, in minor units: what Stripe grants a new account. */
  readonly maximum_minor: number;
  /** Of the account that is debited, ISO 3166. */
  readonly account_countries: readonly string[];
  /** The customer's address is required: always, never, or of accounts in these countries. */
  readonly address: 'always' | 'never' | readonly string[];
  readonly calendar: BankCalendar;
  /** Until when in its zone Stripe takes a debit for the day. */
  readonly cut_off: { readonly hour: number; readonly minute: number; readonly time_zone: string };
  /** Bank days from the day that Stripe takes it to the day that the money leaves the account. */
  readonly lead_bank_days: number;
  /** Bank days from the day that Stripe takes it until Stripe tells of the success; with a new mandate. */
  readonly told_after_bank_days: number;
  readonly told_after_bank_days_new_mandate: number;
  readonly notice: NoticePeriod;
  /** Bank days after the day of its notice on which a debit may still be collected. */
  readonly late_bank_days: number;
  /** Of one mandate, whatever charge: how often it is presented again, within how many days, and after which `failure_code`. */
  readonly retries: {
    readonly most: number;
    readonly within_days: number;
    /** Bank days from a failure to the next collection, the first and the second; at least. */
    readonly after_bank_days: readonly number[];
    readonly failure_codes: readonly string[];
  };
  /** How long the money can be asked back after a debit; null: without an end. */
  readonly returns: { readonly no_questions_days: number; readonly unauthorised_months: number | null };
  /** Who sends the customer the agreement that they gave; null: the scheme asks for nothing more than that it was shown. */
  readonly agreement_mailed_by: 'us' | 'stripe' | null;
  /** The mandate may be used at once, or Stripe awaits the bank's word on it first. */
  readonly mandate_begins: 'active' | 'pending';
  /** Days of the calendar from the confirm for which Stripe takes a `target_date`; null: it takes none. */
  readonly target_date: { readonly least_days: number; readonly most_days: number } | null;
};

/** The countries of the European Economic Area, whose IBANs need no address (S; E, as required for others by Regulation 2015/847). */
const EEA = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK'.split(
  ' ',
);
/** The rest of the scheme's countries and territories that have an IBAN of their own (EPC409, list of SEPA scheme countries). */
const SEPA_OUTSIDE_EEA = 'AD AL CH GB GI MC MD ME MK RS SM VA'.split(' ');

export const SCHEMES: { readonly [T in SchemeType]: DebitScheme & { readonly type: T } } = {
  sepa_debit: {
    type: 'sepa_debit',
    currency: 'eur',
    maximum_minor: 1_000_000, // S: 10,000 EUR each
    account_countries: [...EEA, ...SEPA_OUTSIDE_EEA],
    address: SEPA_OUTSIDE_EEA, // S: "For payments from IBANs outside the EEA, you must also collect the billing address"
    calendar: 'target',
    cut_off: { hour: 10, minute: 30, time_zone: 'Europe/Paris' }, // S: 10:30 CET
    lead_bank_days: 2, // E 4.3: at the debtor's bank one day before; G: charged two days after submission
    told_after_bank_days: 6, // S: T+6
    told_after_bank_days_new_mandate: 6,
    // E 4.4: 14 calendar days before the due date unless agreed otherwise; S: Stripe's mandate agrees to 2.
    notice: { unit: 'calendar', default_days: 14, least_days: 2, by_scheme: 'required' },
    late_bank_days: 3,
    // R: at most 2 within 30 days, for insufficient funds only. Each may cost a fee.
    retries: {
      most: 2,
      within_days: 30,
      after_bank_days: [3, 5],
      failure_codes: ['insufficient_funds'],
    },
    returns: { no_questions_days: 56, unauthorised_months: 13 }, // E 4.3.4, S
    agreement_mailed_by: null, // E 4.1: the creditor stores the mandate; a confirmation is not asked for
    mandate_begins: 'active', // S: the SetupIntent succeeds at once
    target_date: { least_days: 3, most_days: 15 }, // T
  },
  au_becs_debit: {
    type: 'au_becs_debit',
    currency: 'aud',
    maximum_minor: 1_000_000, // S: 10,000 AUD each and a week
    account_countries: ['AU'],
    address: 'never',
    calendar: 'australia',
    cut_off: { hour: 18, minute: 30, time_zone: 'Australia/Melbourne' }, // S
    lead_bank_days: 1, // G: charged one day after submission
    told_after_bank_days: 2, // S: T+2
    told_after_bank_days_new_mandate: 2,
    // A, S: the scheme advises a notice; 14 days are suggested, and Stripe's own mail goes out a day before.
    notice: { unit: 'calendar', default_days: 14, least_days: 1, by_scheme: 'advised' },
    late_bank_days: 3,
    // R: at most 2 within 30 days. BECS says "refer to customer" for want of money (return code 6), and names no other such reason.
    retries: {
      most: 2,
      within_days: 30,
      after_bank_days: [3, 5],
      failure_codes: ['insufficient_funds', 'refer_to_customer'],
    },
    returns: { no_questions_days: 0, unauthorised_months: 84 }, // S: up to seven years
    // A: whoever collects gives the customer the Direct Debit Request and its service agreement. Stripe's own mails tell of debits only (S).
    agreement_mailed_by: 'us',
    mandate_begins: 'active', // S
    target_date: { least_days: 3, most_days: 15 }, // T
  },
  bacs_debit: {
    type: 'bacs_debit',
    currency: 'gbp',
    maximum_minor: 10_000_000, // S: 100,000 GBP each
    account_countries: ['GB'],
    address: 'always', // S: "sort code, account number, name, email, and full address"
    calendar: 'uk',
    cut_off: { hour: 20, minute: 0, time_zone: 'Europe/London' }, // S
    lead_bank_days: 2, // bacs.co.uk, three-day cycle: input, processing, entry
    told_after_bank_days: 3, // S: T+3 with a mandate in place
    told_after_bank_days_new_mandate: 6, // S: three more
    // B: "notify you 2 working days in advance"; the Guarantee's text may not be edited, so nothing longer is the default.
    notice: { unit: 'bank', default_days: 2, least_days: 2, by_scheme: 'required' },
    late_bank_days: 3, // B and Bacs' rules: on the day told, or within three working days after it
    // R: at most 2 within 30 days. Bacs' "refer to payer" (ARUDD 0) is Stripe's insufficient_funds.
    retries: {
      most: 2,
      within_days: 30,
      after_bank_days: [3, 5],
      failure_codes: ['insufficient_funds', 'refer_to_customer'],
    },
    returns: { no_questions_days: 0, unauthorised_months: null }, // S: "for an unlimited period of time"
    // B: a confirmation of sign-up is required; Stripe sends it, and approves those who want to send their own.
    agreement_mailed_by: 'stripe',
    mandate_begins: 'pending', // S: three days more for a new mandate
    target_date: { least_days: 3, most_days: 15 }, // T
  },
};

/** Whether a debit of this account lacks the address that its scheme asks of its holder. An account of no country known needs none. */
export function lacksAddress(
  type: string,
  country: string | null,
  { has_address }: { readonly has_address: boolean },
): boolean {
  const rule = schemeOf(type)?.address ?? 'never';
  if (has_address || rule === 'never') return false;
  return rule === 'always' || (country !== null && rule.includes(country));
}

/** The scheme of a type of payment method; null for a card, and for a debit that we only adopt. */
export function schemeOf(type: string): DebitScheme | null {
  return type in SCHEMES ? SCHEMES[type as SchemeType] : null;
}
