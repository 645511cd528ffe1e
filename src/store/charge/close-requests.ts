import type { CloseAs } from '../../domain/charge/charge.ts';
import type { Sql } from '../postgres/database.ts';
import type { Rows } from '../work/obligations.ts';

export type CloseRequest = {
  readonly as: CloseAs;
  readonly detail: string | null;
  /** How the live recovery of each charge then ends. */
  readonly recovery: 'revoked' | 'expired';
  readonly cause: string;
  readonly cause_reference: string | null;
};

/**
 * Writes the wish to close in the statement that accepts it (docs/protocol.md, 12.1): from then on no claim opens or
 * resumes a confirm, and the PaymentIntent is cancelled. Only Stripe's answer decides what the charge becomes. Returns
 * the ids that were not final or closing already; a debit under way keeps its state.
 */
export async function requestClose(
  sql: Sql,
  ids: readonly string[],
  request: CloseRequest,
): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    with wished as (
      select id from charges
      where id = any(${ids as string[]}) and close_requested_at is null
        and state not in ('succeeded', 'failed', 'canceled')
      order by id for update
    ), ended as (
      update recoveries r set state = ${request.recovery}, closed_at = dc_now(), revision = r.revision + 1,
        cause = ${request.cause}, cause_reference = ${request.cause_reference}
      from wished where r.charge_id = wished.id and r.state = 'open'
    )
    update charges c set
      close_requested_at = dc_now(), close_as = ${request.as}, close_detail = ${request.detail},
      state = case when c.state = 'pending' then 'pending' else 'closing' end,
      detail = case when c.state = 'pending' then 'cannot_cancel_debit' else 'closing' end,
      due_at = dc_now(), revision = c.revision + 1,
      cause = ${request.cause}, cause_reference = ${request.cause_reference}
    from wished where c.id = wished.id
    returning c.id`;
  return rows.map((row) => row.id);
}

export type Settledness = Pick<Rows['charge'], 'id' | 'state'>;

/** Only the state, for a caller that decides whether the charge may still be cancelled. */
export async function readChargeState(sql: Sql, id: string): Promise<Settledness | null> {
  const rows = await sql<Settledness[]>`select id, state from charges where id = ${id}`;
  return rows[0] ?? null;
}
