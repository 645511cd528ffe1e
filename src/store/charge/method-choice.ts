import { retryConflict, type Sql } from '../postgres/database.ts';

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
  | 'consent_exceeded';

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
  },
): Promise<MethodRefusal | null> {
  const [row] = await retryConflict(
    async () =>
      await sql<{ refusal: MethodRefusal | null }[]>`
        select choose_method(${choice.charge_id}, ${choice.payment_method_id}, ${choice.cause_reference}) as refusal`,
  );
  return row?.refusal ?? null;
}
