import type { BreakKind } from '../../domain/break-kinds.ts';
import type { AttemptKind } from '../../domain/charge/charge.ts';
import type { ChargePlan } from '../../domain/charge/charge-facts.ts';
import { randomId } from '../../platform/ids.ts';
import type { Sql } from '../postgres/database.ts';
import { aboutCards, flatCard } from './card-verdicts.ts';

export type ChargeSettlement = {
  readonly charge_id: string;
  /** The revision that the plan rests on. */
  readonly revision: number;
  /** Given when the plan is the holder's own finding and not a fact from Stripe: void once another worker took over. */
  readonly lease_number?: number | null;
  readonly plan: ChargePlan;
  readonly cause: string;
  readonly cause_reference: string | null;
  readonly stripe_request_id: string | null;
};

/**
 * - `settled`: fact and decision are written.
 * - `moved`: the charge or its lease has changed since the plan was made; read and plan again.
 * - `refused`: the machine does not allow the move; the charge goes to a person.
 */
export type SettleResult = 'settled' | 'moved' | 'refused';

/** What a statement has written for one charge, as the row then stands: for counting, so each is reported once. */
export type Settled = {
  readonly charge_id: string;
  /** The attempt that it ended, or null. */
  readonly attempt_kind: AttemptKind | null;
  readonly attempt_state: string | null;
  /** The final state that it gave the charge, and how long after its due time (business time). */
  readonly final_state: string | null;
  readonly settled_after_s: number | null;
};
export type TellSettled = (settled: Settled) => void;

/**
 * Writes facts and the decisions that follow from them (docs/protocol.md, 1.3), up to a hundred charges in one
 * statement: the charge, its attempt, the recovery that opens or ends, and (by trigger) timeline and notification.
 * Rows are locked in id order. A join with the transition table sorts out rows that may not move, so that one charge
 * cannot spoil its neighbours' statement; the trigger remains the last wall.
 */
export async function settleCharges(
  sql: Sql,
  settlements: readonly ChargeSettlement[],
  tell: TellSettled = () => {},
): Promise<SettleResult[]> {
  const rows = await sql<(Settled & { result: SettleResult })[]>`
    with wanted as (
      select * from jsonb_to_recordset(${sql.json(settlements.map(flat))}::jsonb) as w (
        charge_id text, revision int, lease_number int, state text, due_in_ms double precision, detail text, bind text, future_use boolean,
        last_error jsonb, amount_received_minor bigint, paid_with text, payment_intent_canceled boolean,
        close_as text, close_detail text, cause text, cause_reference text,
        attempt_number int, attempt_state text, attempt_code text, attempt_decline_code text,
        attempt_advice_code text, attempt_charge text, attempt_note text, stripe_request_id text,
        recovery_open text, recovery_early boolean, recovery_expires_in_ms double precision, recovery_turn text, recovery_method text, recovery_id text, recovery_nonce text,
        recovery_close text, card_method text, card_tried_at timestamptz, card_said jsonb, card_paid boolean)
    ), locked as (
      select c.id, c.state,
             c.revision = w.revision and c.lease_number = coalesce(w.lease_number, c.lease_number) as current
      from charges c join wanted w on w.charge_id = c.id
      where (select lock_cards(array(select charge_id from wanted),
                               array(select card_method from wanted where card_method is not null)))
      order by c.id for update of c
    ), legal as (
      select w.* from wanted w join locked l on l.id = w.charge_id and l.current
      where l.state = w.state or exists (
        select 1 from allowed_transitions t
        where t.entity = 'charge' and t.from_state = l.state and t.to_state = w.state)
    ), attempts as (
      update charge_attempts a set
        state = w.attempt_state,
        code = coalesce(w.attempt_code, a.code),
        decline_code = coalesce(w.attempt_decline_code, a.decline_code),
        advice_code = coalesce(w.attempt_advice_code, a.advice_code),
        stripe_charge_id = coalesce(w.attempt_charge, a.stripe_charge_id),
        stripe_request_id = coalesce(w.stripe_request_id, a.stripe_request_id),
        send_count = a.send_count + case when w.attempt_note = 'sent' then 1 else 0 end,
        replayed_error_at = case when w.attempt_note = 'replayed_error' then (select dc_now()) else a.replayed_error_at end,
        looked_at = case when w.attempt_note = 'looked' then (select dc_now()) else a.looked_at end,
        resolved_by = w.cause,
        ended_at = case when w.attempt_state in ('open', 'awaiting_customer', 'processing') then null else (select dc_now()) end
      from legal w
      where a.charge_id = w.charge_id and a.number = w.attempt_number and a.ended_at is null
      returning a.charge_id, a.kind, a.state, a.ended_at
    ), opened as (
      insert into recoveries (id, state, charge_id, kind, payment_method_id, is_early, expires_at, due_at, link_nonce,
                              cause, cause_reference)
      select w.recovery_id, 'open', w.charge_id, w.recovery_open, w.recovery_method, w.recovery_early,
             (select dc_now()) + w.recovery_expires_in_ms * interval '1 millisecond', (select dc_now()), w.recovery_nonce,
             w.cause, w.cause_reference
      from legal w where w.recovery_open is not null
      on conflict do nothing
      returning id
    ), changed as (
      update recoveries r set state = coalesce(w.recovery_close, r.state),
        closed_at = case when w.recovery_close is not null then (select dc_now()) end,
        kind = coalesce(w.recovery_turn, r.kind),
        payment_method_id = case when w.recovery_turn is null then r.payment_method_id else w.recovery_method end,
        is_early = r.is_early and w.recovery_expires_in_ms is null,
        step = case when w.recovery_expires_in_ms is null then r.step else 0 end,
        opened_at = case when w.recovery_expires_in_ms is null then r.opened_at else (select dc_now()) end,
        expires_at = coalesce((select dc_now()) + w.recovery_expires_in_ms * interval '1 millisecond', r.expires_at),
        due_at = case when w.recovery_expires_in_ms is null then r.due_at else (select dc_now()) end,
        revision = r.revision + 1,
        cause = w.cause, cause_reference = w.cause_reference
      from legal w
      where (w.recovery_close is not null or w.recovery_turn is not null) and r.charge_id = w.charge_id and r.state = 'open'
    ), ${aboutCards(sql)}, moved as (
      update charges c set
        state = w.state,
        due_at = (select dc_now()) + w.due_in_ms * interval '1 millisecond',
        detail = w.detail,
        stripe_payment_intent_id = coalesce(c.stripe_payment_intent_id, w.bind),
        future_use_at = case when w.future_use then coalesce(c.future_use_at, (select dc_now())) else c.future_use_at end,
        last_error = coalesce(w.last_error, c.last_error),
        amount_received_minor = coalesce(w.amount_received_minor, c.amount_received_minor),
        paid_with = coalesce(w.paid_with, c.paid_with),
        payment_intent_canceled_at = case when w.payment_intent_canceled then (select dc_now()) else c.payment_intent_canceled_at end,
        close_requested_at = case when w.close_as is null then c.close_requested_at else coalesce(c.close_requested_at, (select dc_now())) end,
        close_as = coalesce(c.close_as, w.close_as),
        close_detail = case when c.close_as is null then w.close_detail else c.close_detail end,
        settled_at = case when w.state in ('succeeded', 'failed', 'canceled') then (select dc_now()) end,
        tries = 0, claim_token = null, lease_until = null, offered_at = null,
        revision = c.revision + 1, cause = w.cause, cause_reference = w.cause_reference
      from legal w where c.id = w.charge_id
      returning c.id, c.state, c.settled_at, coalesce(c.scheduled_for, c.created_at) as owed_since
    )
    select w.charge_id,
      a.kind as attempt_kind, a.state as attempt_state,
      case when m.settled_at is not null then m.state end as final_state,
      extract(epoch from m.settled_at - m.owed_since)::double precision as settled_after_s,
      case when m.id is not null then 'settled'
           when l.current is not true then 'moved'
           else 'refused' end as result
    from wanted w left join locked l on l.id = w.charge_id left join moved m on m.id = w.charge_id
    left join attempts a on a.charge_id = w.charge_id and a.ended_at is not null`;
  for (const { result, ...settled } of rows) if (result === 'settled') tell(settled);
  const byId = new Map(rows.map((row) => [row.charge_id, row.result]));
  return settlements.map((settlement) => byId.get(settlement.charge_id) ?? 'moved');
}

function flat({ plan, ...settlement }: ChargeSettlement) {
  const { attempt, recovery, close, card: _, ...rest } = plan;
  const opens = recovery !== null && 'open' in recovery;
  const turns = recovery !== null && 'turn' in recovery;
  return {
    ...settlement,
    ...rest,
    ...flatCard(plan),
    last_error: plan.last_error ?? null,
    close_as: close?.as ?? null,
    close_detail: close?.detail ?? null,
    attempt_number: attempt?.number ?? null,
    attempt_state: attempt?.state ?? null,
    attempt_code: attempt?.codes?.code ?? null,
    attempt_decline_code: attempt?.codes?.decline_code ?? null,
    attempt_advice_code: attempt?.codes?.advice_code ?? null,
    attempt_charge: attempt?.stripe_charge_id ?? null,
    attempt_note: attempt?.note ?? null,
    recovery_open: opens ? recovery.open : null,
    recovery_early: opens ? recovery.is_early : null,
    recovery_expires_in_ms: opens ? recovery.expires_in_ms : turns ? recovery.begins_for_ms : null,
    recovery_turn: turns ? recovery.turn : null,
    recovery_method: opens || turns ? recovery.payment_method_id : null,
    recovery_id: opens ? randomId('rec') : null,
    recovery_nonce: opens ? randomId('rec').slice(4) : null,
    recovery_close: recovery !== null && 'close' in recovery ? recovery.close : null,
  };
}

export type ChargePark = {
  readonly charge_id: string;
  readonly kind: BreakKind;
  readonly stripe_id: string | null;
  readonly observed: Record<string, string | number | boolean | null>;
  /** False for a charge that is final: only the break is written. */
  readonly move: boolean;
  readonly cause: string;
  /** Given by a worker that was about to act: if another holds the charge by now, that one finds the same, or acts no more. */
  readonly lease_number?: number;
};

/**
 * Hands a charge to a person, with the break that says why. Nothing automatic touches it until its release. False if the
 * lease is no longer current: nothing was written.
 */
export async function parkCharge(sql: Sql, park: ChargePark): Promise<boolean> {
  const rows = await sql`
    with held as (
      select id from charges
      where id = ${park.charge_id} and lease_number = coalesce(${park.lease_number ?? null}::int, lease_number)
      for update
    ), broken as (
      insert into breaks (kind, entity_id, stripe_id, observed)
      select ${park.kind}, id, ${park.stripe_id}::text, ${sql.json(park.observed)}::jsonb from held
      on conflict (kind, entity_id) do update
        set last_seen_at = (select dc_now()), observed = excluded.observed, closed_by = null
    ), parked as (
      update charges c set state = 'needs_review', detail = 'under_review', due_at = null,
        claim_token = null, lease_until = null, offered_at = null, revision = c.revision + 1,
        cause = ${park.cause}, cause_reference = ${park.kind}
      from held
      where c.id = held.id and ${park.move}
        and c.state not in ('needs_review', 'succeeded', 'failed', 'canceled')
    )
    select id from held`;
  return rows.length === 1;
}
