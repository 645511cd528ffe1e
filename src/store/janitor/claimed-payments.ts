/** Money at Stripe that no row binds: what is known of it here, and the charge that is made for it. */
import type { PaymentSnapshot } from '../../domain/charge/payment-snapshot.ts';
import type { OperatedCharge } from '../../domain/operator-decisions.ts';
import type { Sql } from '../postgres/database.ts';
import { closedBreaks, namedBreaks, type OperatorWord, wroteActions } from '../work/operator-actions.ts';

export type ClaimGround = {
  readonly bound_to: string | null;
  readonly marked: Pick<OperatedCharge, 'id' | 'state' | 'stripe_payment_intent_id'> | null;
  readonly stripe_customer_id: string | null;
  /** The customer is erased. */
  readonly is_forgotten: boolean;
};

/** What a claim rests on; `mark` is the charge that our mark names, or null. Null without such a customer. */
export async function readClaimGround(
  sql: Sql,
  payment_intent_id: string,
  mark: string | null,
  customer_id: string,
): Promise<ClaimGround | null> {
  const rows = await sql<ClaimGround[]>`
    select u.stripe_customer_id, u.forgotten_at is not null as is_forgotten,
           (select id from charges where stripe_payment_intent_id = ${payment_intent_id}) as bound_to,
           (select json_build_object('id', id, 'state', state, 'stripe_payment_intent_id', stripe_payment_intent_id)
            from charges where id = ${mark}::text) as marked
    from customers u where u.id = ${customer_id}`;
  return rows[0] ?? null;
}

export type ClaimedCharge = {
  readonly id: string;
  readonly customer_id: string;
  readonly reference: string | null;
  readonly intent: PaymentSnapshot;
};

export type ClaimMade = 'made' | 'no_method' | 'reference_taken' | 'taken_meanwhile';

/**
 * Makes the charge that money at Stripe belongs to, bound to it and parked: what was taken is accepted in a second
 * step. It is the customer's own method that paid, where we know it, under the consent that it rests on.
 */
export async function insertClaimed(sql: Sql, charge: ClaimedCharge, word: OperatorWord): Promise<ClaimMade> {
  const { intent, customer_id, reference } = charge;
  const observed = { state: intent.status, amount_minor: intent.amount_minor, customer: customer_id };
  const action = {
    verb: 'claim',
    entity: 'charge',
    entity_id: charge.id,
    stripe_id: intent.id,
    observed,
  } as const;
  const rows = await sql<{ has_method: boolean; is_taken: boolean; made: boolean }[]>`
    with method as (
      select m.id, coalesce(m.consent_id, (
          select id from consents where customer_id = ${customer_id} order by created_at desc, id limit 1)) as consent_id
      from payment_methods m join customers u on u.id = m.customer_id
      where m.customer_id = ${customer_id}
      order by m.id = ${intent.payment_method}::text desc nulls last, m.id = u.default_payment_method_id desc nulls last,
               m.created_at desc
      limit 1
    ), holder as (
      select from charges where reference = ${reference}::text and state not in ('failed', 'canceled')
    ), made as (
      insert into charges (id, state, customer_id, payment_method_id, consent_id, amount_minor, currency, livemode,
                           description, reference, stripe_payment_intent_id, detail, cause, cause_reference)
      select ${charge.id}, 'needs_review', ${customer_id}, m.id, m.consent_id, ${intent.amount_minor},
             ${intent.currency}, ${intent.livemode}, 'Claimed from Stripe', ${reference}::text, ${intent.id},
             'under_review', 'operator', ${word.reason}
      from method m where m.consent_id is not null and not exists (select from holder)
      on conflict do nothing
      returning id
    ), named as (${namedBreaks(sql, [intent.id])}
    ), closed as (${closedBreaks(sql, 'made', word)}
    ), said as (${wroteActions(sql, 'made', action, word)})
    select exists (select from method where consent_id is not null) as has_method,
           exists (select from holder) as is_taken, exists (select from made) as made`;
  const [row] = rows;
  if (row?.made) return 'made';
  if (!row?.has_method) return 'no_method';
  return row.is_taken ? 'reference_taken' : 'taken_meanwhile';
}
