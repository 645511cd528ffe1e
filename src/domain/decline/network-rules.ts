/**
 * What the networks rule about trying a card again, and from which edition of their rules we have it. Stripe passes their
 * codes on without a table, so these come from what acquirers print of the networks' rules.
 */
import { DAY_S } from '../durations.ts';

/** What a decline closes: the charge that was declined alone, one customer's agreement about the card, or the card. */
export type VerdictScope = 'charge' | 'agreement' | 'card';

/** A network as `card.brand` names it. */
export type Network = 'visa' | 'mastercard';

type Rule = {
  readonly network: Network;
  readonly scope: Exclude<VerdictScope, 'charge'>;
  readonly source: string;
  /** The day of the edition, or on which an undated page was read. Older than a year, the rule wants to be read again. */
  readonly valid_from: string;
};

/** After one of these codes no other try is permitted. */
export type NeverAgain = Rule & {
  readonly field: 'network_advice_code' | 'network_decline_code';
  readonly codes: readonly string[];
};

/** A card that was declined so often within the window is not tried until the oldest decline leaves it. */
export type DeclineLimit = Rule & { readonly window_s: number; readonly declines_max: number };

// "Excessive reattempts", table 7-2. Acquirers count 15 or, since May 2025, 20: the lower is kept.
const VISA = {
  network: 'visa',
  source: 'https://usa.visa.com/dam/VCOM/download/about-visa/visa-rules-public.pdf',
  valid_from: '2026-04-18',
} as const;
// "Transaction processing excellence". Mastercard counts 35 of one amount; here they count whatever the amount.
const MASTERCARD = {
  network: 'mastercard',
  source: 'https://developers.tabapay.com/docs/excessive-retry-rules',
  valid_from: '2026-11-30',
} as const;

const DECLINE = 'network_decline_code';
const ADVICE = 'network_advice_code';

export const NEVER_AGAIN: readonly NeverAgain[] = [
  { ...VISA, scope: 'card', field: DECLINE, codes: ['04', '07', '12', '14', '15', '41', '43', '46', '57'] },
  { ...VISA, scope: 'agreement', field: DECLINE, codes: ['R0', 'R1', 'R3'] },
  { ...MASTERCARD, scope: 'card', field: ADVICE, codes: ['03', '21'] },
];

export const DECLINE_LIMITS: readonly DeclineLimit[] = [
  { ...VISA, scope: 'card', window_s: 30 * DAY_S, declines_max: 15 },
  { ...MASTERCARD, scope: 'card', window_s: DAY_S, declines_max: 10 },
  { ...MASTERCARD, scope: 'card', window_s: 30 * DAY_S, declines_max: 35 },
];

const YEAR_MS = 365 * DAY_S * 1_000;

/** The networks whose rules we have from an edition that is older than a year at `now`. */
export function outdatedNetworks(now: Date): Network[] {
  const old = [...NEVER_AGAIN, ...DECLINE_LIMITS].filter(
    ({ valid_from }) => now.getTime() - Date.parse(valid_from) > YEAR_MS,
  );
  return [...new Set(old.map(({ network }) => network))];
}
