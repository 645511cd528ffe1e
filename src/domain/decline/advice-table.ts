import { DAY_S, HOUR_S } from '../durations.ts';
import type { DeclineClass } from './decline-table.ts';

/** What an advice asks for; `minimum_delay_s` only makes a retry later, never sooner. */
export type AdviceRow = {
  readonly code: string;
  readonly class: DeclineClass;
  readonly minimum_delay_s: number;
  readonly source: string;
  readonly note: string;
};

const STRIPE = 'docs.stripe.com/declines/codes (advice codes)';

/** Stripe's `advice_code`. */
export const ADVICE_CODES: readonly AdviceRow[] = [
  advice(STRIPE, 'do_not_try_again', 'replace', 'never again with this card for this payment'),
  advice(STRIPE, 'try_again_later', 'retry', 'refused for now'),
  advice(STRIPE, 'confirm_card_data', 'replace', 'the card data is wrong: saving it anew cures it'),
];

// Secondary sources (acquirers' notices of 2022 to 2026): Stripe passes the two digits on without a table.
const MAC = 'Mastercard merchant advice codes';

/**
 * `network_advice_code`: Mastercard's merchant advice codes. A sandbox answers Visa cards with 01, 02 and 03 as well (recorded
 * in August 2026), always beside an advice code of Stripe's, which comes first.
 */
export const NETWORK_ADVICE_CODES: readonly AdviceRow[] = [
  advice(MAC, '01', 'replace', 'new account information is available'),
  advice(MAC, '02', 'retry', 'cannot approve now, try later'),
  advice(MAC, '03', 'replace', 'do not try again; a retry within 30 days is billed'),
  advice(MAC, '04', 'replace', 'token requirements not met: this credential will not pass'),
  advice(MAC, '21', 'stop', 'the customer cancelled the recurring payment; a retry within 30 days is billed'),
  advice(MAC, '22', 'replace', 'the card does not qualify for this kind of payment'),
  advice(MAC, '24', 'retry', 'retry after 1 hour', 1 * HOUR_S),
  advice(MAC, '25', 'retry', 'retry after 24 hours', 24 * HOUR_S),
  advice(MAC, '26', 'retry', 'retry after 2 days', 2 * DAY_S),
  advice(MAC, '27', 'retry', 'retry after 4 days', 4 * DAY_S),
  advice(MAC, '28', 'retry', 'retry after 6 days', 6 * DAY_S),
  advice(MAC, '29', 'retry', 'retry after 8 days', 8 * DAY_S),
  advice(MAC, '30', 'retry', 'retry after 10 days', 10 * DAY_S),
  advice(MAC, '40', 'replace', 'a prepaid card that cannot be loaded again'),
  advice(MAC, '41', 'replace', 'a virtual card for single use'),
  advice(MAC, '42', 'stop', 'sanctions or fraud, unverified: a person has to look'),
  advice(MAC, '43', 'stop', 'sanctions or fraud, unverified: a person has to look'),
];

/**
 * Network decline codes after which Visa permits no further try and bills each (category 1). They only turn a
 * retry into something stricter: the decline codes of Stripe say the same, where it knows them.
 */
export const NETWORK_DECLINES_NEVER_APPROVED: ReadonlyMap<string, DeclineClass> = new Map([
  ...['04', '07', '12', '14', '15', '41', '43', '46', '57'].map((code) => [code, 'replace'] as const),
  ...['R0', 'R1', 'R3'].map((code) => [code, 'stop'] as const),
]);

/** Seconds before which these codes must not be tried again (docs.stripe.com/error-codes: usable again after 24 hours). */
export const DECLINE_MINIMUM_DELAY_S: Readonly<Record<string, number>> = {
  card_decline_rate_limit_exceeded: DAY_S,
  card_velocity_exceeded: DAY_S,
  payment_limit_exceeded: DAY_S,
  withdrawal_count_limit_exceeded: DAY_S,
};

function advice(
  source: string,
  code: string,
  decline_class: DeclineClass,
  note: string,
  minimum_delay_s = 0,
): AdviceRow {
  return { code, class: decline_class, minimum_delay_s, source, note };
}
