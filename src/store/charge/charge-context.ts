import type {
  Attempt,
  ChargeContext,
  ClosedBy,
  DebitNotice,
  LiveRecovery,
} from '../../domain/charge/charge.ts';
import { SCHEME_TYPES } from '../../domain/debit/schemes.ts';
import { DECLINE_LIMITS } from '../../domain/decline/network-rules.ts';
import type { Sql } from '../postgres/database.ts';
import { lossOf } from '../postgres/instance.ts';
import type { Rows } from '../work/obligations.ts';

type AttemptJson = Omit<Attempt, 'started_at' | 'sent_at' | 'replayed_error_at' | 'looked_at'> & {
  readonly started_ms: number;
  readonly sent_ms: number;
  readonly replayed_error_ms: number | null;
  readonly looked_ms: number | null;
};

type NoticeJson = Omit<DebitNotice, 'scheduled_for' | 'confirm_not_before' | 'confirm_until'> & {
  readonly scheduled_ms: number | null;
  readonly not_before_ms: number;
  readonly until_ms: number;
};

type ContextRow = Rows['charge'] & {
  readonly now: Date;
  readonly charging_enabled: boolean;
  readonly run_gate: ChargeContext['run_gate'];
  readonly lost_at: Date | null;
  readonly lost_from: Date | null;
  readonly events_read_at: Date;
  readonly numbers_told: number | null;
  readonly bound_customer: string | null;
  readonly method_id: string;
  readonly method_type: string;
  readonly method_consent: string | null;
  readonly method_mandate_status: ChargeContext['method']['mandate_status'];
  readonly method_renewed_at: Date | null;
  readonly method_usable: boolean;
  readonly method_closed: ClosedBy | null;
  readonly method_limited_until: Date | null;
  readonly method_repetitions: number;
  readonly method_mandate: string | null;
  readonly notice: NoticeJson | null;
  readonly consent_gone: ChargeContext['consent_gone'];
  readonly attempts: AttemptJson[] | null;
  readonly recovery: (Omit<LiveRecovery, 'expires_at'> & { readonly expires_ms: number }) | null;
};

/**
 * Reads charges with everything that a decision about them rests on, in one statement: the input of `decideCharge` and
 * `settleCharge`. The settling statement compares the revision in each.
 *
 * For a charge that follows its customer the method is the one of this moment (`method_of_day`), with the conditions of
 * `permit_sendings`; a customer without one leaves the charge's own, which then cannot be charged.
 */
export async function readCharges(sql: Sql, ids: readonly string[]): Promise<ChargeContext[]> {
  const rows = await sql<ContextRow[]>`
    select c.*, (select dc_now()) as now, i.charging_enabled, i.lost_at, i.lost_from, i.events_read_at,
      case when c.run_id is not null then run_gate(c.run_id) end as run_gate,
      case when i.lost_at is not null then confirms_told(c.id) end as numbers_told,
      cu.stripe_customer_id as bound_customer,
      m.id as method_id, m.type as method_type, m.renewed_at as method_renewed_at,
      m.mandate_id as method_mandate, m.mandate_status as method_mandate_status,
      case when c.follows_customer then d.id else c.consent_id end as method_consent,
      m.state = 'usable' and (not c.follows_customer or coalesce(
        cu.default_payment_method_id is not null and d.frequency = 'recurring' and d.scope = 'off_session'
        and d.accepted_at is not null and d.revoked_at is null and (d.until is null or d.until > (select dc_now()))
        and (d.id = c.consent_id or not exceeds_consent(d.id, c.amount_minor, c.currency, (select dc_now()))), false))
        as method_usable,
      (select json_build_object('reason', v.reason, 'asks', v.asks) from verdict_on(m) v) as method_closed,
      case when c.state in ('queued', 'retry_wait', 'action_required')
        then limited_until(m, c.id, 0, ${sql.json(DECLINE_LIMITS)}::jsonb) end as method_limited_until,
      case when m.type = any(${SCHEME_TYPES as unknown as string[]}::text[])
        then repetitions_of(m.id, (select dc_now()) - interval '30 days') else 0 end::int as method_repetitions,
      case when m.type <> 'card' then (
        select json_build_object('id', n.id, 'number', n.number, 'state', n.state, 'payment_method_id', n.payment_method_id,
          'amount_minor', n.amount_minor, 'collect_on', n.collect_on,
          'scheduled_ms', extract(epoch from n.scheduled_for) * 1000,
          'not_before_ms', extract(epoch from n.confirm_not_before) * 1000,
          'until_ms', extract(epoch from n.confirm_until) * 1000,
          'is_used', exists (select from charge_attempts t where t.charge_id = c.id and t.kind = 'off_session'
                             and t.state <> 'not_executed' and t.started_at >= n.created_at),
          'is_mended', n.state = 'failed' and exists (
            select from events e where e.object_id = c.customer_id and e.type = 'customer.updated'
              and e.created_at > n.created_at))
        from notices n where n.charge_id = c.id order by n.number desc limit 1) end as notice,
      case when co.revoked_at is not null or co.scope <> 'off_session' or co.accepted_at is null
                or cu.stopped_at is not null then 'consent_revoked'
           when co.until <= (select dc_now()) then 'consent_expired' end as consent_gone,
      (select json_agg(json_build_object(
          'number', a.number, 'kind', a.kind, 'state', a.state, 'idempotency_key', a.idempotency_key,
          'payment_method_id', a.payment_method_id, 'consent_id', a.consent_id, 'request_body', a.request_body,
          'method_usable', a.ended_at is null
            and exists (select 1 from payment_methods u where u.id = a.payment_method_id and u.state = 'usable'
                        and (a.kind = 'on_session' or not exists (select from verdict_on(u))))
            and not exists (select 1 from consents k where k.id = a.consent_id and k.revoked_at is not null),
          'api_version', a.api_version, 'lease_number', a.lease_number,
          'opened_status', a.opened_status, 'opened_latest_charge', a.opened_latest_charge,
          'send_count', a.send_count, 'stripe_charge_id', a.stripe_charge_id,
          'started_ms', extract(epoch from a.started_at) * 1000,
          'sent_ms', extract(epoch from a.sent_at) * 1000,
          'replayed_error_ms', extract(epoch from a.replayed_error_at) * 1000,
          'looked_ms', extract(epoch from a.looked_at) * 1000) order by a.number)
        from charge_attempts a where a.charge_id = c.id) as attempts,
      (select json_build_object('id', r.id, 'kind', r.kind, 'payment_method_id', r.payment_method_id, 'is_early', r.is_early,
          'expires_ms', extract(epoch from r.expires_at) * 1000)
        from recoveries r where r.charge_id = c.id and r.state = 'open') as recovery
    from charges c
    cross join instance i
    join customers cu on cu.id = c.customer_id
    join payment_methods m on m.id = case when c.follows_customer
      then coalesce(method_of_day(cu), c.payment_method_id) else c.payment_method_id end
    join consents co on co.id = c.consent_id
    left join consents d on c.follows_customer and d.id = m.consent_id
    where c.id = any(${ids as string[]})`;
  return rows.map(contextOf);
}

function contextOf(row: ContextRow): ChargeContext {
  const { recovery } = row;
  return {
    now: row.now,
    charge: row as unknown as ChargeContext['charge'],
    attempts: (row.attempts ?? []).map((attempt) => ({
      ...attempt,
      started_at: new Date(attempt.started_ms),
      sent_at: new Date(attempt.sent_ms),
      replayed_error_at: dateOf(attempt.replayed_error_ms),
      looked_at: dateOf(attempt.looked_ms),
    })),
    numbers_used: Math.max(row.attempts?.at(-1)?.number ?? 0, row.numbers_told ?? 0),
    recovery: recovery === null ? null : recoveryOf(recovery),
    method: {
      id: row.method_id,
      type: row.method_type,
      consent_id: row.method_consent ?? row.consent_id,
      usable: row.method_usable,
      mandate_status: row.method_mandate_status,
      renewed_at: row.method_renewed_at,
      closed: row.method_closed,
      limited_until: row.method_limited_until,
    },
    debit:
      row.method_type === 'card'
        ? null
        : {
            notice: row.notice && noticeOf(row.notice),
            repetitions: row.method_repetitions,
            mandate_id: row.method_mandate,
          },
    consent_gone: row.consent_gone,
    stripe_customer_id: row.bound_customer,
    charging_enabled: row.charging_enabled,
    run_gate: row.run_gate,
    loss: lossOf(row),
    events_read_at: row.events_read_at,
  };
}

function recoveryOf({ expires_ms, ...recovery }: NonNullable<ContextRow['recovery']>): LiveRecovery {
  return { ...recovery, expires_at: new Date(expires_ms) };
}

function noticeOf({ scheduled_ms, not_before_ms, until_ms, ...notice }: NoticeJson): DebitNotice {
  return {
    ...notice,
    scheduled_for: dateOf(scheduled_ms),
    confirm_not_before: new Date(not_before_ms),
    confirm_until: new Date(until_ms),
  };
}

function dateOf(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}

export type KnownCharge = {
  /** The charge that the PaymentIntent belongs to: by its binding, or else by our own mark on it. */
  readonly id: string | null;
  /** The charge that our mark names is there. */
  readonly is_there: boolean;
  /** The confirm that the key names was written ahead. */
  readonly is_written: boolean;
};

/** What we have of a PaymentIntent: by its id, our mark on it, and the key of our confirm that an event names. */
export async function findCharge(
  sql: Sql,
  payment_intent_id: string,
  marked_charge_id: string | null = null,
  confirm_key: string | null = null,
): Promise<KnownCharge> {
  const rows = await sql<KnownCharge[]>`
    select (select id from charges where stripe_payment_intent_id = ${payment_intent_id}
            union all
            select id from charges
            where id = ${marked_charge_id} and stripe_payment_intent_id is null
            limit 1) as id,
      ${marked_charge_id}::text is null
        or exists (select from charges where id = ${marked_charge_id}) as is_there,
      ${confirm_key}::text is null
        or exists (select from charge_attempts where idempotency_key = ${confirm_key}) as is_written`;
  return rows[0] ?? { id: null, is_there: true, is_written: true };
}
