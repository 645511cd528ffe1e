import { emit } from '../events/emit.ts';
import { conflict } from '../http/errors.ts';
import type { Acceptance } from '../http/shapes.ts';
import { buildMandate } from '../objects/mandate.ts';
import type { PaymentIntent } from '../objects/payment-intent.ts';
import { change, insert } from '../world/table.ts';
import type { Context, MandateRow, PaymentMethodRow, SetupIntentRow } from '../world/world.ts';

/**
 * Records the customer's acceptance. The method keeps it for later debits, unless it is for one payment only.
 */
export function signMandate(
  context: Context,
  method: PaymentMethodRow,
  acceptance: Acceptance,
  singleUse: { amount: number; currency: string } | null,
): string {
  const id = context.account.random.id('mandate_1', 23);
  const value = buildMandate(id, context.world.clock.seconds(), method.value, acceptance, singleUse);
  insert(context.account.mandates, { value });
  if (singleUse === null) method.mandate = id;
  return id;
}

/** Switches a mandate, and notifies the listeners. */
export function setMandateStatus(
  context: Context,
  row: MandateRow,
  status: 'active' | 'inactive' | 'pending',
): void {
  if (row.value.status === status) return;
  const before = row.value;
  emit(context, 'mandate.updated', change(row, { status }), { ...before });
}

/**
 * The active mandate for a debit: the one named, otherwise the method's own; null if there is none. 400 if the one named
 * is not active, or another method's.
 */
export function mandateFor(context: Context, method: PaymentMethodRow, named: string | null): string | null {
  const id = named ?? method.mandate;
  const mandate = id === null ? undefined : context.account.mandates.byId.get(id)?.value;
  if (mandate?.status === 'active' && mandate.payment_method === method.value.id) return mandate.id;
  if (named === null) return null;
  const message = 'The mandate is not active, or is not of this payment method.';
  throw conflict('payment_intent_mandate_invalid', message, { param: 'mandate' });
}

/** As docs.stripe.com/payments/ach-direct-debit prints it: neither a code nor a parameter. */
export function mandateMissing(payment_intent: PaymentIntent): Error {
  const message =
    'This PaymentIntent requires a mandate, but no existing mandate was found. Collect mandate acceptance from the ' +
    'customer and try again, providing acceptance data in the mandate_data parameter.';
  return conflict(undefined, message, { payment_intent });
}

/**
 * The mandate that comes with a setup: always for a bank debit, for a card only if its acceptance was sent.
 */
export function signSetup(context: Context, row: SetupIntentRow, method: PaymentMethodRow): string | null {
  return row.acceptance === null ? null : signMandate(context, method, row.acceptance, row.singleUse);
}
