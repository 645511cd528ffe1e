/** A merchant's wish to end a setup. */
import type { Sql } from '../postgres/database.ts';

export type SetupCancellation = 'requested' | 'unknown' | { readonly already: string };

/**
 * Asks for a setup's end. The lease stays with its holder: a create on the wire must return before its result is
 * cancelled. A setup that is closing already is left as it is.
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
      where s.id = ${id} and s.recovery_id is null for update of s
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
