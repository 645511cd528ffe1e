/** The single statements about charges: creating, closing, parking, finding. */
import { isTerminal } from '../../../src/domain/machines.ts';
import type { Rows } from '../../../src/store/work/obligations.ts';
import { endRecovery, liveRecovery } from './live-recovery.ts';
import { customerOf } from './permission.ts';
import { CUSTOMER_ID } from './rows.ts';
import type { Modelled } from './statement.ts';
import type { AttemptRow, Tables } from './tables.ts';

const isOver = (charge: Rows['charge']): boolean => isTerminal('charge', charge.state as 'queued');

export const chargeStatements: readonly Modelled[] = [
  {
    name: 'findCharge',
    marker: 'select id from charges where stripe_payment_intent_id = ?',
    arity: 6,
    run: (tables, [intent, mark, , , , key]) => {
      const marked = mark === null ? undefined : tables.rows.charge.get(mark as string);
      const bound = boundTo(tables, intent as string);
      const id = bound ?? (marked?.stripe_payment_intent_id === null ? marked.id : null);
      const is_written = key === null || isWritten(tables, key as string);
      return [{ id, is_there: mark === null || marked !== undefined, is_written }];
    },
  },
  {
    name: 'parkCharge',
    marker: "detail = 'under_review', due_at = null",
    arity: 8,
    run: (tables, [id, lease_number, kind, stripe_id, , , , move]) => {
      const charge = tables.charge(id as string);
      if (lease_number !== null && charge.lease_number !== lease_number) return [];
      tables.writeBreak({
        kind: kind as string,
        entity_id: charge.id,
        stripe_id: stripe_id as string | null,
      });
      if (move !== true || charge.state === 'needs_review' || isOver(charge)) return [{ id }];
      tables.write('charge', charge.id, {
        state: 'needs_review',
        detail: 'under_review',
        due_at: null,
        claim_token: null,
        lease_until: null,
        offered_at: null,
        revision: charge.revision + 1,
      });
      return [{ id }];
    },
  },
  {
    name: 'requestClose',
    marker: 'select id from close_charges',
    arity: 6,
    run: (tables, [ids, as, detail, recovery]) =>
      closeCharges(tables, ids as string[], {
        as: as as string,
        detail: detail as string | null,
        recovery: recovery as string,
      }),
  },
  {
    name: 'requestDetach',
    marker: 'select from withdraw_method(',
    arity: 2,
    run: (tables, [id]) => {
      const method = tables.methods.get(id as string);
      if (method === undefined) return [];
      const { default_payment_method_id, revision } = customerOf(tables);
      if (default_payment_method_id === method.id)
        tables.write('customer', CUSTOMER_ID, { default_payment_method_id: null, revision: revision + 1 });
      if (method.state === 'usable' || method.state === 'unusable')
        tables.setMethod(method.id, {
          state: isUnanswered(tables, method.id) ? 'withdrawn' : 'detaching',
        });
      return [{}];
    },
  },
  {
    name: 'beginDetach',
    marker: "where id = ? and state = 'withdrawn'",
    arity: 2,
    run: (tables, [id]) => {
      if (tables.methods.get(id as string)?.state !== 'withdrawn') return [];
      if (isUnanswered(tables, id as string)) return [];
      tables.setMethod(id as string, { state: 'detaching' });
      return [{ id }];
    },
  },
  {
    name: 'readChargeState',
    marker: 'select id, state, close_requested_at from charges where id = ?',
    arity: 1,
    run: (tables, [id]) => {
      const charge = tables.rows.charge.get(id as string);
      if (charge === undefined) return [];
      const { state, close_requested_at } = charge;
      return [{ id, state, close_requested_at }];
    },
  },
];

function boundTo(tables: Tables, intent: string): string | null {
  for (const charge of tables.rows.charge.values())
    if (charge.stripe_payment_intent_id === intent) return charge.id;
  return null;
}

/** Whether the confirm of this key was written ahead. */
export function isWritten(tables: Tables, key: string): boolean {
  for (const attempts of tables.attempts.values())
    if (attempts.some((one) => one.idempotency_key === key)) return true;
  return false;
}

/** Whether an attempt with this method may still arrive. */
function isUnanswered(tables: Tables, payment_method_id: string): boolean {
  for (const attempts of tables.attempts.values())
    if (attempts.some((one) => one.state === 'open' && one.payment_method_id === payment_method_id))
      return true;
  return false;
}

/**
 * `listInFlight`: the charges of a withdrawal whose confirm may still arrive. It is built with drizzle, so the text of
 * its query cannot be recognised; a test on a real database holds the two together.
 */
export function listInFlight(
  tables: Tables,
  concerns: (charge_id: string, attempt: AttemptRow) => boolean,
): string[] {
  const found: string[] = [];
  for (const charge of tables.rows.charge.values()) {
    const isOut = tables
      .attemptsOf(charge.id)
      .some((one) => one.state === 'open' && concerns(charge.id, one));
    const isLeased = charge.lease_until !== null && charge.lease_until > tables.now();
    if (isOut && (isLeased || tables.without !== 'open_listed')) found.push(charge.id);
  }
  return found;
}

type Wish = { readonly as: string; readonly detail: string | null; readonly recovery: string };

/** `close_charges()`: under the charges' locks. */
export function closeCharges(tables: Tables, ids: readonly string[], wish: Wish): { readonly id: string }[] {
  const asked: { readonly id: string }[] = [];
  for (const id of ids) {
    const charge = tables.rows.charge.get(id);
    if (charge === undefined || charge.close_requested_at !== null || isOver(charge)) continue;
    const state = charge.state === 'pending' ? 'pending' : 'closing';
    close(tables, charge, { state, as: wish.as, detail: wish.detail });
    const live = liveRecovery(tables, id);
    if (live !== null) endRecovery(tables, live, wish.recovery);
    asked.push({ id });
  }
  return asked;
}

function close(
  tables: Tables,
  charge: Rows['charge'],
  wish: { readonly state: string; readonly as: string; readonly detail: string | null },
): void {
  const now = tables.now();
  tables.write('charge', charge.id, {
    close_requested_at: now,
    close_as: wish.as,
    close_detail: wish.detail,
    state: wish.state,
    detail: wish.state === 'pending' ? 'cannot_cancel_debit' : 'closing',
    due_at: now,
    revision: charge.revision + 1,
  });
  closeWithoutProof(tables, charge.id);
}

/** The mutant reports the end before Stripe has confirmed it; without the mutant this does nothing. */
export function closeWithoutProof(tables: Tables, charge_id: string): void {
  const charge = tables.charge(charge_id);
  if (tables.without !== 'cancel_proof' || charge.state !== 'closing') return;
  tables.write('charge', charge.id, {
    state: charge.close_as ?? 'failed',
    settled_at: tables.now(),
    revision: charge.revision + 1,
  });
}
