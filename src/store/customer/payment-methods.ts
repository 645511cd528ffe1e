/** Methods on file: how a setup brings them, and how they go. Adoption, and the press that frees one, are beside this file. */
import type { PaymentMethodSnapshot } from '../../domain/charge/payment-snapshot.ts';
import type { Sql } from '../postgres/database.ts';

export type SavedSetup = {
  readonly setup_id: string;
  /** The revision that the decision rests on. */
  readonly revision: number;
  readonly method: PaymentMethodSnapshot;
  readonly mandate_id: string | null;
  readonly stripe_setup_intent_id: string;
  /** False when we were closing: the method waits for the merchant's word. */
  readonly in_time: boolean;
  readonly cause: string;
  readonly cause_reference: string | null;
};

/**
 * Settles a setup as succeeded and puts its method on file, in one statement. The method is usable if the setup
 * was in time and its consent has evidence and stands; a customer's first usable method becomes the default. A
 * method that was on file already keeps what it was allowed to do and gains what the new consent allows; one
 * that is detached stays so. False when the setup has moved since it was read.
 */
export async function saveMethodOfSetup(sql: Sql, saved: SavedSetup): Promise<boolean> {
  const { method } = saved;
  const is_gone = method.customer === null;
  const rows = await sql`
    with settled as (
      update setups s set
        state = 'succeeded', payment_method_id = ${method.id}, mandate_id = ${saved.mandate_id},
        stripe_setup_intent_id = ${saved.stripe_setup_intent_id}, settled_at = dc_now(), due_at = null,
        detail = case when ${saved.in_time} then null else 'saved_before_close' end,
        revision = s.revision + 1, cause = ${saved.cause}, cause_reference = ${saved.cause_reference}
      where s.id = ${saved.setup_id} and s.revision = ${saved.revision}
      returning s.id, s.customer_id, s.consent_id, s.usage, s.mandate_id, s.allow_redisplay
    ), judged as (
      select s.*, case
        when n.revoked_at is not null then 'consent_revoked'
        when not ${saved.in_time} then 'setup_was_closing'
        when n.accepted_at is null then 'evidence_missing'
      end as reason
      from settled s join consents n on n.id = s.consent_id
    ), method as (
      insert into payment_methods as m (id, state, customer_id, setup_id, consent_id, type, card_brand,
        card_last4, card_exp_month, card_exp_year, usage, mandate_id, allow_redisplay, due_at, detail,
        cause, cause_reference)
      select ${method.id},
             case when ${is_gone} then 'detached' when j.reason is null then 'usable' else 'unusable' end,
             j.customer_id, j.id, j.consent_id, ${method.type}, ${method.card?.brand ?? null}::text,
             ${method.card?.last4 ?? null}::text, ${method.card?.exp_month ?? null}::int,
             ${method.card?.exp_year ?? null}::int, j.usage, j.mandate_id, j.allow_redisplay,
             case when j.allow_redisplay <> ${method.allow_redisplay ?? ''} and not ${is_gone} then dc_now() end,
             j.reason, 'setup', j.id
      from judged j
      on conflict (id) do update set
        state = case when m.state = 'unusable' then excluded.state else m.state end,
        detail = case when m.state = 'unusable' then excluded.detail else m.detail end,
        consent_id = case when excluded.state = 'usable' then excluded.consent_id else m.consent_id end,
        setup_id = excluded.setup_id,
        usage = case when m.usage = 'off_session' then m.usage else excluded.usage end,
        mandate_id = coalesce(excluded.mandate_id, m.mandate_id),
        allow_redisplay = coalesce(excluded.allow_redisplay, m.allow_redisplay),
        due_at = coalesce(excluded.due_at, m.due_at),
        revision = m.revision + 1, cause = excluded.cause, cause_reference = excluded.cause_reference
      where m.customer_id = excluded.customer_id
      returning m.id, m.customer_id, m.state
    ), defaulted as (
      update customers c set default_payment_method_id = m.id, revision = c.revision + 1
      from method m
      where c.id = m.customer_id and m.state = 'usable' and c.default_payment_method_id is null
    )
    select id from settled`;
  return rows.length === 1;
}

/**
 * Records that a method is detached at Stripe, whoever brings the news, and takes it from the customer's
 * default. False when that was known, or the method is not on file.
 */
export async function markDetached(
  sql: Sql,
  detached: { readonly id: string; readonly cause: string; readonly cause_reference: string | null },
): Promise<boolean> {
  const rows = await sql`
    with gone as (
      update payment_methods set state = 'detached', due_at = null, claim_token = null, lease_until = null, offered_at = null,
        revision = revision + 1, cause = ${detached.cause}, cause_reference = ${detached.cause_reference}
      where id = ${detached.id} and state <> 'detached'
      returning id, customer_id
    ), undefaulted as (
      update customers c set default_payment_method_id = null, revision = c.revision + 1
      from gone g where c.id = g.customer_id and c.default_payment_method_id = g.id
    )
    select id from gone`;
  return rows.length === 1;
}

/**
 * Brings a card on file up to date with what its bank has told Stripe. A card that changed its brand is noted:
 * the networks ask for a new agreement then.
 */
export async function refreshMethod(
  sql: Sql,
  { id, card }: PaymentMethodSnapshot,
  cause_reference: string,
): Promise<void> {
  if (card === null) return;
  await sql`
    update payment_methods set
      card_brand = ${card.brand}, card_last4 = ${card.last4},
      card_exp_month = ${card.exp_month}, card_exp_year = ${card.exp_year},
      detail = case when card_brand <> ${card.brand} and detail is null then 'card_brand_changed' else detail end,
      revision = revision + 1, cause = 'stripe', cause_reference = ${cause_reference}
    where id = ${id} and state <> 'detached'
      and (card_brand, card_last4, card_exp_month, card_exp_year)
          is distinct from (${card.brand}, ${card.last4}, ${card.exp_month}::int, ${card.exp_year}::int)`;
}
