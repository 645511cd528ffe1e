import type { VerdictScope } from './network-rules.ts';
import type { RetryKind } from './retry-schedule.ts';

/**
 * What a decline asks for: the customer at their bank, another method, patience, or the merchant.
 */
const DECLINE_CLASSES = ['authenticate', 'replace', 'retry', 'stop'] as const;
export type DeclineClass = (typeof DECLINE_CLASSES)[number];

export type DeclineRow = {
  readonly code: string;
  readonly class: DeclineClass;
  /** Which schedule a `retry` follows; null for the other classes. */
  readonly retry: RetryKind | null;
  /** What it closes to automatic tries, beyond the charge that was declined. */
  readonly scope: VerdictScope;
  readonly source: string;
  readonly note: string;
};

const DECLINES = 'docs.stripe.com/declines/codes';
const ERRORS = 'docs.stripe.com/error-codes';
const DEBITS = 'docs.stripe.com/payments/sepa-debit, /au-becs-debit';

type Rows = readonly (readonly [code: string, note: string])[];

function rows(source: string, kind: DeclineClass | RetryKind, list: Rows): DeclineRow[] {
  const retry = kind === 'issuer' || kind === 'technical' ? kind : null;
  const decline_class = kind === 'issuer' || kind === 'technical' ? 'retry' : kind;
  return list.map(([code, note]) => ({
    code,
    class: decline_class,
    retry,
    scope: SCOPES[code] ?? 'charge',
    source,
    note,
  }));
}

/** Codes that no other charge would fare better with. All others, and those to come, are about their charge alone. */
const SCOPES: Readonly<Record<string, VerdictScope>> = {
  account_closed: 'card',
  authorization_revoked: 'agreement',
  india_recurring_payment_mandate_canceled: 'agreement',
  invalid_account: 'card',
  lost_card: 'card',
  pickup_card: 'card',
  revocation_of_all_authorizations: 'agreement',
  revocation_of_authorization: 'agreement',
  stolen_card: 'card',
  stop_payment_order: 'agreement',
};

const NEVER_AGAIN = 'never again with this method; the customer is told nothing of the reason';
const UNFIT = 'the card cannot be used for this; another can';
const DATA = 'the card data on file is wrong: saving it anew cures it';
const PIN = 'asks for a PIN or a device at a terminal: hopeless with nobody there';
const OPAQUE = 'the bank gives no reason; a later try often passes';
const REQUEST = 'the request is wrong, not the card: a person has to look';
const BROKEN = 'something on the way broke; minutes or hours cure it';
const NEW_MANDATE = 'the debit is no longer authorised: a new mandate is needed';
const ACCOUNT = 'the account cannot be debited; another can';
const UNSAID =
  'says only that it failed: a debit is not tried again without a reason, which may cost a fee each time';
const LIMIT = 'a limit of the merchant: raise it or wait a week';

/** The decline codes of cards, as in `decline_code`. */
const CARD_DECLINES: readonly DeclineRow[] = [
  ...rows(DECLINES, 'authenticate', [
    ['authentication_required', 'the bank wants its customer: confirm the same PaymentIntent on-session'],
    ['authentication_not_handled', 'a challenge was skipped earlier; the customer has to pass it'],
  ]),
  ...rows(DECLINES, 'issuer', [
    ['approve_with_id', 'one more try, then call the bank; exhausted it becomes a replacement'],
    ['call_issuer', OPAQUE],
    ['card_velocity_exceeded', 'limit of the card reached: not before 24 h'],
    ['do_not_honor', OPAQUE],
    ['generic_decline', 'opaque, may be Radar as well: the advice code says more'],
    ['insufficient_funds', 'payday helps: days apart'],
    ['no_action_taken', OPAQUE],
    ['try_again_later', 'deprecated code, same meaning as the advice'],
    ['withdrawal_count_limit_exceeded', 'limit of the card reached: not before 24 h'],
    ['partner_generic_decline', 'local methods: as opaque as generic_decline'],
    ['payment_limit_exceeded', 'local methods: limit of the account reached: not before 24 h'],
  ]),
  ...rows(DECLINES, 'technical', [
    ['issuer_not_available', BROKEN],
    ['processing_error', BROKEN],
    ['reenter_transaction', BROKEN],
  ]),
  ...rows(DECLINES, 'replace', [
    ['card_not_supported', UNFIT],
    ['currency_not_supported', 'the card cannot pay in this currency; the merchant may have meant another'],
    ['do_not_try_again', 'deprecated code, same meaning as the advice'],
    ['expired_card', 'a new card, unless the account updater brings one'],
    ['incorrect_address', DATA],
    ['incorrect_cvc', DATA],
    ['incorrect_number', DATA],
    ['incorrect_pin', PIN],
    ['incorrect_zip', DATA],
    ['invalid_account', ACCOUNT],
    ['invalid_customer_account', 'local methods: the account behind the method is gone'],
    ['invalid_cvc', DATA],
    ['invalid_expiry_month', DATA],
    ['invalid_expiry_year', DATA],
    ['invalid_number', DATA],
    ['invalid_pin', PIN],
    ['lost_card', NEVER_AGAIN],
    ['mobile_device_authentication_required', PIN],
    ['new_account_information_available', 'the bank issued a new card'],
    ['not_permitted', UNFIT],
    ['offline_pin_required', PIN],
    ['online_or_offline_pin_required', PIN],
    ['pickup_card', NEVER_AGAIN],
    ['pin_try_exceeded', PIN],
    ['restricted_card', NEVER_AGAIN],
    ['security_violation', 'the bank found something wrong with this card: another one'],
    ['service_not_allowed', UNFIT],
    ['stolen_card', NEVER_AGAIN],
    ['transaction_not_allowed', 'never again with this card, which may be good elsewhere'],
  ]),
  ...rows(DECLINES, 'stop', [
    ['duplicate_transaction', 'look for an earlier success first: another card would pay twice'],
    ['fraudulent', 'Stripe or the bank suspects fraud: asking for another card would help the fraudster'],
    ['highest_risk_level', 'blocked by Radar: review it before anyone is asked to pay again'],
    ['invalid_amount', REQUEST],
    ['merchant_blacklist', "on the merchant's own block list: theirs to lift, not the customer's"],
    [
      'revocation_of_all_authorizations',
      'the customer ended every agreement: no other card may be asked for',
    ],
    ['revocation_of_authorization', 'the customer ended this agreement at their bank: consent is gone'],
    ['stop_payment_order', 'the customer told the bank to stop these payments: talk first'],
    ['testmode_decline', 'a test card in live mode, or the reverse: a mistake of ours'],
  ]),
];

/** Error codes that say more than `card_declined`, as in `code`. */
const ERROR_CODES: readonly DeclineRow[] = [
  ...rows(ERRORS, 'authenticate', [
    ['authentication_failure', 'the challenge failed; the customer may try again'],
    ['payment_intent_authentication_failure', 'the challenge failed or was left; try again or use another'],
    ['setup_intent_authentication_failure', 'as above, while the method was being saved'],
  ]),
  ...rows(ERRORS, 'issuer', [
    ['card_declined', 'no decline code came with it: as opaque as generic_decline'],
    ['card_decline_rate_limit_exceeded', 'declined too often; usable again after 24 h'],
  ]),
  ...rows(ERRORS, 'technical', [
    ['idempotency_key_in_use', 'transport; settled before it becomes a decline'],
    ['lock_timeout', 'transport; settled before it becomes a decline'],
    ['payment_intent_unexpected_state', 'the object moved: it is read again before anything is decided'],
    ['payment_method_provider_timeout', BROKEN],
    ['rate_limit', 'transport; settled before it becomes a decline'],
  ]),
  ...rows(ERRORS, 'replace', [
    ['expired_payment_method', 'the method ran out; a new one'],
    ['incorrect_postal_code', DATA],
    ['india_recurring_payment_mandate_canceled', NEW_MANDATE],
    ['payment_intent_mandate_invalid', NEW_MANDATE],
    ['payment_intent_payment_attempt_failed', UNSAID],
    ['payment_method_restricted', UNFIT],
  ]),
  ...rows(ERRORS, 'stop', [
    ['amount_too_large', REQUEST],
    ['amount_too_small', REQUEST],
    ['capability_not_active', 'the account may not use this kind of method'],
    ['parameter_invalid_empty', REQUEST],
    ['parameter_invalid_integer', REQUEST],
    ['parameter_invalid_string_blank', REQUEST],
    ['parameter_invalid_string_empty', REQUEST],
    ['parameter_missing', REQUEST],
    ['parameter_unknown', REQUEST],
    ['parameters_exclusive', REQUEST],
    ['payment_intent_incompatible_payment_method', REQUEST],
    ['payment_method_types_no_longer_supported', REQUEST],
    ['payment_method_unactivated', 'the account may not use this kind of method'],
    ['resource_missing', REQUEST],
  ]),
];

/** Failure codes of bank debits, as in `charge.failure_code`. */
const DEBIT_FAILURES: readonly DeclineRow[] = [
  ...rows(DEBITS, 'issuer', [
    ['generic_could_not_process', OPAQUE],
    ['refer_to_customer', 'the bank asks to talk to the customer; usually funds'],
  ]),
  ...rows(DEBITS, 'replace', [
    ['account_closed', ACCOUNT],
    ['authorization_revoked', NEW_MANDATE],
    ['bank_account_restricted', ACCOUNT],
    ['branch_does_not_exist', ACCOUNT],
    ['debit_authorization_not_match', NEW_MANDATE],
    ['debit_not_authorized', NEW_MANDATE],
    ['incorrect_account_holder_name', NEW_MANDATE],
    ['invalid_account_number', ACCOUNT],
    ['no_account', ACCOUNT],
  ]),
  ...rows(DEBITS, 'stop', [
    ['charge_exceeds_source_limit', LIMIT],
    ['charge_exceeds_transaction_limit', LIMIT],
    ['charge_exceeds_weekly_limit', LIMIT],
    ['debit_disputed', 'the customer disputed an earlier debit: settle that first'],
    ['recipient_deceased', 'nobody to write to: a person decides'],
  ]),
];

/** Every code we know, each once. */
export const DECLINE_TABLE: readonly DeclineRow[] = [...CARD_DECLINES, ...ERROR_CODES, ...DEBIT_FAILURES];

/**
 * The nine codes that Stripe's own retries never repeat without a new method (docs.stripe.com/billing,
 * smart retries): no advice softens them.
 */
export const NEVER_RETRIED_BY_STRIPE: ReadonlySet<string> = new Set([
  'authentication_required',
  'highest_risk_level',
  'incorrect_number',
  'lost_card',
  'pickup_card',
  'revocation_of_all_authorizations',
  'revocation_of_authorization',
  'stolen_card',
  'transaction_not_allowed',
]);

/** What an unknown code means: Stripe's lists are open, and patience harms least (stripe-node's open enums). */
export const DEFAULT_DECLINE: DeclineRow = {
  code: 'unknown',
  class: 'retry',
  retry: 'issuer',
  scope: 'charge',
  source: ERRORS,
  note: 'a code newer than this table: tried again on the slow schedule, then replaced',
};

/** The same of a debit, where each failure costs a fee and may mean that nobody has agreed to it: another method is asked for. */
export const DEFAULT_FAILED_DEBIT: DeclineRow = {
  code: 'unknown',
  class: 'replace',
  retry: null,
  scope: 'charge',
  source: DEBITS,
  note: UNSAID,
};
