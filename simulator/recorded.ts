import type { SimulatorOptions } from './options.ts';

/**
 * Where recordings of different years differ, how Stripe answered in each: the newest is what a simulator does by
 * default, and whoever integrates should hold under both (docs/stripe-differences.md).
 */
export const RECORDED_IN = {
  2023: {
    authRequiredShape: 'card_declined',
    challengeLeaves: 'charge',
    debitFailureShape: 'in_code',
    declineCodes: 'where_listed',
    setupUsage: 'as_asked',
  },
  2026: {
    authRequiredShape: 'authentication_required',
    challengeLeaves: 'nothing',
    debitFailureShape: 'on_charge',
    declineCodes: 'always',
    setupUsage: 'off_session',
  },
} as const satisfies Readonly<Record<number, SimulatorOptions>>;

export type RecordedYear = keyof typeof RECORDED_IN;
