import type { Sql } from '../postgres/database.ts';

export type CreateOpening = {
  readonly charge_id: string;
  /** The lease that opening needs. */
  readonly lease_number: number;
  /** What the body names, kept with its key. */
  readonly method_type: string;
};

/**
 * Notes, before the first byte leaves, that creating the PaymentIntent has begun: one statement for any number of
 * charges, each under its own lease. Keeps the first time and type, so a repetition sends the first bytes and gets the first answer. False when the lease
 * is no longer ours or something is bound already.
 */
export async function openCreates(sql: Sql, openings: readonly CreateOpening[]): Promise<boolean[]> {
  const ids = openings.map((opening) => opening.charge_id);
  const leases = openings.map((opening) => opening.lease_number);
  const types = openings.map((opening) => opening.method_type);
  const rows = await sql<{ id: string }[]>`
    with wanted as (
      select * from unnest(${ids}::text[], ${leases}::text[]::int[], ${types}::text[])
        as w (id, lease_number, method_type)
    ), locked as (
      select c.id, c.create_opened_at, w.method_type,
             c.lease_number = w.lease_number and c.lease_until > clock_timestamp()
               and c.stripe_payment_intent_id is null as held
      from charges c join wanted w on w.id = c.id
      order by c.id
      for update of c
    ), opened as (
      update charges c set create_opened_at = (select dc_now()), create_type = l.method_type
      from locked l where c.id = l.id and l.held and l.create_opened_at is null
    )
    select id from locked where held`;
  const open = new Set(rows.map((row) => row.id));
  return ids.map((id) => open.has(id));
}
