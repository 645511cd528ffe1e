import { retryConflict, type Sql } from '../postgres/database.ts';
import { type DebitLimits, type Unfitness, unfitness } from './method-fit.ts';

/**
 * - `under_way`: an attempt is unresolved, or the charge closes, has ended, or waits for a person.
 * - the others as when a charge is taken in.
 */
export type MethodRefusal =
  | 'unknown'
  | 'under_way'
  | 'payment_method_unknown'
  | 'payment_method_unusable'
  | 'consent_missing'
  | 'consent_used'
  | 'consent_exceeded'
  | Unfitness;

/**
 * Has a charge keep this method from now on, with the consent that it rests on, under the locks and by the rules of
 * taking in a charge. Null when it is done.
 */
export async function chooseMethod(
  sql: Sql,
  choice: {
    readonly charge_id: string;
    readonly payment_method_id: string;
    readonly cause_reference: string;
    readonly debit_limits?: DebitLimits;
  },
): Promise<MethodRefusal | null> {
  const [row] = await retryConflict(
    async () =>
      await sql<{ refusal: MethodRefusal | null }[]>`
        with fit as (
          select ${unfitness(sql, { minor: sql`c.amount_minor`, currency: sql`c.currency`, due_at: sql`c.scheduled_for` }, choice.debit_limits)} as reason
          from charges c join payment_methods f on f.customer_id = c.customer_id
          where c.id = ${choice.charge_id} and f.id = ${choice.payment_method_id}
        )
        select case when fit.reason is null
          then choose_method(${choice.charge_id}, ${choice.payment_method_id}, ${choice.cause_reference})
          else fit.reason end as refusal
        from (select) one left join fit on true`,
  );
  return row?.refusal ?? null;
}
