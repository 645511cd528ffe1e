/** Charges as merchants see them: the row, its attempts and its newest recovery, of one instant. */

import type { Sql } from '../postgres/database.ts';
import type { Rows } from '../work/obligations.ts';
import type { TakenCharge } from './charge-intake.ts';

/** An attempt as `jsonb` carries it; times are ISO texts. */
export type AttemptJson = {
  readonly number: number;
  readonly kind: string;
  readonly state: string;
  readonly payment_method_id: string;
  readonly code: string | null;
  readonly decline_code: string | null;
  readonly advice_code: string | null;
  readonly started_at: string;
  readonly ended_at: string | null;
};

export type RecoveryJson = {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly expires_at: string;
  readonly messages_sent: number;
};

export type ChargeRow = TakenCharge & {
  readonly attempts: readonly AttemptJson[];
  readonly recovery: RecoveryJson | null;
};

export type ChargeFilter = {
  readonly customer_id: string | null;
  readonly reference: string | null;
  /** The states that one status stands for; null for all. */
  readonly states: readonly string[] | null;
  /** True: only those whose time has not come; false: without them; null: either. */
  readonly scheduled: boolean | null;
  /** The id after which the page begins. */
  readonly after: string | null;
  readonly limit: number;
};

/** What a merchant sees beside the row itself. */
const details = (sql: Sql) => sql`
  c.state = 'queued' and coalesce(c.scheduled_for > dc_now(), false) as is_scheduled,
  (select charging_enabled from instance) as charging_enabled,
  coalesce((select jsonb_agg(jsonb_build_object(
      'number', a.number, 'kind', a.kind, 'state', a.state, 'payment_method_id', a.payment_method_id,
      'code', a.code, 'decline_code', a.decline_code, 'advice_code', a.advice_code,
      'started_at', a.started_at, 'ended_at', a.ended_at) order by a.number)
    from charge_attempts a where a.charge_id = c.id), '[]') as attempts,
  (select jsonb_build_object('id', r.id, 'kind', r.kind, 'state', r.state, 'expires_at', r.expires_at,
      'messages_sent', (select count(*) from messages m where m.recovery_id = r.id and m.state = 'sent'))
    from recoveries r where r.charge_id = c.id order by r.opened_at desc, r.id desc limit 1) as recovery`;

/** The charge, or null. */
export async function readChargeRow(sql: Sql, id: string): Promise<ChargeRow | null> {
  const rows = await sql<ChargeRow[]>`select ${details(sql)}, c.* from charges c where c.id = ${id}`;
  return rows[0] ?? null;
}

/** One page, newest first; one row more than `limit` tells that there is another. */
export async function listCharges(sql: Sql, filter: ChargeFilter): Promise<ChargeRow[]> {
  const states = filter.states as string[] | null;
  return await sql<ChargeRow[]>`
    select ${details(sql)}, c.* from charges c
    where (${filter.customer_id}::text is null or c.customer_id = ${filter.customer_id})
      and (${filter.reference}::text is null or c.reference = ${filter.reference})
      and (${states}::text[] is null or c.state = any(${states}::text[]))
      and (${filter.scheduled}::boolean is null
           or (c.state = 'queued' and coalesce(c.scheduled_for > dc_now(), false)) = ${filter.scheduled})
      and (${filter.after}::text is null
           or (c.created_at, c.id) < (select a.created_at, a.id from charges a where a.id = ${filter.after}))
    order by c.created_at desc, c.id desc
    limit ${filter.limit + 1}`;
}

export type Settledness = Pick<Rows['charge'], 'id' | 'state'>;

/** State alone, for whoever only decides whether it may still be cancelled. */
export async function readChargeState(sql: Sql, id: string): Promise<Settledness | null> {
  const rows = await sql<Settledness[]>`select id, state from charges where id = ${id}`;
  return rows[0] ?? null;
}
