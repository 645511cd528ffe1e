import type { Sql } from '../../store/postgres/database.ts';
import type { StripeClient } from '../../stripe/client.ts';

export type ReconcileDependencies = {
  readonly sql: Sql;
  readonly stripe: StripeClient;
  readonly instance_id: string;
  /** How much later a difference is looked for again; zero where nothing moves, as in tests. */
  readonly recheck_ms?: number;
};

/** One comparison of one moment. */
export type Comparison = {
  readonly deps: ReconcileDependencies;
  /** Everything settled since; null for everything. */
  readonly from: Date | null;
  /** The business clock when it began: what settles later is the next run's. */
  readonly to: Date;
};
