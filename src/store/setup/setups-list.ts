/** Setups as merchants see them, with their consent. */
import type { SetupState } from '../../domain/machines.ts';
import type { ConsentRow } from '../customer/consents.ts';
import type { Sql } from '../postgres/database.ts';
import type { Rows } from '../work/obligations.ts';

export type SetupRow = Rows['setup'] & { readonly state: SetupState };
export type SetupWithConsent = { readonly setup: SetupRow; readonly consent: ConsentRow };

export type SetupFilter = {
  readonly customer_id: string | null;
  readonly states: readonly string[] | null;
  /** The id after which the page begins. */
  readonly after: string | null;
  readonly limit: number;
};

/** The setup, or null. */
export async function readSetup(sql: Sql, id: string): Promise<SetupWithConsent | null> {
  const rows = await sql`
    select to_jsonb(n) as consent, s.* from setups s join consents n on n.id = s.consent_id
    where s.id = ${id}`;
  const row = rows[0];
  return row === undefined ? null : toSetup(row);
}

/** One page, newest first; one row more than `limit` tells that there is another. */
export async function listSetups(sql: Sql, filter: SetupFilter): Promise<SetupWithConsent[]> {
  const rows = await sql`
    select to_jsonb(n) as consent, s.* from setups s join consents n on n.id = s.consent_id
    where (${filter.customer_id}::text is null or s.customer_id = ${filter.customer_id})
      and (${filter.states as string[] | null}::text[] is null
           or s.state = any(${filter.states as string[] | null}::text[]))
      and (${filter.after}::text is null
           or (s.created_at, s.id) < (select a.created_at, a.id from setups a where a.id = ${filter.after}))
    order by s.created_at desc, s.id desc
    limit ${filter.limit + 1}`;
  return rows.map(toSetup);
}

export type SetupCancellation = 'requested' | 'unknown' | { readonly already: string };

/**
 * Asks for a setup's end. The lease stays with whoever holds it: a create that is on the wire must come home
 * before anybody cancels what it made. A setup that is closing already is left as it is.
 */
export async function requestSetupCancel(
  sql: Sql,
  id: string,
  cause_reference: string,
): Promise<SetupCancellation> {
  const rows = await sql<{ state: string; terminal: boolean }[]>`
    with found as (
      select s.id, s.state, m.terminal, m.status from setups s
      join states m on m.entity = 'setup' and m.state = s.state
      where s.id = ${id} for update of s
    ), moved as (
      update setups s set
        state = 'closing', close_requested_at = dc_now(), close_as = 'canceled', due_at = dc_now(),
        offered_at = null, revision = s.revision + 1, cause = 'api', cause_reference = ${cause_reference}
      from found f where f.id = s.id and not f.terminal and f.state <> 'closing'
    )
    select status as state, terminal from found`;
  const found = rows[0];
  if (found === undefined) return 'unknown';
  return found.terminal ? { already: found.state } : 'requested';
}

function toSetup(row: Record<string, unknown>): SetupWithConsent {
  const consent = row.consent as Record<string, unknown>;
  const at = (value: unknown): Date | null => (value === null ? null : new Date(value as string));
  return {
    setup: row as unknown as SetupRow,
    consent: {
      ...(consent as unknown as ConsentRow),
      accepted_at: at(consent.accepted_at),
      revoked_at: at(consent.revoked_at),
      created_at: new Date(consent.created_at as string),
    },
  };
}
