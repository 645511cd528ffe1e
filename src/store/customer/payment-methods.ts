/** Methods on file: what Stripe says about them, and how they leave. A setup or an adoption brings them. */
import type { ReadMethod } from '../../domain/charge/payment-snapshot.ts';
import { retryConflict, type Sql } from '../postgres/database.ts';

/**
 * Records that a method is detached at Stripe, whatever brings the news, and takes it from the customer's default.
 * False when that was known, or the method is not on file.
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
 * Updates a card on file with what its bank has told Stripe, and owes what waits for this card another try with it. A
 * changed brand is only noted: the networks then ask for a new agreement. A method that is read for the first time since
 * fingerprints are kept only learns its own.
 */
export async function refreshMethod(
  sql: Sql,
  { id, card, card_mark }: ReadMethod,
  cause_reference: string,
): Promise<void> {
  if (card === null) return;
  await retryConflict(
    async () =>
      await sql`
    with known as (
      select id, card_exp_month is not null and card_brand = ${card.brand}
          and (card_last4, card_exp_month, card_exp_year)
              is distinct from (${card.last4}, ${card.exp_month}::int, ${card.exp_year}::int) as is_renewal from payment_methods
      where id = ${id} and state <> 'detached'
        and (card_brand, card_last4, card_exp_month, card_exp_year, fingerprint_hash)
            is distinct from (${card.brand}, ${card.last4}, ${card.exp_month}::int, ${card.exp_year}::int,
                              coalesce(${card_mark}::text, fingerprint_hash))
      for update
    ), refreshed as (
      update payment_methods m set
        card_brand = ${card.brand}, card_last4 = ${card.last4},
        card_exp_month = ${card.exp_month}, card_exp_year = ${card.exp_year},
        fingerprint_hash = coalesce(${card_mark}::text, m.fingerprint_hash),
        renewed_at = case when k.is_renewal then dc_now() else m.renewed_at end,
        detail = case when card_brand <> ${card.brand} and m.detail is null then 'card_brand_changed' else m.detail end,
        revision = m.revision + 1, cause = 'stripe', cause_reference = ${cause_reference}
      from known k where m.id = k.id
      returning m.id, m.customer_id, k.is_renewal and m.state = 'usable' as is_renewed
    )
    update customers u set waking = with_waking(u.waking, r.id), due_at = dc_now(), offered_at = null,
      revision = u.revision + 1
    from refreshed r where u.id = r.customer_id and r.is_renewed and u.state = 'bound'`,
  );
}
