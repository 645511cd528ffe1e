/** What changes a customer's choices and what they agreed to: the default, a charge's own method, and revocations. */
import type { Rows } from '../../../src/store/work/obligations.ts';
import { closeCharges } from './charge-statements.ts';
import { customerOf, isConsentGone, isExceeded, recurringOf } from './permission.ts';
import { CUSTOMER_ID } from './rows.ts';
import type { Modelled } from './statement.ts';
import type { Consent, Tables } from './tables.ts';

export const customerStatements: readonly Modelled[] = [
  {
    name: 'makeDefault',
    marker: 'select id, customer_id, state from payment_methods where id = ? for share',
    arity: 1,
    locks: true,
    run: (tables, [id]) => {
      const state = tables.methods.get(id as string)?.state;
      if (state === undefined) return [];
      if (state === 'usable') prefer(tables, id as string);
      const refusal = state === 'detaching' ? 'detached' : 'unusable';
      return [{ outcome: state === 'usable' ? 'done' : refusal }];
    },
  },
  {
    name: 'chooseMethod',
    marker: 'then choose_method(',
    arity: 6,
    locks: true,
    // Every method here is a card, which fits.
    run: (tables, [, charge_id, method_id]) => [
      { refusal: chooseMethod(tables, charge_id as string, method_id as string) },
    ],
  },
  {
    name: 'revokeConsents',
    marker: 'select id from revoke_consents',
    arity: 2,
    locks: true,
    run: (tables, [ids]) => revokeConsents(tables, ids as string[]),
  },
  {
    name: 'revokeAndMove',
    marker: 'select id from revoke_and_move(',
    arity: 2,
    locks: true,
    run: (tables, [id]) => revokeAndMove(tables, id as string),
  },
  {
    name: 'noteDeleted',
    marker: 'select id from bound where (select count(*) from noted) >= 0',
    arity: 5,
    locks: true,
    run: (tables, [, , detail]) => {
      for (const [id, method] of tables.methods) tables.methods.set(id, { ...method, state: 'detaching' });
      const customer = customerOf(tables);
      if (customer.detail !== detail)
        tables.write('customer', CUSTOMER_ID, {
          detail: detail as string,
          default_payment_method_id: null,
          waking: [],
          revision: customer.revision + 1,
        });
      return [{ id: CUSTOMER_ID }];
    },
  },
  {
    name: 'noteDeleted: what is open',
    marker: 'stripe_payment_intent_id is not null and close_requested_at is null',
    arity: 1,
    run: (tables) =>
      [...tables.rows.charge.values()].filter(
        ({ state, stripe_payment_intent_id, close_requested_at }) =>
          stripe_payment_intent_id !== null &&
          close_requested_at === null &&
          !OPEN_FOR_NOTHING.includes(state),
      ),
  },
  {
    name: 'writeStop',
    marker: 'select * from stop_customer(',
    arity: 2,
    run: (tables) => {
      const { stopped_at, revision } = customerOf(tables);
      const stopped = { stopped_at: stopped_at ?? tables.now(), revision: revision + 1 };
      tables.write('customer', CUSTOMER_ID, stopped);
      const charge_ids = revokeConsents(tables, [...tables.consents.keys()]).map(({ id }) => id);
      return [{ charge_ids, setup_ids: [] }];
    },
  },
];

/** Makes a method the default, or none. */
export function prefer(tables: Tables, default_payment_method_id: string | null): void {
  const { revision } = customerOf(tables);
  tables.write('customer', CUSTOMER_ID, { default_payment_method_id, revision: revision + 1 });
}

const OPEN_FOR_NOTHING: readonly string[] = ['succeeded', 'failed', 'canceled', 'needs_review'];
const CHOOSABLE: readonly string[] = ['queued', 'retry_wait', 'action_required'];
const OPEN_ENDED: readonly string[] = ['failed', 'canceled'];

/** `choose_method()`: by the rules of taking in a charge. */
function chooseMethod(tables: Tables, charge_id: string, method_id: string): string | null {
  const charge = tables.rows.charge.get(charge_id);
  if (charge === undefined) return 'unknown';
  const isFree = tables.attemptsOf(charge_id).every(({ ended_at }) => ended_at !== null);
  if (charge.close_requested_at !== null || !CHOOSABLE.includes(charge.state) || !isFree) return 'under_way';
  const method = tables.methods.get(method_id);
  if (method === undefined) return 'payment_method_unknown';
  if (method.state !== 'usable') return 'payment_method_unusable';
  const consent = tables.consents.get(method.consent_id ?? '');
  if (consent === undefined || isConsentGone(tables, consent.id)) return 'consent_missing';
  if (isUsed(tables.rows, consent, charge_id)) return 'consent_used';
  if (consent.id !== charge.consent_id && isExceeded(tables, consent.id)) return 'consent_exceeded';
  tables.write('charge', charge_id, {
    payment_method_id: method.id,
    consent_id: consent.id,
    one_time_consent_id: consent.frequency === 'one_time' ? consent.id : null,
    follows_customer: false,
    revision: charge.revision + 1,
  });
  return null;
}

/** Whether a one-time consent covers a charge already, and not this one. */
export function isUsed(rows: Tables['rows'], { id }: Consent, charge_id: string): boolean {
  return [...rows.charge.values()].some(
    (other) =>
      other.one_time_consent_id === id && other.id !== charge_id && !OPEN_ENDED.includes(other.state),
  );
}

/** `revoke_consents()`, and the charges that it asked to close: not debits under way. */
function revokeConsents(tables: Tables, ids: readonly string[]): { readonly id: string }[] {
  for (const id of ids) {
    const consent = tables.consents.get(id);
    if (consent !== undefined)
      tables.consents.set(id, { ...consent, revoked_at: consent.revoked_at ?? tables.now() });
  }
  const resting = [...tables.rows.charge.values()].filter(
    ({ consent_id, state }) => ids.includes(consent_id) && state !== 'pending',
  );
  return closeCharges(
    tables,
    resting.map(({ id }) => id),
    { as: 'canceled', detail: 'consent_revoked', recovery: 'revoked' },
  );
}

const STAYS: readonly string[] = ['pending', 'succeeded', 'failed', 'canceled'];

/** `revoke_and_move()`. */
function revokeAndMove(tables: Tables, consent_id: string): { readonly id: string }[] {
  const target = targetOf(tables, consent_id);
  if (target !== null) {
    if (customerOf(tables).default_payment_method_id !== target.method_id) prefer(tables, target.method_id);
    for (const charge of tables.rows.charge.values())
      if (charge.consent_id === consent_id && moves(charge)) moveTo(tables, charge, target);
  }
  return revokeConsents(tables, [consent_id]);
}

function moves({ follows_customer, close_requested_at, state }: Rows['charge']): boolean {
  return follows_customer && close_requested_at === null && !STAYS.includes(state);
}

type Target = { readonly method_id: string; readonly consent_id: string };

/** The default, if it rests on another live recurring consent, else the newest method that does. */
function targetOf(tables: Tables, consent_id: string): Target | null {
  const preferred = customerOf(tables).default_payment_method_id;
  const newest = [...tables.methods.keys()].reverse();
  for (const method_id of [preferred, ...newest]) {
    const consent = recurringOf(tables, method_id);
    if (method_id !== null && consent !== null && consent.id !== consent_id)
      return { method_id, consent_id: consent.id };
  }
  return null;
}

function moveTo(tables: Tables, charge: Rows['charge'], { method_id, consent_id }: Target): void {
  if (isExceeded(tables, consent_id)) return;
  tables.count('moved_to_other_consent');
  tables.write('charge', charge.id, {
    payment_method_id: method_id,
    consent_id,
    revision: charge.revision + 1,
  });
}
