/** The lines of a run as a report has them, page by page, so that any number of them passes through constant memory. */
import type { UsageLine } from '../../domain/run/usage.ts';
import type { Sql } from '../postgres/database.ts';

/** Oldest first, as the index of a run's charges has them; null: from the first. */
export function behind(sql: Sql, after: string | null) {
  return after === null
    ? sql``
    : sql`and (c.created_at, c.id) > (select a.created_at, a.id from charges a where a.id = ${after})`;
}

export type ReportLine = {
  readonly id: string;
  readonly reference: string | null;
  readonly customer_id: string;
  readonly customer_reference: string | null;
  readonly state: string;
  readonly detail: string | null;
  readonly amount_minor: number;
  readonly received_minor: number;
  readonly refunded_minor: number;
  readonly currency: string;
  readonly code: string | null;
  readonly settled_at: Date | null;
  readonly usage: readonly UsageLine[] | null;
};

/** One page after this charge. */
export async function readReportLines(
  sql: Sql,
  run_id: string,
  after: string | null,
  limit: number,
): Promise<ReportLine[]> {
  return sql<ReportLine[]>`
    select c.id, c.reference, c.customer_id, u.reference as customer_reference, c.state, c.detail, c.amount_minor::float8,
      coalesce(c.amount_received_minor, 0)::float8 as received_minor,
      coalesce((select sum(f.amount_minor) from refunds f where f.charge_id = c.id and is_refunded(f)), 0)::float8
        as refunded_minor,
      c.currency, coalesce(c.last_error ->> 'decline_code', c.last_error ->> 'code') as code, c.settled_at, c.usage
    from charges c join customers u on u.id = c.customer_id
    where c.run_id = ${run_id} ${behind(sql, after)}
    order by c.created_at, c.id limit ${limit}`;
}

/** What `again` makes anew: failed charges that nothing has taken the place of. */
export type FailedLine = {
  readonly id: string;
  readonly reference: string | null;
  readonly customer_id: string;
  readonly payment_method_id: string | null;
  readonly amount_minor: number;
  readonly currency: string;
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly terms: unknown;
  readonly document: unknown;
  readonly usage: readonly UsageLine[] | null;
};

export async function readFailedLines(
  sql: Sql,
  run_id: string,
  after: string | null,
  limit: number,
): Promise<FailedLine[]> {
  return sql<FailedLine[]>`
    select c.id, c.reference, c.customer_id, case when c.follows_customer then null else c.payment_method_id end
             as payment_method_id,
      c.amount_minor::float8, c.currency, c.description, c.metadata, c.terms, c.document, c.usage
    from charges c where c.run_id = ${run_id} and c.state = 'failed' ${behind(sql, after)}
    order by c.created_at, c.id limit ${limit}`;
}
