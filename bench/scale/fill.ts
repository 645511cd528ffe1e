/**
 * A database with a history: as many charges as asked, made in SQL with the triggers put aside. Of a hundred charges 98 are
 * paid, one failed and one scheduled; the first fifty are at the bank, and the last thousand due now.
 */
import type { Sql } from '../../src/store/postgres/database.ts';
import { OURS } from '../whole/readings.ts';

const DUE_NOW = 1_000;
const AT_THE_BANK = 50;
const CHARGES_A_CUSTOMER = 10;

export async function fillHistory(sql: Sql, rows: number): Promise<void> {
  const customers = Math.max(CHARGES_A_CUSTOMER, Math.ceil(rows / CHARGES_A_CUSTOMER));
  await sql.unsafe(`${OURS}
    begin;
    set local session_replication_role = replica;
    ${payers(customers)};
    ${charges(rows, customers)};
    ${aroundCharges()};
    commit;`);
  await sql.unsafe(`${OURS} vacuum analyze`);
}

function payers(customers: number): string {
  return `
    insert into customers (id, state, email, stripe_customer_id, default_payment_method_id)
    select 'cst_' || lpad(g::text, 24, 'a'), 'bound', 'payer@example.test', 'cus_' || g, 'pm_' || g
    from generate_series(1, ${customers}) g;
    insert into consents (id, customer_id, scope, frequency, amount_basis, text, text_version, accepted_at)
    select 'cns_' || lpad(g::text, 24, 'a'), 'cst_' || lpad(g::text, 24, 'a'), 'off_session', 'recurring', 'usage',
           'I agree', '1', now()
    from generate_series(1, ${customers}) g;
    insert into payment_methods (id, state, customer_id, consent_id, type, card_brand, card_last4, usage)
    select 'pm_' || g, 'usable', 'cst_' || lpad(g::text, 24, 'a'), 'cns_' || lpad(g::text, 24, 'a'), 'card', 'visa',
           '4242', 'off_session'
    from generate_series(1, ${customers}) g`;
}

/** One every twenty seconds, the newest now. */
function charges(rows: number, customers: number): string {
  return `
    insert into charges (id, state, version, revision, due_at, customer_id, payment_method_id, consent_id,
                         follows_customer, amount_minor, currency, livemode, description, reference,
                         stripe_payment_intent_id, amount_received_minor, payment_intent_canceled_at, settled_at,
                         created_at, scheduled_for, lease_number, create_opened_at)
    select 'chg_' || substr(md5(g::text), 1, 24), s.state, 3, 7,
           case when s.state = 'queued' then coalesce(s.later, now() - interval '5 minutes') end,
           'cst_' || lpad((1 + g % ${customers})::text, 24, 'a'), 'pm_' || (1 + g % ${customers}),
           'cns_' || lpad((1 + g % ${customers})::text, 24, 'a'), true, 1250, 'eur', false, 'Power in October', 'ref-' || g,
           case when s.state <> 'queued' then 'pi_' || g end,
           case when s.state = 'succeeded' then 1250 end,
           case when s.state = 'failed' then now() end,
           case when s.state in ('succeeded', 'failed') then s.made_at + interval '1 minute' end,
           s.made_at, s.later, case when s.state = 'queued' then 0 else 1 end,
           case when s.state <> 'queued' then s.made_at end
    from generate_series(1, ${rows}) g
    cross join lateral (
      select case when g > ${rows - DUE_NOW} then 'queued' when g <= ${AT_THE_BANK} then 'action_required'
                  when g % 100 = 0 then 'queued' when g % 100 = 1 then 'failed' else 'succeeded' end as state,
             case when g % 100 = 0 and g <= ${rows - DUE_NOW}
                  then now() + (1 + g % 30) * interval '1 day' end as later,
             now() - (${rows} - g) * interval '20 seconds' - interval '2 minutes' as made_at) s`;
}

function aroundCharges(): string {
  return `
    insert into charge_attempts (charge_id, number, kind, state, idempotency_key, stripe_payment_intent_id,
                                 payment_method_id, request_body, api_version, lease_number, opened_status,
                                 stripe_charge_id, resolved_by, started_at, sent_at, ended_at)
    select id, 1, 'off_session', case when state = 'succeeded' then 'succeeded' else 'declined' end,
           'dc1:' || id || ':confirm:1', stripe_payment_intent_id, payment_method_id,
           'payment_method=' || payment_method_id || '&off_session=true', '2026-10-28.endive', 1,
           'requires_payment_method', 'ch_' || substr(stripe_payment_intent_id, 4), 'worker', created_at, created_at,
           created_at
    from charges where state <> 'queued';
    insert into idempotency_keys (route, key, request_hash, entity_id, status_code)
    select 'POST /v1/charges', 'key-' || reference, sha256(id::bytea), id, 202 from charges;
    insert into transitions (entity, entity_id, from_state, to_state, version, cause, cause_reference, at)
    select 'charge', id, null, 'queued', 1, 'api', 'key', created_at from charges order by created_at;
    insert into transitions (entity, entity_id, from_state, to_state, version, cause, cause_reference, at)
    select 'charge', id, 'in_flight', 'succeeded', 3, 'worker', 'dc1:' || id || ':confirm:1', created_at
    from charges where state = 'succeeded' order by created_at`;
}
