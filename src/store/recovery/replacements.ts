import type { AttemptState, ChargeState, RecoveryState } from '../../domain/machines.ts';
import type { Sql } from '../postgres/database.ts';
import type { Rows } from '../work/obligations.ts';

export type NewReplacement = {
  readonly id: string;
  readonly recovery_id: string;
  readonly sessions_max: number;
  /** Evidence of accepting this amount on the card to come. */
  readonly ip_address: string;
  readonly user_agent: string | null;
};

/**
 * Owes a Checkout Session to a customer who wants to use another card: the next of the recovery, unless one is
 * open. A card that was saved but not paid with is given up for it. Null when one is open, all are used up,
 * or the recovery no longer takes presses.
 *
 * The recovery's row is locked, so that two tabs open one session; the one-open index is the last wall.
 */
export async function openReplacement(sql: Sql, wanted: NewReplacement): Promise<Rows['replacement'] | null> {
  const rows = await sql<Rows['replacement'][]>`
    with live as (
      select r.id, r.charge_id,
             (select count(*)::int from replacements p where p.recovery_id = r.id) as used,
             exists (select 1 from replacements p where p.recovery_id = r.id
                     and p.state in ('queued', 'awaiting_customer')) as has_open
      from recoveries r join charges c on c.id = r.charge_id
      where r.id = ${wanted.recovery_id} and r.state = 'open' and r.expires_at > dc_now()
        and c.state = 'action_required' and c.close_requested_at is null
        and not exists (select 1 from charge_attempts a where a.charge_id = c.id and a.ended_at is null)
      for update of r
    ), next as (
      select * from live where used < ${wanted.sessions_max} and not has_open
    ), given_up as (
      update replacements p set state = 'closing', due_at = dc_now(), revision = p.revision + 1,
             cause = 'customer', cause_reference = ${wanted.id}
      from next where p.recovery_id = next.id and p.state in ('completed', 'used')
      returning p.id
    )
    insert into replacements (id, recovery_id, charge_id, number, state, due_at, create_opened_at,
                              accepted_amount_at, accepted_ip_address, accepted_user_agent, cause)
    select ${wanted.id}, next.id, next.charge_id, next.used + 1, 'queued', dc_now(), dc_now(),
           dc_now(), ${wanted.ip_address}, ${wanted.user_agent}, 'customer'
    from next where (select count(*) from given_up) >= 0
    on conflict do nothing
    returning *`;
  return rows[0] ?? null;
}

/** The recovery's Checkout Session that the customer can still complete, or null. */
export async function readOpenReplacement(
  sql: Sql,
  recovery_id: string,
): Promise<Rows['replacement'] | null> {
  const rows = await sql<Rows['replacement'][]>`
    select * from replacements
    where recovery_id = ${recovery_id} and state in ('queued', 'awaiting_customer')`;
  return rows[0] ?? null;
}

/** The replacement of a Checkout Session; one whose binding was lost is found by its recovery. */
export async function findReplacement(
  sql: Sql,
  session: { readonly id: string; readonly recovery_id: string | null },
): Promise<Rows['replacement'] | null> {
  const rows = await sql<Rows['replacement'][]>`
    select p.* from replacements p
    where p.stripe_checkout_session_id = ${session.id}
       or (p.recovery_id = ${session.recovery_id} and p.stripe_checkout_session_id is null
           and p.state in ('queued', 'closing'))
    order by p.stripe_checkout_session_id nulls last
    limit 1`;
  return rows[0] ?? null;
}

export type ReplacementContext = {
  readonly now: Date;
  readonly recovery_state: RecoveryState;
  readonly recovery_is_over: boolean;
  readonly charge_state: ChargeState;
  readonly close_requested: boolean;
  readonly future_use_written: boolean;
  readonly livemode: boolean;
  readonly customer_id: string;
  readonly stripe_customer_id: string | null;
  /** Of the newest attempt that is not resolved, whatever its method. */
  readonly unresolved_attempt: AttemptState | null;
  /** Of the newest attempt with the new method. */
  readonly method_attempt: AttemptState | null;
};

/** What decisions about a replacement rest on, besides its own row. */
export async function readReplacementContext(sql: Sql, id: string): Promise<ReplacementContext | null> {
  const rows = await sql<ReplacementContext[]>`
    select dc_now() as now, r.state as recovery_state, r.expires_at <= dc_now() as recovery_is_over,
           c.state as charge_state, c.close_requested_at is not null as close_requested,
           c.future_use_at is not null as future_use_written, c.livemode, c.customer_id, u.stripe_customer_id,
           (select a.state from charge_attempts a where a.charge_id = c.id and a.ended_at is null
            limit 1) as unresolved_attempt,
           (select a.state from charge_attempts a
            where a.charge_id = c.id and a.payment_method_id = p.payment_method_id
            order by a.number desc limit 1) as method_attempt
    from replacements p
    join recoveries r on r.id = p.recovery_id
    join charges c on c.id = p.charge_id
    join customers u on u.id = c.customer_id
    where p.id = ${id}`;
  return rows[0] ?? null;
}

/** Remembers the Checkout Session; the same key gives the same session, so whoever is first is right. */
export async function bindReplacementSession(
  sql: Sql,
  bound: {
    readonly id: string;
    readonly session_id: string;
    readonly setup_intent_id: string | null;
    readonly due_in_ms: number;
  },
): Promise<void> {
  await sql`
    update replacements set
      stripe_checkout_session_id = ${bound.session_id}, stripe_setup_intent_id = ${bound.setup_intent_id},
      state = case when state = 'queued' then 'awaiting_customer' else state end,
      due_at = case when state = 'queued' then dc_now() + ${bound.due_in_ms} * interval '1 millisecond'
                    else due_at end,
      revision = revision + 1, cause = 'stripe', cause_reference = ${bound.session_id}
    where id = ${bound.id} and stripe_checkout_session_id is null and state in ('queued', 'closing')`;
}

export type SavedMethod = {
  readonly replacement_id: string;
  readonly payment_method_id: string;
  readonly type: string;
  readonly brand: string | null;
  readonly last4: string | null;
  readonly exp_month: number | null;
  readonly exp_year: number | null;
  readonly press_within_ms: number;
  readonly message_id: string;
};

/**
 * The customer saved a card: the replacement is completed, the method is on file for this charge alone (it has
 * no consent of its own), and the account's address is owed a mail. Saved too late, after the recovery closed
 * or the session was given up, it only has to be detached. Answers whether anything was written.
 */
export async function completeReplacement(sql: Sql, saved: SavedMethod): Promise<boolean> {
  const rows = await sql<{ id: string }[]>`
    with found as (
      select p.id, p.number, p.recovery_id, c.customer_id,
             p.state = 'awaiting_customer' and r.state = 'open' as in_time
      from replacements p
      join recoveries r on r.id = p.recovery_id
      join charges c on c.id = p.charge_id
      where p.id = ${saved.replacement_id} and p.payment_method_id is null
        and p.state in ('awaiting_customer', 'closing')
      for update of p
    ), done as (
      update replacements p set
        state = case when f.in_time then 'completed' else 'closed' end,
        payment_method_id = ${saved.payment_method_id}, completed_at = dc_now(),
        due_at = case when f.in_time
                      then dc_now() + ${saved.press_within_ms}::double precision * interval '1 millisecond' end,
        detail = case when f.in_time then p.detail else 'completed_too_late' end,
        revision = p.revision + 1, cause = 'stripe', cause_reference = ${saved.payment_method_id}
      from found f where p.id = f.id and p.payment_method_id is null
      returning p.id
    ), method as (
      insert into payment_methods (id, state, customer_id, type, card_brand, card_last4, card_exp_month,
                                   card_exp_year, usage, due_at, cause, cause_reference)
      select ${saved.payment_method_id}, case when f.in_time then 'usable' else 'detaching' end, f.customer_id,
             ${saved.type}, ${saved.brand}, ${saved.last4}, ${saved.exp_month}, ${saved.exp_year},
             'off_session', case when f.in_time then null else dc_now() end, 'replacement', f.id
      from found f join done on done.id = f.id
      on conflict (id) do nothing
    ), told as (
      insert into messages (id, recovery_id, step, state, due_at, cause, cause_reference)
      select ${saved.message_id}, f.recovery_id,
             'method_replaced' || case when f.number = 1 then '' else '_' || f.number end,
             'queued', dc_now(), 'replacement', f.id
      from found f join done on done.id = f.id where f.in_time
      on conflict (recovery_id, step) do nothing
    )
    select id from done`;
  return rows.length === 1;
}

/** A session we had closed was completed all the same: its method is put on file to be detached. */
export async function fileForDetaching(
  sql: Sql,
  method: { readonly payment_method_id: string; readonly type: string; readonly customer_id: string },
): Promise<void> {
  await sql`
    insert into payment_methods (id, state, customer_id, type, usage, due_at, cause)
    values (${method.payment_method_id}, 'detaching', ${method.customer_id}, ${method.type}, 'off_session',
            dc_now(), 'replacement')
    on conflict (id) do nothing`;
}

export type ReplacementEnd = {
  readonly id: string;
  readonly detail: string;
  /** `keep`: the customer ticked for it, so it becomes their default; `detach`: it served its one charge. */
  readonly method: 'keep' | 'detach' | 'none';
};

/** Closes a replacement and decides, in the same statement, what becomes of its method. */
export async function closeReplacement(sql: Sql, end: ReplacementEnd): Promise<string | null> {
  const rows = await sql<{ payment_method_id: string | null }[]>`
    with ended as (
      update replacements p set
        state = 'closed', due_at = null, detail = ${end.detail}, claim_token = null, lease_until = null, offered_at = null,
        revision = p.revision + 1, cause = 'replacement', cause_reference = ${end.detail}
      where p.id = ${end.id} and p.state <> 'closed'
      returning p.id, p.charge_id, p.payment_method_id, p.default_consent_id
    ), detached as (
      update payment_methods m set state = 'detaching', due_at = dc_now(), revision = m.revision + 1,
             cause = 'replacement', cause_reference = ended.id
      from ended
      where ${end.method} = 'detach' and m.id = ended.payment_method_id and m.consent_id is null
        and m.state in ('usable', 'unusable')
    ), consented as (
      update payment_methods m set consent_id = ended.default_consent_id, revision = m.revision + 1
      from ended where ${end.method} = 'keep' and m.id = ended.payment_method_id
    ), preferred as (
      update customers u set default_payment_method_id = ended.payment_method_id, revision = u.revision + 1
      from ended join charges c on c.id = ended.charge_id
      where ${end.method} = 'keep' and u.id = c.customer_id
    )
    select payment_method_id from ended`;
  return rows[0]?.payment_method_id ?? null;
}
