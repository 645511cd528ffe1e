import type { PaymentError } from '../charge/payment-snapshot.ts';
import {
  ADVICE_CODES,
  type AdviceRow,
  DECLINE_MINIMUM_DELAY_S,
  NETWORK_ADVICE_CODES,
  NETWORK_DECLINES_NEVER_APPROVED,
} from './advice-table.ts';
import {
  DECLINE_TABLE,
  DEFAULT_DECLINE,
  DEFAULT_FAILED_DEBIT,
  type DeclineClass,
  type DeclineRow,
  NEVER_RETRIED_BY_STRIPE,
} from './decline-table.ts';
import type { RetryKind } from './retry-schedule.ts';

/** The codes that decide; the ids of a `PaymentError` do not. */
export type DeclineCodes = Pick<
  PaymentError,
  'code' | 'decline_code' | 'advice_code' | 'network_advice_code' | 'network_decline_code' | 'failure_code'
>;

export type DeclineDecision = {
  readonly class: DeclineClass;
  /** The schedule to follow; null unless `class` is `retry`. */
  readonly retry_kind: RetryKind | null;
  /** No automatic attempt before this many seconds; 0 when no pause was asked for. */
  readonly minimum_delay_s: number;
  readonly decided_by:
    | 'decline_code'
    | 'failure_code'
    | 'code'
    | 'advice_code'
    | 'network_advice_code'
    | 'network_decline_code'
    | 'default';
};

const DECLINES_BY_CODE = new Map(DECLINE_TABLE.map((row) => [row.code, row]));
const ADVICE_BY_CODE = new Map(ADVICE_CODES.map((row) => [row.code, row]));
const NETWORK_ADVICE_BY_CODE = new Map(NETWORK_ADVICE_CODES.map((row) => [row.code, row]));

type Verdict = Pick<DeclineDecision, 'class' | 'decided_by'>;

/**
 * What a decline asks for. Priority: a code that asks for the customer's authentication or for the merchant
 * outranks any advice, because the advice speaks of this card and those codes of the agreement, and so do
 * the codes that Stripe itself never retries; then the advice code, the network's advice, the decline code,
 * the error code. A network decline code after which the networks forbid another try only forbids a retry
 * that no advice asked for. A failed debit is decided by its charge's failure code before the error's code, which may
 * say only that it failed; one that gives no reason that we know is not tried again.
 */
export function classifyDecline(codes: DeclineCodes): DeclineDecision {
  const known = rowOf(codes);
  const row = known?.row ?? (codes.failure_code === undefined ? DEFAULT_DECLINE : DEFAULT_FAILED_DEBIT);
  const advice = lookUp(ADVICE_BY_CODE, codes.advice_code);
  const network_advice = lookUp(NETWORK_ADVICE_BY_CODE, codes.network_advice_code);
  const verdict =
    outranking(codes) ??
    byAdvice(advice, network_advice) ??
    byNetworkDecline(row, codes.network_decline_code) ??
    ({ class: row.class, decided_by: known?.decided_by ?? 'default' } satisfies Verdict);
  const pauses_s = [DECLINE_MINIMUM_DELAY_S[row.code] ?? 0, network_advice?.minimum_delay_s ?? 0];
  return {
    ...verdict,
    retry_kind: verdict.class === 'retry' ? (row.retry ?? 'issuer') : null,
    minimum_delay_s: verdict.class === 'retry' ? Math.max(...pauses_s) : 0,
  };
}

/** Accounts differ in where `authentication_required` appears: either place counts. */
function outranking(codes: DeclineCodes): Verdict | null {
  const by_decline = lookUp(DECLINES_BY_CODE, codes.decline_code);
  const by_failure = lookUp(DECLINES_BY_CODE, codes.failure_code ?? null);
  const by_error = lookUp(DECLINES_BY_CODE, codes.code);
  for (const wanted of ['authenticate', 'stop'] as const) {
    if (by_decline?.class === wanted) return { class: wanted, decided_by: 'decline_code' };
    if (by_failure?.class === wanted) return { class: wanted, decided_by: 'failure_code' };
    if (by_error?.class === wanted) return { class: wanted, decided_by: 'code' };
  }
  if (by_decline === undefined || !NEVER_RETRIED_BY_STRIPE.has(by_decline.code)) return null;
  return { class: by_decline.class, decided_by: 'decline_code' };
}

function byAdvice(advice: AdviceRow | undefined, network_advice: AdviceRow | undefined): Verdict | null {
  if (advice !== undefined) return { class: advice.class, decided_by: 'advice_code' };
  if (network_advice !== undefined) {
    return { class: network_advice.class, decided_by: 'network_advice_code' };
  }
  return null;
}

function byNetworkDecline(row: DeclineRow, network_decline_code: string | null): Verdict | null {
  const stricter = lookUp(NETWORK_DECLINES_NEVER_APPROVED, network_decline_code);
  if (row.class !== 'retry' || stricter === undefined) return null;
  return { class: stricter, decided_by: 'network_decline_code' };
}

type Known = { row: DeclineRow; decided_by: 'decline_code' | 'failure_code' | 'code' };

function rowOf(codes: DeclineCodes): Known | null {
  const by_decline = lookUp(DECLINES_BY_CODE, codes.decline_code);
  if (by_decline !== undefined) return { row: by_decline, decided_by: 'decline_code' };
  const by_failure = lookUp(DECLINES_BY_CODE, codes.failure_code ?? null);
  if (by_failure !== undefined) return { row: by_failure, decided_by: 'failure_code' };
  const by_error = lookUp(DECLINES_BY_CODE, codes.code);
  return by_error === undefined ? null : { row: by_error, decided_by: 'code' };
}

function lookUp<V>(table: ReadonlyMap<string, V>, code: string | null): V | undefined {
  return code === null ? undefined : table.get(code);
}
