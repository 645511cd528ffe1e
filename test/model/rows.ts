/** Fresh rows, with the defaults of the schema. */
import type { Rows } from '../../src/store/obligations.ts';

type Obligation = Pick<
  Rows['charge'],
  | 'version'
  | 'revision'
  | 'offer_number'
  | 'offered_at'
  | 'claim_token'
  | 'lease_number'
  | 'lease_until'
  | 'tries'
  | 'cause'
  | 'cause_reference'
>;

const OBLIGATION: Obligation = {
  version: 1,
  revision: 1,
  offer_number: 0,
  offered_at: null,
  claim_token: null,
  lease_number: 0,
  lease_until: null,
  tries: 0,
  cause: 'model',
  cause_reference: null,
};

/** A charge that is due now. */
export function chargeRow(id: string, now: Date): Rows['charge'] {
  return {
    ...OBLIGATION,
    id,
    state: 'queued',
    due_at: now,
    created_at: now,
    customer_id: 'cst_model',
    payment_method_id: 'pm_own',
    consent_id: 'cns_model',
    one_time_consent_id: null,
    amount_minor: 4_200,
    currency: 'eur',
    livemode: false,
    description: 'model',
    reference: null,
    again_of: null,
    scheduled_for: null,
    metadata: {},
    warnings: [],
    stripe_payment_intent_id: null,
    create_number: 1,
    create_opened_at: null,
    cancel_number: 1,
    close_requested_at: null,
    close_as: null,
    close_detail: null,
    payment_intent_canceled_at: null,
    amount_received_minor: null,
    future_use_at: null,
    detail: null,
    last_error: null,
    settled_at: null,
  };
}

/** A live recovery whose first mail is due. */
export function recoveryRow(
  opened: Pick<Rows['recovery'], 'id' | 'charge_id' | 'kind' | 'payment_method_id' | 'expires_at'>,
  now: Date,
): Rows['recovery'] {
  return {
    ...OBLIGATION,
    ...opened,
    state: 'open',
    due_at: now,
    created_at: now,
    opened_at: now,
    step: 0,
    link_version: 1,
    link_key_id: null,
    link_nonce: 'nonce',
    visited_at: null,
    fresh_mail_at: null,
    bounced_at: null,
    closed_at: null,
  };
}

/** A replacement whose card is saved already: Checkout itself is not modelled. */
export function replacementRow(
  saved: Pick<Rows['replacement'], 'id' | 'recovery_id' | 'charge_id' | 'number' | 'payment_method_id'>,
  times: { readonly now: Date; readonly due_at: Date },
): Rows['replacement'] {
  return {
    ...OBLIGATION,
    ...saved,
    state: 'completed',
    due_at: times.due_at,
    created_at: times.now,
    stripe_checkout_session_id: `cs_${saved.id}`,
    stripe_setup_intent_id: null,
    create_number: 1,
    create_opened_at: times.now,
    expire_number: 1,
    detach_number: 1,
    accepted_amount_at: times.now,
    accepted_ip_address: null,
    accepted_user_agent: null,
    default_consent_id: null,
    completed_at: times.now,
    detail: null,
  };
}

/** An event of Stripe's that is stored and not yet applied. */
export function inboxRow(
  event: Pick<
    Rows['inbox_event'],
    | 'id'
    | 'type'
    | 'object_type'
    | 'object_id'
    | 'request_key'
    | 'livemode'
    | 'stripe_created_at'
    | 'carrier'
    | 'projection'
  >,
  now: Date,
): Rows['inbox_event'] {
  return { ...OBLIGATION, ...event, state: 'received', due_at: now, created_at: now, detail: null };
}
