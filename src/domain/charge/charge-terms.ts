/**
 * What a merchant has ruled for one charge: when it is tried again, how its customer is brought back, and what becomes of it
 * when they do not come (docs/protocol.md, 9.12). The row holds them as they were when it was taken in.
 */
import { DAY_MS } from '../durations.ts';

/**
 * What follows when the customer's time is over:
 *
 * - `close`: the charge fails; the merchant may be in touch about the amount.
 * - `release`: it is canceled, and nothing is owed: a pledge.
 * - `keep_open`: it still waits; a fresh link opens another recovery.
 */
export type OnExpiry = 'close' | 'release' | 'keep_open';

export type ChargeTerms = {
  /** Days from each issuer's decline to the next automatic attempt; none: the first decline asks the customer. */
  readonly retry_days: readonly number[];
  /** How long the customer has, from the day they are asked. */
  readonly deadline_days: number;
  readonly on_expiry: OnExpiry;
  /** False: we mail only what somebody asks for, and the merchant brings the link. */
  readonly mails: boolean;
  /** A decline that is to be tried again tells the customer at once, who may pay meanwhile. */
  readonly early_mail: boolean;
  /** A mail confirms the payment. A row of an earlier release does not say, and owes none. */
  readonly receipt?: boolean;
};

/** The merchant's own document that a charge pays, as mail and page show it. */
export type BillDocument = {
  readonly number?: string | undefined;
  /** `2026-11-30`. */
  readonly date?: string | undefined;
  readonly url?: string | undefined;
};

/** What holds where a row of an earlier release has none. */
export type UsualTerms = {
  readonly issuerRetryDays: readonly number[];
  readonly recoveryDays: number;
};

export function termsOf(terms: ChargeTerms | null, usual: UsualTerms): ChargeTerms {
  return (
    terms ?? {
      retry_days: usual.issuerRetryDays,
      deadline_days: usual.recoveryDays,
      on_expiry: 'close',
      mails: true,
      early_mail: false,
    }
  );
}

/** How long an early recovery may last: through every retry, the technical ones among them, and the customer's own time. */
export function earlyRecoveryMs({ retry_days, deadline_days }: ChargeTerms): number {
  const retries = retry_days.reduce((sum, days) => sum + days, 0);
  return (retries + TECHNICAL_DAYS + deadline_days) * DAY_MS;
}

const TECHNICAL_DAYS = 2;
