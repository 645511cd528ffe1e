import type { Sql } from '../postgres/database.ts';
import type { ConsentRow } from './consents.ts';

export type Revocation = {
  readonly consent: ConsentRow;
  /** Charges that this revocation asked to close. */
  readonly charge_ids: readonly string[];
};

/**
 * Revokes a consent (docs/protocol.md, 11.2) and, in the same statement, asks every charge that rests on it to close:
 * from then on no claim opens or resumes a confirm. A debit under way is left alone, because it was confirmed under
 * the consent. Null for an unknown consent; a second revocation keeps the first time.
 */
export async function writeRevocation(
  sql: Sql,
  id: string,
  cause_reference: string,
): Promise<Revocation | null> {
  const rows = await sql<(ConsentRow & { charge_ids: string[] })[]>`
    with revoked as (
      update consents set revoked_at = coalesce(revoked_at, dc_now()) where id = ${id}
      returning *
    ), wished as (
      select c.id from charges c join revoked n on n.id = c.consent_id
      where c.close_requested_at is null
        and c.state not in ('pending', 'succeeded', 'failed', 'canceled')
      order by c.id for update of c
    ), ended as (
      update recoveries r set state = 'revoked', closed_at = dc_now(), revision = r.revision + 1,
        cause = 'consent_revoked', cause_reference = ${cause_reference}
      from wished where r.charge_id = wished.id and r.state = 'open'
    ), closing as (
      update charges c set
        state = 'closing', detail = 'closing', close_requested_at = dc_now(), close_as = 'canceled',
        close_detail = 'consent_revoked', due_at = dc_now(), revision = c.revision + 1,
        cause = 'consent_revoked', cause_reference = ${cause_reference}
      from wished where c.id = wished.id
      returning c.id
    )
    select n.*, coalesce((select array_agg(id) from closing), '{}') as charge_ids from revoked n`;
  const row = rows[0];
  return row === undefined ? null : { consent: row, charge_ids: row.charge_ids };
}
