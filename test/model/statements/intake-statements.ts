/** `src/store/charge/charge-intake.ts`: a charge is taken in, or refused. */
import type { Rows } from '../../../src/store/work/obligations.ts';
import { isUsed } from './customer-statements.ts';
import { customerOf, isConsentGone, isExceeded } from './permission.ts';
import { chargeRow } from './rows.ts';
import type { Modelled } from './statement.ts';
import type { State, Tables } from './tables.ts';

export const intakeStatements: readonly Modelled[] = [
  {
    name: 'insertCharge',
    marker: 'cross join lateral payable_now(',
    arity: 40,
    locks: true,
    run: (tables, values, began) => {
      const [prior_of, , , asked_id, amount_minor] = values as [
        Fragment,
        unknown,
        unknown,
        string | null,
        number,
      ];
      const { 9: reference, 11: id, 33: request_hash } = values as readonly string[];
      const terms = values[31] as Rows['charge']['terms'];
      const seen = began ?? tables;
      const key = prior_of.values.join(' ');
      const prior = seen.keys.get(key);
      const verdict = { ...NO_VERDICT, ...priorOf(prior) };
      const charge = { id: id as string, reference: reference as string, amount_minor };
      // What forbids it is read under the locks of consent, method and customer; the mutant reads beside them.
      const payer = tables.without === 'intake_locks' ? seen : tables;
      const method_id = asked_id ?? customerOf(payer).default_payment_method_id;
      const refusal = refusalOf(seen, payer, charge, method_id);
      if (refusal !== null) return [{ ...verdict, ...refusal }];
      if (prior !== undefined || isTaken(tables, charge)) return [verdict];
      const hash = request_hash as unknown as Buffer;
      const resting = restingOn(payer, method_id, asked_id === null);
      const row = Object.assign(chargeRow(charge.id, tables.now()), charge, resting, {
        terms,
        request_hash: hash,
      });
      tables.insert('charge', row);
      tables.keys.set(key, { entity_id: charge.id, status_code: 202, request_hash: hash });
      hearAgain(tables, charge.id);
      return [{ ...verdict, ...row, is_scheduled: false, charging_enabled: tables.paused_at === null }];
    },
  },
];

type Fragment = { readonly values: readonly unknown[] };
type Wanted = Pick<Rows['charge'], 'id' | 'amount_minor'> & { readonly reference: string };

const NO_VERDICT = {
  id: null,
  refusal: null,
  existing: null,
  prior_entity_id: null,
  prior_status_code: null,
  prior_request_hash: null,
};

function priorOf(prior: ReturnType<State['keys']['get']>) {
  if (prior === undefined) return {};
  const { entity_id, status_code, request_hash } = prior;
  return {
    prior_entity_id: entity_id,
    prior_status_code: status_code,
    prior_request_hash: request_hash,
  };
}

function refusalOf(seen: State, payer: State, { id, reference }: Wanted, method_id: string | null) {
  const refuse = (refusal: string, existing: string | null = null) => ({ refusal, existing });
  if (customerOf(payer).stopped_at !== null) return refuse('customer_stopped');
  const holder = [...seen.rows.charge.values()].find((one) => one.id === id || one.reference === reference);
  if (holder !== undefined) return refuse('reference_taken', holder.id);
  if (method_id === null) return refuse('no_payment_method');
  const method = payer.methods.get(method_id);
  if (method?.state !== 'usable') return refuse('payment_method_unusable');
  const consent = payer.consents.get(method.consent_id ?? '');
  if (consent === undefined || isConsentGone(payer, consent.id)) return refuse('consent_missing');
  if (isUsed(seen.rows, consent, id)) return refuse('consent_used');
  return isExceeded(payer, consent.id) ? refuse('consent_exceeded') : null;
}

/** What the charge is to be paid with, and what it rests on until its first attempt. */
function restingOn({ methods, consents }: State, method_id: string | null, isUnnamed: boolean) {
  const payment_method_id = method_id as string;
  const consent_id = methods.get(payment_method_id)?.consent_id as string;
  const isOnce = consents.get(consent_id)?.frequency === 'one_time';
  return {
    payment_method_id,
    consent_id,
    one_time_consent_id: isOnce ? consent_id : null,
    follows_customer: isUnnamed && !isOnce,
  };
}

/** What the unique indexes see, whenever the statement began. */
function isTaken({ rows }: State, { id, reference }: Wanted): boolean {
  const isHolder = ({ reference: held, state }: Rows['charge']) =>
    held === reference && state !== 'failed' && state !== 'canceled';
  return rows.charge.has(id) || [...rows.charge.values()].some(isHolder);
}

/** The trigger `hear_again()`: events that were ignored for want of this charge are due again. */
function hearAgain(tables: Tables, charge_id: string): void {
  for (const event of tables.rows.inbox_event.values()) {
    if (event.state !== 'ignored' || markOf(event) !== charge_id) continue;
    const again = { state: 'received', due_at: tables.now(), offered_at: null, tries: 0 };
    tables.write('inbox_event', event.id, { ...again, revision: event.revision + 1 });
  }
}

function markOf({ projection }: Rows['inbox_event']): string | undefined {
  const told = projection as { readonly snapshot?: { readonly metadata?: Record<string, string> } } | null;
  return told?.snapshot?.metadata?.dc_charge;
}
