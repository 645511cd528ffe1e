import type { SimulatorOptions } from './options.ts';

/**
 * Where recordings of different years differ, how Stripe answered in each: the newest is what a simulator does by
 * default, and whoever integrates should hold under both (docs/stripe-differences.md).
 */
export const RECORDED_IN = {
  2023: { authRequiredShape: 'card_declined', debitFailureShape: 'in_code' },
  2026: { authRequiredShape: 'authentication_required', debitFailureShape: 'on_charge' },
} as const satisfies Readonly<Record<number, SimulatorOptions>>;

export type RecordedYear = keyof typeof RECORDED_IN;
