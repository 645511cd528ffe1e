/**
 * A shop's rows as the first release wrote them, in every table and in states on the way and at the end. Frozen with
 * the baseline: they are written in its columns, not by the code of today, and get in past its walls.
 */
import type { Sql } from '../../../src/store/postgres/database.ts';

export async function writeBaselineRows(sql: Sql): Promise<void> {
  for (const statement of [...born, ...moved]) await sql.unsafe(statement);
}

const born: readonly string[] = [
  `insert into customers (id, state, due_at, reference, email, name, locale) values
     ('cst_bound', 'queued', dc_now(), 'shop-1', 'Robin@example.test', 'Robin', 'de'),
     ('cst_new', 'queued', dc_now(), null, 'kim@example.test', null, null)`,
  `insert into consents (id, customer_id, scope, frequency, amount_basis, text, text_version, collect, accepted_at,
                         ip_address, user_agent) values
     ('cns_always', 'cst_bound', 'off_session', 'recurring', 'usage', 'I agree.', '1', false, now(), '192.0.2.1', 'UA'),
     ('cns_once', 'cst_bound', 'off_session', 'one_time', 'fixed', 'Once.', '1', false, now(), null, null),
     ('cns_asked', 'cst_new', 'off_session', 'recurring', 'usage', 'I shall agree.', '2', true, null, null, null)`,
  `insert into payment_methods (id, state, customer_id, consent_id, type, card_brand, card_last4, card_exp_month,
                                card_exp_year, usage) values
     ('pm_card', 'usable', 'cst_bound', 'cns_always', 'card', 'visa', '4242', 12, 2031, 'off_session'),
     ('pm_left', 'usable', 'cst_bound', null, 'sepa_debit', null, null, null, null, 'off_session')`,
  `insert into setups (id, state, due_at, customer_id, consent_id, usage, via, payment_method_types, return_url,
                       metadata, expires_at) values
     ('set_saved', 'queued', dc_now(), 'cst_bound', 'cns_always', 'off_session', 'elements', '{card,sepa_debit}',
      'https://shop.example.test', '{"plan": "gold"}', dc_now() + interval '1 day'),
     ('set_asked', 'queued', dc_now(), 'cst_new', 'cns_asked', 'off_session', 'checkout', '{card}',
      'https://shop.example.test', '{}', dc_now() + interval '1 day')`,
  ...['queued', 'flying', 'paid', 'asked', 'failed', 'again'].map(
    (name) => `
      insert into charges (id, state, due_at, customer_id, payment_method_id, consent_id, one_time_consent_id,
                           amount_minor, currency, livemode, description, reference, again_of, metadata) values
        ('chg_${name}', 'queued', dc_now(), 'cst_bound', 'pm_card', 'cns_always', ${name === 'paid' ? "'cns_once'" : 'null'},
         1250, 'eur', false, 'July', 'invoice-${name}', ${name === 'again' ? "'chg_failed'" : 'null'}, '{"month": "7"}')`,
  ),
  `insert into api_keys (id, name, secret_hash, scopes) values ('key_1', 'till', '\\x01', '{charges:write}')`,
  `insert into idempotency_keys (route, key, request_hash, entity_id, status_code) values
     ('POST /v1/charges', 'order-1', '\\x02', 'chg_paid', 202)`,
  `insert into breaks (kind, entity_id, stripe_id, observed) values ('amount_differs', 'chg_paid', 'pi_paid', '{"a": 1}')`,
  `insert into sweeps (name, due_at, cursor) values ('events', dc_now(), 'evt_1')`,
  `insert into pace (endpoint, tokens, filled_at) values ('*', 20, clock_timestamp())`,
  `insert into inbox_events (id, state, due_at, type, object_type, object_id, request_key, livemode, stripe_created_at,
                             projection) values
     ('evt_1', 'received', dc_now(), 'payment_intent.succeeded', 'payment_intent', 'pi_paid', 'dc1:chg_paid:confirm:2',
      false, dc_now(), '{"status": "succeeded"}'),
     ('evt_2', 'received', dc_now(), 'setup_intent.created', 'setup_intent', 'seti_1', null, false, dc_now(), '{}')`,
];

const attempt = (charge: string, number: number, kind = 'off_session') => `
  insert into charge_attempts (charge_id, number, kind, idempotency_key, stripe_payment_intent_id, payment_method_id,
                               request_body, api_version, lease_number) values
    ('chg_${charge}', ${number}, '${kind}', 'dc1:chg_${charge}:confirm:${number}', 'pi_${charge}', 'pm_card',
     'off_session=true', '2025-01-01', 1)`;

const ended = (charge: string, number: number, state: string) => `
  update charge_attempts set state = '${state}', resolved_by = 'answer', ended_at = dc_now(),
                             stripe_charge_id = 'ch_${charge}_${number}'
  where charge_id = 'chg_${charge}' and number = ${number}`;

const charged = (name: string, set: string) => `update charges set ${set} where id = 'chg_${name}'`;

/** On from there, as work would bring them. */
const moved: readonly string[] = [
  `update customers set state = 'bound', stripe_customer_id = 'cus_1', default_payment_method_id = 'pm_card'
   where id = 'cst_bound'`,
  `update payment_methods set state = 'detaching', due_at = dc_now() where id = 'pm_left'`,
  `update setups set state = 'awaiting_customer', stripe_setup_intent_id = 'seti_1' where id = 'set_saved'`,
  `update setups set state = 'succeeded', payment_method_id = 'pm_card', settled_at = dc_now() where id = 'set_saved'`,
  ...['flying', 'paid', 'asked', 'failed'].flatMap((name) => [
    charged(name, `state = 'in_flight', stripe_payment_intent_id = 'pi_${name}', lease_number = 1`),
    attempt(name, 1),
  ]),
  ended('paid', 1, 'declined'),
  charged('paid', `state = 'retry_wait', last_error = '{"code": "card_declined"}'`),
  charged('paid', `state = 'in_flight', lease_number = 2`),
  attempt('paid', 2),
  ended('paid', 2, 'succeeded'),
  charged(
    'paid',
    `state = 'succeeded', amount_received_minor = 1250, settled_at = dc_now(), detail = 'paid'`,
  ),
  ended('asked', 1, 'authentication_required'),
  charged('asked', `state = 'action_required', detail = 'authentication_required'`),
  ended('failed', 1, 'declined'),
  charged('failed', `state = 'closing', close_requested_at = dc_now(), close_as = 'failed'`),
  charged('failed', `state = 'failed', payment_intent_canceled_at = dc_now(), settled_at = dc_now()`),
  `insert into recoveries (id, state, due_at, charge_id, kind, payment_method_id, expires_at, link_nonce) values
     ('rec_open', 'open', dc_now(), 'chg_asked', 'authenticate', 'pm_card', dc_now() + interval '7 days', 'n1'),
     ('rec_past', 'open', dc_now(), 'chg_failed', 'replace', 'pm_card', dc_now() + interval '7 days', 'n2')`,
  `update recoveries set state = 'revoked', closed_at = dc_now() where id = 'rec_past'`,
  `insert into setups (id, state, customer_id, recovery_id, recovery_number, accepted_amount_at, usage, via,
                       payment_method_types, return_url, expires_at) values
     ('set_card', 'queued', 'cst_bound', 'rec_open', 1, dc_now(), 'off_session', 'checkout', '{card}',
      'https://pay.example.test/r/page/rec_open', dc_now() + interval '1 day')`,
  `insert into messages (id, state, due_at, recovery_id, step) values
     ('msg_sent', 'queued', dc_now(), 'rec_open', 'opened'), ('msg_next', 'queued', dc_now(), 'rec_open', 'reminder')`,
  `update messages set state = 'sending' where id = 'msg_sent'`,
  `update messages set state = 'sent', sent_at = dc_now() where id = 'msg_sent'`,
  `update inbox_events set state = 'applied' where id = 'evt_1'`,
];
