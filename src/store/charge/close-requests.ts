import type { CloseAs } from '../../domain/charge/charge.ts';
import { retryConflict, type Sql } from '../postgres/database.ts';
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
  const rows = await retryConflict(
    async () =>
      await sql<{ id: string }[]>`
      select id from close_charges(${ids as string[]}::text[], ${request.as}, ${request.detail}, ${request.recovery},
                                   ${request.cause}, ${request.cause_reference}) as id`,
  );
  return rows.map((row) => row.id);
}

export type Settledness = Pick<Rows['charge'], 'id' | 'state' | 'close_requested_at'>;

/** Only how it stands, for a caller that decides whether the charge may still be cancelled. */
export async function readChargeState(sql: Sql, id: string): Promise<Settledness | null> {
  const rows = await sql<Settledness[]>`select id, state, close_requested_at from charges where id = ${id}`;
  return rows[0] ?? null;
}
