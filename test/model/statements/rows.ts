/**
 * Fresh rows, with the schema's defaults, and copies of them. There are millions of them: each is a copy of a complete
 * row, by a literal that names every field. In V8 11 (Node 20) a spread of forty fields takes thirty times as long.
 */
import type { Rows } from '../../../src/store/work/obligations.ts';
import type { ModelledKind } from './tables.ts';

const NEVER = new Date(0);

const OBLIGATION = {
  version: 1,
  revision: 1,
  due_at: null,
  offer_number: 0,
  offered_at: null,
  claim_token: null,
  lease_number: 0,
  lease_until: null,
  tries: 0,
  cause: 'model',
  cause_reference: null,
  created_at: NEVER,
} as const;

/** The one customer of a world, bound to one at Stripe. */
export const CUSTOMER_ID = 'cst_model';

const CUSTOMER: Rows['customer'] = {
  ...OBLIGATION,
  id: CUSTOMER_ID,
  state: 'bound',
  reference: null,
  email: 'model@example.com',
  name: null,
  locale: 'en',
  time_zone: null,
  stripe_customer_id: 'cus_model',
  metadata: {},
  told: null,
  telling: null,
  update_number: 1,
  default_payment_method_id: null,
  create_number: 1,
  create_opened_at: null,
  listed_at: null,
  detail: null,
  stopped_at: null,
  waking: [],
  waking_charge_id: null,
  forgotten_at: null,
  evidence_until: null,
  erased_at: null,
  reference_hash: null,
};

const CHARGE: Rows['charge'] = {
  ...OBLIGATION,
  id: '',
  state: 'queued',
  customer_id: CUSTOMER_ID,
  payment_method_id: 'pm_own',
  consent_id: 'cns_model',
  one_time_consent_id: null,
  follows_customer: false,
  amount_minor: 4_200,
  currency: 'eur',
  livemode: false,
  description: 'model',
  reference: null,
  again_of: null,
  scheduled_for: null,
  metadata: {},
  terms: null,
  document: null,
  warnings: [],
  stripe_payment_intent_id: null,
  create_number: 1,
  create_opened_at: null,
  create_type: null,
  listed_at: null,
  request_hash: null,
  cancel_number: 1,
  close_requested_at: null,
  close_as: null,
  close_detail: null,
  payment_intent_canceled_at: null,
  amount_received_minor: null,
  paid_with: null,
  accepted_minor: null,
  operator_action_id: null,
  future_use_at: null,
  detail: null,
  last_error: null,
  settled_at: null,
  returned_at: null,
  run_id: null,
  usage: null,
};

const RECOVERY: Rows['recovery'] = {
  ...OBLIGATION,
  id: '',
  state: 'open',
  charge_id: '',
  kind: 'authenticate',
  payment_method_id: '',
  expires_at: NEVER,
  is_early: false,
  opened_at: NEVER,
  step: 0,
  link_version: 1,
  link_key_id: null,
  link_nonce: 'nonce',
  visited_at: null,
  fresh_mail_at: null,
  bounced_at: null,
  closed_at: null,
};

const INBOX_EVENT: Rows['inbox_event'] = {
  ...OBLIGATION,
  id: '',
  state: 'received',
  type: '',
  object_type: '',
  object_id: null,
  request_key: null,
  livemode: false,
  stripe_created_at: NEVER,
  carrier: 'webhook',
  projection: null,
  detail: null,
};

/** Copies a row of each kind; omits fields that the complete row does not have. */
export const copies: { readonly [K in ModelledKind]: (row: Rows[K]) => Rows[K] } = {
  charge: copierOf(CHARGE),
  recovery: copierOf(RECOVERY),
  inbox_event: copierOf(INBOX_EVENT),
  customer: copierOf(CUSTOMER),
};

function copierOf<T extends object>(whole: T): (row: T) => T {
  const fields = Object.keys(whole).map((name) => `${name}: row.${name}`);
  return new Function('row', `return { ${fields.join(', ')} };`) as (row: T) => T;
}

/** A bound customer who owes nothing. */
export function customerRow(default_payment_method_id: string): Rows['customer'] {
  return Object.assign(copies.customer(CUSTOMER), { default_payment_method_id });
}

/** A charge that is due now. */
export function chargeRow(id: string, now: Date): Rows['charge'] {
  return Object.assign(copies.charge(CHARGE), { id, due_at: now, created_at: now });
}

/** A live recovery whose first mail is due. */
export function recoveryRow(
  opened: Pick<
    Rows['recovery'],
    'id' | 'charge_id' | 'kind' | 'payment_method_id' | 'is_early' | 'expires_at'
  >,
  now: Date,
): Rows['recovery'] {
  const { id, charge_id, kind, payment_method_id, is_early, expires_at } = opened;
  const times = { due_at: now, created_at: now, opened_at: now };
  return Object.assign(copies.recovery(RECOVERY), times, {
    id,
    charge_id,
    kind,
    payment_method_id,
    is_early,
    expires_at,
  });
}

/** An event from Stripe that is stored and not yet applied. */
export function inboxRow(
  event: Pick<
    Rows['inbox_event'],
    'id' | 'type' | 'object_id' | 'request_key' | 'stripe_created_at' | 'carrier' | 'projection'
  >,
  now: Date,
): Rows['inbox_event'] {
  const { id, type, object_id, request_key, stripe_created_at, carrier, projection } = event;
  const told = { id, type, object_id, request_key, stripe_created_at, carrier, projection };
  return Object.assign(copies.inbox_event(INBOX_EVENT), told, {
    object_type: 'payment_intent',
    due_at: now,
    created_at: now,
  });
}
