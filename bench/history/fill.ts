/** A database as after years: charges with attempts, timelines, notifications and events, written past the triggers. */
import type { Sql } from '../../src/store/postgres/database.ts';

/** Of the charges that have not ended, or did not end well: so many of each. */
const FEW = 20;
const BATCH = 50_000;

/**
 * Fills an empty, migrated database. Nearly all charges succeeded between five years and 26 months ago, in the order of
 * their ids' numbers; one in a hundred did within the last month.
 */
export async function fillHistory(sql: Sql, charges: number): Promise<void> {
  await sql`set session_replication_role = replica`;
  await sql`set synchronous_commit = off`;
  await sql`insert into customers (id, state, email, stripe_customer_id) values ('cst_1', 'bound', 'a@b.example', 'cus_1')`;
  await sql`
    insert into payment_methods (id, state, customer_id, type, usage) values ('pm_1', 'usable', 'cst_1', 'card', 'off_session')`;
  for (let from = 1; from <= charges; from += BATCH)
    await fillBatch(sql, from, Math.min(from + BATCH - 1, charges), charges);
  await sql`
    with other as (
      select id, (array['queued', 'retry_wait', 'needs_review', 'action_required', 'failed'])[1 + n / ${FEW}] as state
      from (select id, row_number() over ()::int - 1 as n
            from (select id from charges order by created_at limit ${5 * FEW}) c) c)
    update charges c set state = other.state, amount_received_minor = null,
      settled_at = case when other.state = 'failed' then c.settled_at end,
      due_at = case when other.state in ('queued', 'retry_wait') then now() end
    from other where other.id = c.id`;
  await sql`set session_replication_role = origin`;
  await sql`vacuum analyze`;
}

async function fillBatch(sql: Sql, from: number, to: number, charges: number): Promise<void> {
  await sql`
    insert into charges (id, state, version, revision, customer_id, payment_method_id, consent_id, amount_minor, currency,
                         livemode, description, reference, stripe_payment_intent_id, amount_received_minor, settled_at, created_at)
    select 'chg_' || md5(n::text), 'succeeded', 3, 7, 'cst_1', 'pm_1', 'cns_1', 1250, 'eur', false, 'Power in October',
           'ref-' || n, 'pi_' || n, 1250, at, at - interval '1 minute'
    from generate_series(${from}::int, ${to}::int) n, lateral (
      select now() - case when n > 0.99 * ${charges}::int then interval '3000 days' * (1 - n::float8 / ${charges})
                          else interval '800 days' + interval '1000 days' * (1 - n::float8 / ${charges}) end as at) t`;
  await sql`
    insert into charge_attempts (charge_id, number, kind, state, idempotency_key, stripe_payment_intent_id, payment_method_id,
                                 request_body, api_version, lease_number, stripe_charge_id, started_at, sent_at, ended_at)
    select 'chg_' || md5(n::text), 1, 'off_session', 'succeeded', 'dc1:chg_' || md5(n::text) || ':confirm:1', 'pi_' || n, 'pm_1',
           'payment_method=pm_1&off_session=true', '2026-10-28.endive', 1, 'ch_' || n, now(), now(), now()
    from generate_series(${from}::int, ${to}::int) n`;
  await sql`
    insert into inbox_events (id, state, revision, type, object_type, object_id, livemode, stripe_created_at, projection, created_at)
    select 'evt_' || md5(n::text), 'applied', 7, 'payment_intent.succeeded', 'payment_intent', 'pi_' || n, false,
           now() - interval '800 days', jsonb_build_object('object', 'payment_intent', 'id', 'pi_' || n),
           now() - interval '800 days'
    from generate_series(${from}::int, ${to}::int) n`;
  // As they came: a charge's own moves, its attempt's, and those of its event.
  await sql`
    insert into transitions (entity, entity_id, from_state, to_state, version, cause, cause_reference, at)
    select m.entity, case when m.entity = 'inbox_event' then 'evt_' else 'chg_' end || md5(n::text), m.before, m.state,
           m.version, 'worker', 'a cause', now() - interval '800 days' - interval '1000 days' * (1 - n::float8 / ${charges})
    from generate_series(${from}::int, ${to}::int) n,
      (values (1, 'charge', null, 'queued', 1), (2, 'attempt', null, 'open', 1), (3, 'charge', 'queued', 'in_flight', 2),
              (4, 'inbox_event', null, 'received', 1), (5, 'attempt', 'open', 'succeeded', 1),
              (6, 'charge', 'in_flight', 'succeeded', 3), (7, 'inbox_event', 'received', 'applied', 2)
      ) m (place, entity, before, state, version)
    order by n, m.place`;
  await sql`
    insert into deliveries (entity, entity_id, version, type, payload, created_at)
    select 'charge', 'chg_' || md5(n::text), 3, 'charge.succeeded',
           jsonb_build_object('id', n, 'object', 'charge', 'status', 'succeeded', 'amount', 1250, 'currency', 'eur'), now()
    from generate_series(${from}::int, ${to}::int) n`;
}
