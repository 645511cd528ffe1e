import type { AttemptKind } from '../../domain/charge/charge.ts';
import { REPETITION_LIMITS } from '../../domain/debit/decide-debit.ts';
import { DECLINE_LIMITS } from '../../domain/decline/network-rules.ts';
import type { Sql } from '../postgres/database.ts';

export type AttemptOpening = {
  readonly charge_id: string;
  /** The lease that opening needs. */
  readonly lease_number: number;
  /** This statement binds it where nothing is bound yet; the first writer wins. */
  readonly payment_intent_id: string;
  /** `null` binds only. */
  readonly attempt: {
    readonly number: number;
    readonly kind: AttemptKind;
    readonly idempotency_key: string;
    readonly payment_method_id: string;
    /** The consent that it rests on. */
    readonly consent_id: string;
    /** Both are the choice for the charge's next attempt, which it rests on from then: void if the choice has changed. */
    readonly chosen: boolean;
    /** The charge rested on another consent when this one was chosen. */
    readonly moves: boolean;
    readonly request_body: string;
    readonly api_version: string;
    readonly opened_status: string;
    readonly opened_latest_charge: string | null;
    readonly number_max: number;
    /** Set if the body asks Stripe to keep the method for later: noted whether Stripe answers or not. */
    readonly future_use: boolean;
    /** The recovery that must be live and within its time, for an attempt that the customer started. */
    readonly recovery_id: string | null;
  } | null;
  readonly cause: string;
  readonly cause_reference: string;
};

/** An attempt that is to be sent once more, under the lease of whoever asks. */
export type Resending = {
  readonly charge_id: string;
  readonly lease_number: number;
  readonly number: number;
  readonly kind: AttemptKind;
  readonly payment_method_id: string;
  readonly consent_id: string;
};

export type AttemptOpened = {
  readonly charge_id: string;
  /** False when the lease is no longer ours. */
  readonly held: boolean;
  /** The PaymentIntent that is bound now: ours, or an earlier writer's. */
  readonly bound: string | null;
  /**
   * Whether the attempt is open under this lease: opened now, or by a first sending of this statement that was lost.
   */
  readonly opened: boolean;
  readonly revision: number;
};

/**
 * Binds the PaymentIntent and opens the next attempt: the write ahead of every confirm, one statement for any number
 * of charges (docs/protocol.md, 3.2). Nothing opens without permission (`permit_sendings`), past the number of
 * confirms, beside another open attempt, or with the customer away once future use was written. What forbids it is
 * read under the locks, because an earlier decision may be out of date; so is the choice of method and consent.
 */
export async function openAttempts(sql: Sql, openings: readonly AttemptOpening[]): Promise<AttemptOpened[]> {
  const wanted = openings.map(({ attempt, ...opening }) => ({
    ...opening,
    ...(attempt ?? {}),
    open: attempt !== null,
  }));
  const rows = await sql<AttemptOpened[]>`
    with wanted as (
      select * from jsonb_to_recordset(${sql.json(wanted)}::jsonb) as w (
        charge_id text, lease_number int, payment_intent_id text, open boolean, number int, kind text,
        idempotency_key text, payment_method_id text, consent_id text, chosen boolean, moves boolean,
        request_body text, api_version text,
        opened_status text, opened_latest_charge text, number_max int, future_use boolean,
        recovery_id text, cause text, cause_reference text)
    ), gates as materialized (
      select g.* from (select array_agg(charge_id) as charges from wanted) w, lock_runs(w.charges) g
    ), permits as materialized (
      -- From the gates, so that the runs are locked before all else.
      select p.* from (select array_agg(charge_id) as charges, array_agg(payment_method_id) as methods,
                              array_agg(consent_id) as consents, array_agg(chosen) as chosen,
                              coalesce(bool_or(moves), false) as moves,
                              array_agg(kind = 'off_session') as automatic from wanted join gates using (charge_id)) w,
        permit_sendings(w.charges, w.methods, w.consents, w.chosen, w.moves, w.automatic,
                        ${sql.json(DECLINE_LIMITS)}::jsonb, ${sql.json(REPETITION_LIMITS)}::jsonb) p
    ), locked as (
      select c.id, c.state, c.revision, c.stripe_payment_intent_id as bound,
             c.close_requested_at, c.future_use_at, p.is_permitted, p.attempts_newest, p.is_unresolved,
             p.recovery_id as live_recovery_id, g.goes, w.*,
             c.lease_number = w.lease_number and c.lease_until > clock_timestamp() as held
      from permits p join wanted w on w.charge_id = p.charge_id join charges c on c.id = p.charge_id
      join gates g on g.charge_id = p.charge_id
      order by c.id
      for update of c
    ), bindable as (
      select l.* from locked l
      where l.held and l.close_requested_at is null
        and l.state in ('queued', 'in_flight', 'unknown', 'retry_wait', 'action_required')
        and (l.bound is null or l.bound = l.payment_intent_id)
    ), openable as (
      select b.* from bindable b
      where b.open and b.is_permitted and b.goes
        and b.state in ('queued', 'retry_wait', 'action_required')
        and b.number <= b.number_max and not b.is_unresolved
        and b.number = 1 + greatest(b.attempts_newest,
              case when (select lost_at from instance) is not null then confirms_told(b.id) end)
        and (b.kind = 'on_session' or b.future_use_at is null)
        and ((b.recovery_id is null and b.kind = 'off_session') or b.recovery_id = b.live_recovery_id)
    ), inserted as (
      insert into charge_attempts (charge_id, number, kind, idempotency_key, stripe_payment_intent_id,
        payment_method_id, consent_id, request_body, api_version, lease_number, opened_status, opened_latest_charge,
        started_at, sent_at)
      select id, number, kind, idempotency_key, payment_intent_id, payment_method_id, consent_id, request_body,
             api_version, lease_number, opened_status, opened_latest_charge, (select dc_now()), (select dc_now())
      from openable
      returning charge_id
    ), moved as (
      update charges c set
        stripe_payment_intent_id = b.payment_intent_id,
        state = case when o.id is null then c.state else 'in_flight' end,
        future_use_at = case when o.future_use then coalesce(c.future_use_at, (select dc_now())) else c.future_use_at end,
        detail = case when o.id is null then c.detail else null end,
        payment_method_id = case when o.chosen then o.payment_method_id else c.payment_method_id end,
        consent_id = coalesce(o.consent_id, c.consent_id),
        due_at = (select dc_now()),
        revision = c.revision + 1,
        cause = b.cause, cause_reference = b.cause_reference
      from bindable b left join openable o on o.id = b.id
      where c.id = b.id and (b.bound is null or o.id is not null)
      returning c.id, c.revision
    )
    select l.id as charge_id, l.held,
      case when b.id is null then l.bound else b.payment_intent_id end as bound,
      (i.charge_id is not null or exists (
        select 1 from charge_attempts a
        where a.charge_id = l.id and a.number = l.number and a.idempotency_key = l.idempotency_key
          and a.lease_number = l.lease_number and a.state = 'open' and l.held)) as opened,
      coalesce(m.revision, l.revision) as revision
    from locked l
    left join bindable b on b.id = l.id
    left join inserted i on i.charge_id = l.id
    left join moved m on m.id = l.id`;
  return inOrder(openings, rows);
}

/**
 * Whether these attempts may be sent again now, and under this lease: asked like an opening, because what was allowed
 * then may be withdrawn since, or its card closed (docs/protocol.md, 3.6). True notes the lease and the time. Among the
 * declines of its card it was counted when it opened.
 */
export async function permitResendings(sql: Sql, resendings: readonly Resending[]): Promise<boolean[]> {
  const rows = await sql<{ charge_id: string }[]>`
    with wanted as (
      select * from jsonb_to_recordset(${sql.json(resendings)}::jsonb)
        as w (charge_id text, lease_number int, number int, kind text, payment_method_id text, consent_id text)
    ), gates as materialized (
      select g.* from (select array_agg(charge_id) as charges from wanted) w, lock_runs(w.charges) g
    ), permits as materialized (
      select p.* from (select array_agg(charge_id) as charges, array_agg(payment_method_id) as methods,
                              array_agg(consent_id) as consents,
                              array_agg(kind = 'off_session') as automatic
                       from wanted join gates using (charge_id) where goes) w,
        permit_sendings(w.charges, w.methods, w.consents, '{}', false, w.automatic, '[]', '[]') p
    ), held as (
      select w.* from permits p join wanted w on w.charge_id = p.charge_id join charges c on c.id = p.charge_id
      where p.is_permitted and p.attempts_newest = w.number
        and c.lease_number = w.lease_number and c.lease_until > clock_timestamp()
        and c.state in ('in_flight', 'unknown') and c.due_at <= (select dc_now())
      order by c.id
      for update of c
    )
    update charge_attempts a set lease_number = h.lease_number, sent_at = (select dc_now())
    from held h
    where a.charge_id = h.charge_id and a.number = h.number and a.state = 'open'
    returning a.charge_id`;
  const permitted = new Set(rows.map((row) => row.charge_id));
  return resendings.map(({ charge_id }) => permitted.has(charge_id));
}

function inOrder(openings: readonly AttemptOpening[], rows: readonly AttemptOpened[]): AttemptOpened[] {
  const byId = new Map(rows.map((row) => [row.charge_id, row]));
  return openings.map(({ charge_id }) => {
    const row = byId.get(charge_id);
    return row ?? { charge_id, held: false, bound: null, opened: false, revision: 0 };
  });
}
