/** What settlements write about the cards that were tried (docs/protocol.md, 8.7): parts of `settleCharges`. */
import type { ChargePlan } from '../../domain/charge/charge-facts.ts';
import type { Sql } from '../postgres/database.ts';

/** The columns of a settlement that say it. */
export function flatCard({ card }: ChargePlan) {
  const isPaid = card?.said === 'paid_by_owner';
  return {
    card_method: card?.payment_method_id ?? null,
    card_tried_at: card?.tried_at ?? null,
    card_said: card === undefined || isPaid ? null : card.said,
    card_paid: isPaid,
  };
}

/**
 * The row knows best when a try began: in the process it is the time at which it was decided. A verdict closes the card with the data that it was tried with; had the network renewed it since, it is about data that are
 * gone. An agreement's is lifted when its customer pays with the card themselves.
 */
export function aboutCards(sql: Sql) {
  return sql`
    tried as (
      select w.*, coalesce(a.started_at, w.card_tried_at) as tried_at
      from legal w left join charge_attempts a on a.charge_id = w.charge_id and a.number = w.attempt_number
      where w.card_method is not null
    ), closed as (
      insert into card_verdicts as v (card_id, customer_id, data, reason, asks, charge_id, at)
      select distinct on (1, 2, 3) m.card_id,
        case when s.said->>'scope' = 'agreement' then m.customer_id else '' end,
        case when s.said->>'scope' = 'agreement' then '' else card_data(m) end,
        s.said->>'reason', s.said->>'asks', w.charge_id, w.tried_at
      from tried w join payment_methods m on m.id = w.card_method
      cross join lateral (
        select said from jsonb_array_elements(w.card_said) with ordinality as e (said, nth)
        where said->>'network' is null or said->>'network' = m.card_brand order by nth limit 1) s
      where w.card_said is not null
        and (s.said->>'scope' = 'agreement' or m.renewed_at is null or m.renewed_at <= w.tried_at)
      order by 1, 2, 3, w.tried_at desc
      on conflict (card_id, customer_id, data) do update set reason = excluded.reason, asks = excluded.asks,
        charge_id = excluded.charge_id, at = excluded.at, lifted_at = null
      where v.at < excluded.at
    ), lifted as (
      update card_verdicts v set lifted_at = (select dc_now())
      from tried w join payment_methods m on m.id = w.card_method
      where w.card_paid and v.card_id in (m.card_id, m.id) and v.customer_id = m.customer_id
        and v.lifted_at is null and v.at <= w.tried_at
    )`;
}
