/** Our own set-up page: what it shows, and the press that accepts a consent. */
import type { SetupState, StateOf } from '../../domain/machines.ts';
import type { Sql } from '../postgres/database.ts';

export type SetupPageRow = {
  readonly id: string;
  readonly state: SetupState;
  /** The revision that a press is written against. */
  readonly revision: number;
  readonly is_over: boolean;
  readonly expires_at: Date;
  readonly return_url: string;
  readonly payment_method_types: readonly string[];
  readonly locale: string | null;
  readonly collect: boolean;
  readonly scope: 'off_session' | 'on_session';
  readonly frequency: 'one_time' | 'recurring';
  readonly amount_basis: string;
  readonly text: string;
  readonly text_version: string;
  readonly valid_until: Date | null;
  readonly max_charges: number | null;
  readonly max_amount_minor: number | null;
  readonly max_amount_currency: string | null;
  readonly max_amount_per: 'charge' | 'month' | null;
  readonly accepted_at: Date | null;
  readonly revoked_at: Date | null;
  readonly method_state: StateOf<'payment_method'> | null;
  readonly method_detail: string | null;
  readonly method_type: string | null;
  readonly card_brand: string | null;
  readonly card_last4: string | null;
  readonly bank_name: string | null;
  readonly bank_last4: string | null;
};

/** What the set-up page shows and decides on, read at one instant; null for an unknown one, and for one whose customer is erased. No address, no name. */
export async function readSetupPage(sql: Sql, setup_id: string): Promise<SetupPageRow | null> {
  const rows = await sql<SetupPageRow[]>`
    select s.id, s.state, s.revision, s.expires_at <= dc_now() as is_over, s.expires_at, s.return_url, s.payment_method_types,
           u.locale,
           n.collect, n.scope, n.frequency, n.amount_basis, n.text, n.text_version, n.accepted_at, n.revoked_at,
           n.until as valid_until, n.max_charges, n.max_amount_minor, n.max_amount_currency, n.max_amount_per,
           m.state as method_state, m.detail as method_detail, m.type as method_type, m.card_brand, m.card_last4,
           m.bank_name, m.bank_last4
    from setups s
    join consents n on n.id = s.consent_id
    join customers u on u.id = s.customer_id
    left join payment_methods m on m.id = s.payment_method_id
    where s.id = ${setup_id} and u.forgotten_at is null`;
  return rows[0] ?? null;
}

export type Acceptance = {
  readonly setup_id: string;
  /** The revision that was read: a method saved in the meantime must be seen, or it would stay unusable. */
  readonly revision: number;
  readonly ip_address: string;
  readonly user_agent: string | null;
  /** The scheme's words that were read with the agreement; null for cards. */
  readonly mandate: { readonly text: string; readonly version: string } | null;
};

/**
 * Records the customer's press as the evidence of their consent, once; what waited for it becomes usable in the same
 * statement, and their default if they have none. False when the setup has moved since it was read or its time is
 * over, and when the consent already has its evidence or is revoked: read again.
 */
export async function acceptConsent(sql: Sql, press: Acceptance): Promise<boolean> {
  const rows = await sql`
    with pressed as (
      update setups s set revision = s.revision + 1
      where s.id = ${press.setup_id} and s.revision = ${press.revision} and s.expires_at > dc_now()
      returning s.consent_id
    ), accepted as (
      update consents n set accepted_at = dc_now(), ip_address = ${press.ip_address},
        user_agent = ${press.user_agent},
        mandate_text = ${press.mandate?.text ?? null}, mandate_text_version = ${press.mandate?.version ?? null}
      from pressed p
      where n.id = p.consent_id and n.collect and n.accepted_at is null and n.revoked_at is null
      returning n.id
    ), freed as (
      update payment_methods m set state = 'usable', detail = null, revision = m.revision + 1,
        cause = 'customer', cause_reference = a.id
      from accepted a
      where m.consent_id = a.id and m.state = 'unusable' and m.detail = 'evidence_missing'
      returning m.id, m.customer_id
    ), defaulted as (
      update customers c set default_payment_method_id = f.id, revision = c.revision + 1
      from freed f where c.id = f.customer_id and c.default_payment_method_id is null
    )
    select id from accepted`;
  return rows.length === 1;
}
