import type { Sql } from '../../store/postgres/database.ts';
import type { StripeClient } from '../../stripe/client.ts';

export type ReconcileDependencies = {
  readonly sql: Sql;
  readonly stripe: StripeClient;
  readonly instance_id: string;
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
