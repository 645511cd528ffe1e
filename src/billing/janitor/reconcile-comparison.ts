import type { PaymentSnapshot } from '../../domain/charge/payment-snapshot.ts';
import type { RefundSnapshot } from '../../domain/charge/refund-snapshot.ts';
import { AppError } from '../../platform/errors.ts';
import type { Sql } from '../../store/postgres/database.ts';
import type { Answer } from '../../stripe/answer.ts';
import type { StripeClient } from '../../stripe/client.ts';
import { type List, type Page, readPage } from '../../stripe/pages.ts';

export type ReconcileDependencies = {
  readonly sql: Sql;
  readonly stripe: StripeClient;
  readonly instance_id: string;
  /** Brings money under the mark of an unbound charge to that charge; by default nothing is written but differences. */
  readonly bring?: (intent: PaymentSnapshot) => Promise<unknown>;
  /** The same for a refund that no row here has. */
  readonly bringRefund?: (refund: RefundSnapshot) => Promise<unknown>;
  /** How long to wait before looking for a difference again; zero where nothing moves, as in tests. */
  readonly recheck_ms?: number;
};

export type Comparison = {
  readonly deps: ReconcileDependencies;
  /** Everything settled since; null for everything. */
  readonly from: Date | null;
  /** The business clock at the beginning: what settles later belongs to the next run. */
  readonly to: Date;
};

const PAGES_MAX = 100_000;

/** Hands on a list page by page, for it may be too long to hold. @throws AppError `stripe_unreadable` */
export async function eachPage<T>(
  stripe: StripeClient,
  list: List<T>,
  compare: (items: readonly T[]) => Promise<void>,
): Promise<void> {
  let after: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer: Answer<Page<T>> = await readPage(stripe, list, after);
    if (answer.kind !== 'ok') throw new AppError('stripe_unreadable');
    await compare(answer.value.data);
    after = answer.value.next;
    if (after === null) return;
  }
  throw new AppError('stripe_unreadable');
}
