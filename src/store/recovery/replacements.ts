/** A replacement is a setup that a recovery asks for: how it opens, and which of a recovery's setups is open. */
import { SETUP_TYPES } from '../../domain/setup/methods-to-save.ts';
import type { Sql } from '../postgres/database.ts';
import type { Rows } from '../work/obligations.ts';

export type NewReplacement = {
  readonly id: string;
  readonly recovery_id: string;
  readonly sessions_max: number;
  /** The recovery's page: the customer enters the card on Stripe's page and comes back here. */
  readonly return_url: string;
  /** How long a Checkout Session can be completed. */
  readonly expires_in_ms: number;
  /** Evidence that the customer accepts this amount on the card to come. */
  readonly ip_address: string;
  readonly user_agent: string | null;
};

/** Where a debit failed, another account of its scheme may pay as well, which Stripe's page asks a new mandate for. */
const ALSO_THEIR_OWN = SETUP_TYPES.filter((type) => type !== 'card');

/** The press takes the first steps itself: a worker in between would only keep the customer waiting. */
const HEAD_START_S = 5;

/**
 * Owes a Checkout Session to a customer who wants to use another card, or another account: the recovery's next, unless one is open. A card
 * that was saved but has not paid is given up for it. Null when one is open, all are used up, or the recovery takes no
 * more presses.
 *
 * The recovery's row is locked, so two tabs open one session; the index that allows one open setup is the last wall.
 */
export async function openReplacement(sql: Sql, wanted: NewReplacement): Promise<string | null> {
  const rows = await sql<{ id: string }[]>`
    with live as (
      select r.id, c.customer_id, f.type as failed_type,
             (select count(*)::int from setups s where s.recovery_id = r.id) as used,
             exists (select 1 from setups s where s.recovery_id = r.id
                     and s.state in ('queued', 'awaiting_customer', 'processing')) as has_open
      from recoveries r join charges c on c.id = r.charge_id
      join payment_methods f on f.id = r.payment_method_id
      where r.id = ${wanted.recovery_id} and r.state = 'open' and r.expires_at > dc_now()
        and c.state = 'action_required' and c.close_requested_at is null
        and not exists (select 1 from charge_attempts a where a.charge_id = c.id and a.ended_at is null)
      for update of r
    ), next as (
      select * from live where used < ${wanted.sessions_max} and not has_open
    ), given_up as (
      update payment_methods m set state = 'detaching', due_at = dc_now(), offered_at = null,
             revision = m.revision + 1, cause = 'customer', cause_reference = ${wanted.id}
      from next join setups s on s.recovery_id = next.id
      where m.id = s.payment_method_id and m.state in ('usable', 'unusable') and m.consent_id is null
      returning m.id
    )
    insert into setups (id, state, due_at, customer_id, usage, via, payment_method_types, return_url, expires_at,
                        recovery_id, recovery_number, accepted_amount_at, accepted_ip_address, accepted_user_agent,
                        cause, cause_reference)
    select ${wanted.id}, 'queued', dc_now() + ${HEAD_START_S} * interval '1 second', next.customer_id, 'off_session', 'checkout',
           case when next.failed_type = any(${ALSO_THEIR_OWN}::text[]) then array[next.failed_type, 'card'] else array['card'] end,
           ${wanted.return_url}, dc_now() + ${wanted.expires_in_ms}::double precision * interval '1 millisecond',
           next.id, next.used + 1, dc_now(), ${wanted.ip_address}, ${wanted.user_agent}, 'customer', next.id
    from next where (select count(*) from given_up) >= 0
    on conflict do nothing
    returning id`;
  return rows[0]?.id ?? null;
}

/** The recovery's setup that its customer can still complete, or null. */
export async function readOpenReplacement(sql: Sql, recovery_id: string): Promise<Rows['setup'] | null> {
  const rows = await sql<Rows['setup'][]>`
    select * from setups
    where recovery_id = ${recovery_id} and state in ('queued', 'awaiting_customer', 'processing')`;
  return rows[0] ?? null;
}
