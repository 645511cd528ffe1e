import type { BillDocument } from '../../domain/charge/charge-terms.ts';
import { retryConflict, type Sql } from '../postgres/database.ts';
import { type DebitLimits, type Unfitness, unfitness } from './method-fit.ts';

/** What is to be another; absent fields stay as they are. */
export type ChargeChange = {
  readonly amount_minor?: number;
  readonly scheduled_for?: Date;
  readonly description?: string | undefined;
  /** Merged with what is there; an empty text takes a label away. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly document?: BillDocument | null | undefined;
};

/** `begun`: something of it may be at Stripe, its end was asked for, or it has ended. */
export type ChangeRefusal = 'unknown' | 'begun' | 'metadata_full' | 'consent_exceeded' | Unfitness;

/** Changes a charge of which nothing has begun at Stripe; null when it is done. */
export async function changeCharge(
  sql: Sql,
  change: {
    readonly charge_id: string;
    readonly to: ChargeChange;
    readonly cause_reference: string;
    readonly debit_limits?: DebitLimits;
  },
): Promise<ChangeRefusal | null> {
  const { charge_id, to, cause_reference } = change;
  const [row] = await retryConflict(
    async () =>
      await sql<{ refusal: ChangeRefusal | null }[]>`
        with fit as (
          select ${unfitness(
            sql,
            {
              minor: sql`coalesce(${to.amount_minor ?? null}::bigint, c.amount_minor)`,
              currency: sql`c.currency`,
              due_at: sql`coalesce(${to.scheduled_for ?? null}::timestamptz, c.scheduled_for)`,
            },
            change.debit_limits,
          )} as reason
          from charges c join payment_methods f on f.id = c.payment_method_id
          where c.id = ${charge_id}
        )
        select case when fit.reason is null
          then change_charge(${charge_id}, ${sql.json(to as never)}::jsonb, ${cause_reference})
          else fit.reason end as refusal
        from (select) one left join fit on true`,
  );
  return row?.refusal ?? null;
}
