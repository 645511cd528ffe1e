import type { ChargeTerms } from '../../domain/charge/charge-terms.ts';
import type { AttemptState, ChargeState, RecoveryState } from '../../domain/machines.ts';
import type { NewCard } from '../../domain/recovery/recovery-steps.ts';
import type { Sql } from '../postgres/database.ts';

export type RecoveryLinkRow = {
  readonly id: string;
  readonly charge_id: string;
  readonly state: RecoveryState;
  readonly link_version: number;
  readonly link_key_id: string | null;
  readonly link_nonce: string;
  /** Past its time, although not closed yet. */
  readonly is_over: boolean;
};

/** A recovery, and whose it is. */
export type RecoveryOfCustomer = RecoveryLinkRow & { readonly customer_id: string };

/** What links, cookies and forms are checked against, of the recoveries that there are. */
export async function readRecoveryLinks(sql: Sql, ids: readonly string[]): Promise<RecoveryOfCustomer[]> {
  return sql<RecoveryOfCustomer[]>`
    select r.id, r.charge_id, c.customer_id, r.state, r.link_version, r.link_key_id, r.link_nonce,
           r.expires_at <= dc_now() as is_over
    from recoveries r join charges c on c.id = r.charge_id where r.id = any(${ids as string[]})`;
}

/**
 * Fixes, once, which key signs the link of a recovery: the newest when the link is first needed, so that every mail
 * carries the same link. A key that was retired since is replaced; its links are dead anyway.
 */
export async function fixLinkKey(
  sql: Sql,
  recovery_id: string,
  key_ids: readonly [string, ...string[]],
): Promise<RecoveryLinkRow> {
  const rows = await sql<RecoveryLinkRow[]>`
    update recoveries set
      link_key_id = case when link_key_id = any(${key_ids as unknown as string[]}) then link_key_id
                         else ${key_ids[0]} end
    where id = ${recovery_id}
    returning id, charge_id, state, link_version, link_key_id, link_nonce, expires_at <= dc_now() as is_over`;
  const row = rows[0];
  if (row === undefined) throw new RangeError('a link belongs to a recovery that exists');
  return row;
}

export type RecoverySituationRow = {
  readonly now: Date;
  readonly charge_state: ChargeState;
  readonly close_requested: boolean;
  readonly close_detail: string | null;
  readonly has_due_time: boolean;
  readonly terms: ChargeTerms | null;
  readonly attempt_state: AttemptState | null;
  readonly last_call_unsent: boolean;
  readonly future_use_written: boolean;
  readonly new_card: NewCard | null;
};

/** What the cadence's decision rests on besides the recovery's own row. */
export async function readRecoverySituation(
  sql: Sql,
  recovery_id: string,
): Promise<RecoverySituationRow | null> {
  const rows = await sql<SituationJson[]>`
    select dc_now() as now, c.state as charge_state, c.close_requested_at is not null as close_requested,
           c.close_detail, c.due_at is not null as has_due_time, c.terms,
           (select a.state from charge_attempts a where a.charge_id = c.id order by a.number desc limit 1)
             as attempt_state,
           exists (select 1 from messages m left join messages s on s.id = m.served_by
                   where m.recovery_id = r.id and m.step = 'last_call'
                     and coalesce(s.state, m.state) in ('queued', 'sending')) as last_call_unsent,
           c.future_use_at is not null as future_use_written,
           (select json_build_object(
              'payment_method_id', m.id, 'saved_ms', extract(epoch from s.settled_at) * 1000,
              'is_accepted', s.accepted_amount_at is not null,
              'is_tried', exists (select 1 from charge_attempts a
                                  where a.charge_id = c.id and a.payment_method_id = m.id))
            from setups s join payment_methods m on m.id = s.payment_method_id and m.state = 'usable'
            where s.recovery_id = r.id and not exists (select from verdict_on(m)) order by s.recovery_number desc limit 1) as new_card
    from recoveries r join charges c on c.id = r.charge_id
    where r.id = ${recovery_id}`;
  const row = rows[0];
  if (row === undefined) return null;
  const { new_card, ...situation } = row;
  if (new_card === null) return { ...situation, new_card };
  const { saved_ms, ...card } = new_card;
  return { ...situation, new_card: { ...card, saved_at: new Date(saved_ms) } };
}

type SituationJson = Omit<RecoverySituationRow, 'new_card'> & {
  readonly new_card: (Omit<NewCard, 'saved_at'> & { readonly saved_ms: number }) | null;
};

export type CadenceStep = {
  readonly recovery_id: string;
  readonly revision: number;
  readonly lease_number: number;
  readonly message_id: string;
  readonly message_step: string;
  readonly step: number;
  readonly due_at: Date;
  readonly expires_at: Date;
  /** Of which a recovery gets no more; a last call comes all the same. */
  readonly mails_max: number;
};

/**
 * Writes one mail and the next due time in one statement: `written`, `passed_over` for a mail beyond `mails_max`, or
 * `lost` when the recovery moved meanwhile.
 */
export async function writeCadenceStep(
  sql: Sql,
  next: CadenceStep,
): Promise<'written' | 'passed_over' | 'lost'> {
  const rows = await sql<{ is_written: boolean }[]>`
    with moved as (
      update recoveries set
        step = ${next.step}, due_at = ${next.due_at}, expires_at = ${next.expires_at},
        revision = revision + 1, claim_token = null, lease_until = null, offered_at = null, cause = 'cadence', cause_reference = null
      where id = ${next.recovery_id} and state = 'open'
        and revision = ${next.revision} and lease_number = ${next.lease_number}
      returning id
    ), written as (
      insert into messages (id, recovery_id, step, state, due_at, cause)
      select ${next.message_id}, moved.id, ${next.message_step}, 'queued', dc_now(), 'cadence' from moved
      where ${next.message_step} = 'last_call'
         or (select count(*) from messages m
             where m.recovery_id = moved.id and m.state in ('queued', 'sending', 'sent', 'failed')
               and m.step <> 'last_call' and m.step not like 'method\\_replaced%') < ${next.mails_max}
      on conflict (recovery_id, step) do nothing
      returning id
    )
    select exists (select from written) as is_written from moved`;
  const row = rows[0];
  return row === undefined ? 'lost' : row.is_written ? 'written' : 'passed_over';
}

/** Begins the customer's own time: no automatic try is left. False when the recovery moved meanwhile. */
export async function beginRecovery(
  sql: Sql,
  begun: {
    readonly recovery_id: string;
    readonly revision: number;
    readonly lease_number: number;
    readonly expires_at: Date;
  },
): Promise<boolean> {
  const rows = await sql`
    update recoveries set
      is_early = false, step = 0, opened_at = dc_now(), expires_at = ${begun.expires_at}, due_at = dc_now(),
      revision = revision + 1, claim_token = null, lease_until = null, offered_at = null, cause = 'cadence',
      cause_reference = null
    where id = ${begun.recovery_id} and state = 'open'
      and revision = ${begun.revision} and lease_number = ${begun.lease_number}
    returning id`;
  return rows.length === 1;
}

/**
 * Ends a recovery whose time is over, and asks for the charge's closing, in one statement, unless the charge is to be kept
 * open. Does nothing when the charge no longer waits for its customer: then a press came first, and we wait for it.
 *
 * The press locks the charge's row before it opens an attempt, so one of the two sees the other.
 */
export async function expireRecovery(
  sql: Sql,
  recovery: { readonly id: string; readonly lease_number: number },
): Promise<{ readonly charge_id: string; readonly closes: boolean } | null> {
  const rows = await sql<{ charge_id: string; closes: boolean }[]>`
    with over as (
      select c.id, r.id as recovery_id, coalesce(c.terms->>'on_expiry', 'close') as on_expiry
      from recoveries r join charges c on c.id = r.charge_id
      where r.id = ${recovery.id} and r.state = 'open'
        and r.lease_number = ${recovery.lease_number} and r.expires_at <= dc_now()
        and c.state = 'action_required' and c.close_requested_at is null
        and not exists (select 1 from charge_attempts a where a.charge_id = c.id
                        and a.state in ('open', 'awaiting_customer', 'processing'))
      for update of c
    ), closing as (
      update charges c set
        state = 'closing', detail = 'closing', close_requested_at = dc_now(),
        close_as = case o.on_expiry when 'release' then 'canceled' else 'failed' end,
        close_detail = case o.on_expiry when 'release' then 'released' else 'recovery_expired' end,
        due_at = dc_now(), revision = c.revision + 1, cause = 'recovery_expired', cause_reference = o.recovery_id
      from over o where c.id = o.id and o.on_expiry <> 'keep_open'
      returning c.id
    ), expired as (
      update recoveries r set
        state = 'expired', closed_at = dc_now(), due_at = null, revision = r.revision + 1,
        claim_token = null, lease_until = null, offered_at = null, cause = 'recovery_expired', cause_reference = null
      from over o where r.id = o.recovery_id and r.state = 'open'
        and (o.on_expiry = 'keep_open' or exists (select from closing))
      returning r.charge_id
    )
    select charge_id, exists (select from closing) as closes from expired`;
  return rows[0] ?? null;
}

/**
 * Closes a recovery that outlived its charge. `end_recovery()` closes with it what any recovery has opened at Stripe.
 */
export async function closeRecovery(
  sql: Sql,
  recovery: { readonly id: string; readonly lease_number: number },
  as: Exclude<RecoveryState, 'open'>,
): Promise<void> {
  await sql`
    update recoveries set
      state = ${as}, closed_at = dc_now(), due_at = null, revision = revision + 1,
      claim_token = null, lease_until = null, offered_at = null, cause = 'charge_closed', cause_reference = charge_id
    where id = ${recovery.id} and state = 'open' and lease_number = ${recovery.lease_number}`;
}

/** The first POST that came with cookie and form token; page views are not visits. */
export async function noteVisit(sql: Sql, recovery_id: string): Promise<void> {
  await sql`update recoveries set visited_at = dc_now() where id = ${recovery_id} and visited_at is null`;
}

export type FutureUseConsent = {
  readonly id: string;
  readonly customer_id: string;
  readonly payment_method_id: string;
  /** The setup of the card that replaces another; null when the customer ticked the box for the charge's own method. */
  readonly replacement_id: string | null;
  readonly text: string;
  readonly text_version: string;
  readonly ip_address: string;
  readonly user_agent: string | null;
};

/**
 * Records the ticked box as a consent with its evidence; from then on the method that it was ticked for rests on it. A
 * card that replaces another rests on it only once it has paid: `let_cards_go()`.
 */
export async function writeFutureUseConsent(sql: Sql, given: FutureUseConsent): Promise<void> {
  await sql`
    with consent as (
      insert into consents (id, customer_id, scope, frequency, amount_basis, text, text_version,
                            accepted_at, ip_address, user_agent)
      values (${given.id}, ${given.customer_id}, 'off_session', 'recurring', 'as billed', ${given.text},
              ${given.text_version}, dc_now(), ${given.ip_address}, ${given.user_agent})
      returning id
    ), chosen as (
      update setups s set consent_id = consent.id, revision = s.revision + 1
      from consent where s.id = ${given.replacement_id} and s.recovery_id is not null
    )
    update payment_methods m set consent_id = consent.id, revision = m.revision + 1
    from consent where m.id = ${given.payment_method_id} and ${given.replacement_id}::text is null`;
}
