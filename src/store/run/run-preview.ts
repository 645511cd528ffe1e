/** What a start would do, read from the rows in bounded parts; nothing is written or locked. */
import type { Sql } from '../postgres/database.ts';
import { behind } from './run-report.ts';

/** Of one part of a run, by currency and type: what would go, what would not and why, what to know about it. */
export type PreviewPart = {
  /** The last id that was looked at; null: that was all. */
  readonly next: string | null;
  readonly lines: readonly {
    readonly currency: string;
    readonly type: string;
    readonly skipped: string | null;
    readonly warning: string | null;
    readonly count: number;
    readonly total: number;
    readonly examples: readonly string[];
  }[];
};

/**
 * The next `rows` charges after this id, with what their customer, method and consent say today. It asks what intake and the
 * opening of an attempt ask; whoever changes those changes this.
 *
 * @param notice_days days between a debit's notice and its day, by type
 */
export async function previewPart(
  sql: Sql,
  run_id: string,
  after: string | null,
  rows: number,
  notice_days: Readonly<Record<string, number>>,
): Promise<PreviewPart> {
  const found = await sql<(PreviewPart['lines'][number] & { last: string; looked: number })[]>`
    with part as materialized (
      select c.* from charges c where c.run_id = ${run_id} and c.settled_at is null
        and c.close_requested_at is null ${behind(sql, after)}
      order by c.created_at, c.id limit ${rows}
    ), judged as (
      select p.id, p.currency, p.amount_minor, coalesce(p.reference, p.id) as name, coalesce(m.type, 'none') as type,
        case
          when u.detail = 'deleted_at_stripe' then 'customer_deleted'
          when u.stopped_at is not null then 'customer_stopped'
          when m.id is null then 'no_payment_method'
          when m.state <> 'usable' then 'payment_method_unusable'
          when n.revoked_at is not null or n.scope <> 'off_session' or n.accepted_at is null then 'consent_missing'
          when n.until <= greatest(p.scheduled_for, dc_now()) then 'consent_expired'
          when p.follows_customer and n.frequency <> 'recurring' then 'consent_missing'
          when exists (select from verdict_on(m)) then 'card_closed'
          when make_date(m.card_exp_year, m.card_exp_month, 1) + interval '1 month' <= greatest(p.scheduled_for, dc_now())
            then 'card_expired'
          when m.type <> 'card' and (m.mandate_status = 'inactive'
               or m.mandate_id is null and m.mandate_sought_at is not null) then 'mandate_not_active'
        end as skipped,
        case when 'set_up_on_session' = any(p.warnings) then 'set_up_on_session'
             when p.scheduled_for < dc_now() + make_interval(days => (${sql.json(notice_days)}::jsonb ->> m.type)::int)
               then 'notice_late' end as warning
      from part p
      join customers u on u.id = p.customer_id
      left join payment_methods m on m.id = case when p.follows_customer then method_of_day(u) else p.payment_method_id end
      left join consents n on n.id = case when p.follows_customer then m.consent_id else p.consent_id end
    )
    select currency, type, skipped, warning, count(*)::int as count, sum(amount_minor)::float8 as total,
           (array_agg(name order by id))[1:20] as examples, (select p.id from part p order by p.created_at desc, p.id desc limit 1) as last,
           (select count(*)::int from part) as looked
    from judged group by 1, 2, 3, 4`;
  const isLast = (found[0]?.looked ?? 0) < rows;
  return { next: isLast ? null : (found[0]?.last ?? null), lines: found };
}

export type BesidePrevious = {
  readonly previous: string;
  readonly added: number;
  readonly added_examples: readonly string[];
  readonly gone: number;
  readonly gone_examples: readonly string[];
  readonly doubled: number;
  readonly doubled_examples: readonly string[];
};

/** Its customers beside those of the last run of the same name that was not canceled; null without one. */
export async function compareRuns(sql: Sql, run_id: string): Promise<BesidePrevious | null> {
  const [row] = await sql<BesidePrevious[]>`
    with own as (select * from runs where id = ${run_id}), previous as (
      select r.id from runs r, own o
      where r.name = o.name and r.livemode = o.livemode and r.created_at < o.created_at and r.state not in ('closing', 'canceled')
      order by r.created_at desc limit 1
    ), here as (
      select customer_id, currency, sum(amount_minor) as minor from charges
      where run_id = ${run_id} and state <> 'canceled' group by 1, 2
    ), there as (
      select customer_id, currency, sum(amount_minor) as minor from charges
      where run_id = (select id from previous) and state <> 'canceled' group by 1, 2
    ), beside as (
      select coalesce(h.customer_id, t.customer_id) as customer,
             case when t.minor is null then 'added' when h.minor is null then 'gone'
                  when h.minor > 2 * t.minor then 'doubled' end as what
      from here h full join there t on t.customer_id = h.customer_id and t.currency = h.currency
    )
    select p.id as previous,
      count(*) filter (where what = 'added')::int as added,
      coalesce((array_agg(customer order by customer) filter (where what = 'added'))[1:20], '{}') as added_examples,
      count(*) filter (where what = 'gone')::int as gone,
      coalesce((array_agg(customer order by customer) filter (where what = 'gone'))[1:20], '{}') as gone_examples,
      count(*) filter (where what = 'doubled')::int as doubled,
      coalesce((array_agg(customer order by customer) filter (where what = 'doubled'))[1:20], '{}') as doubled_examples
    from previous p left join beside b on b.what is not null group by p.id`;
  return row ?? null;
}
