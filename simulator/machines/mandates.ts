import { schemeOf } from '../debits/schemes.ts';
import { mandateInMs } from '../debits/timing.ts';
import { emit } from '../events/emit.ts';
import { conflict } from '../http/errors.ts';
import type { Acceptance } from '../http/shapes.ts';
import { buildMandate, mandateDetails } from '../objects/mandate.ts';
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
  const { behaviour } = method;
  const first = behaviour.kind === 'bank' ? schemeOf(behaviour.bank.type).newMandate : 'active';
  const value = buildMandate(id, context.world.clock.seconds(), method.value, acceptance, singleUse, first);
  const row = insert(context.account.mandates, { value });
  if (singleUse === null) method.mandate = id;
  awaitBank(context, row, method);
  return id;
}

/** The customer's bank confirms a mandate that is pending, or refuses it. */
function awaitBank(context: Context, row: MandateRow, { behaviour }: PaymentMethodRow): void {
  if (behaviour.kind === 'card') return;
  const { clock, options } = context.world;
  const isRefused = behaviour.bank.setup === 'mandate_refused';
  if (row.value.status !== 'pending' && !isRefused) return;
  const later = { ...context, request: null };
  clock.after(mandateInMs(options, schemeOf(behaviour.bank.type), clock.nowMs()), () => {
    if (row.value.status === 'pending') setMandateStatus(later, row, isRefused ? 'inactive' : 'active');
  });
}

/** Switches a mandate, and notifies the listeners. */
export function setMandateStatus(
  context: Context,
  row: MandateRow,
  status: 'active' | 'inactive' | 'pending',
): void {
  if (row.value.status === status) return;
  const before = row.value;
  const payment_method_details = mandateDetails(
    before.id,
    before.payment_method_details.type,
    status,
    before.status as 'active' | 'inactive' | 'pending',
  );
  emit(context, 'mandate.updated', change(row, { status, payment_method_details }), { ...before });
}

/**
 * The mandate for a debit: the one named, otherwise the method's own; null if there is none that permits one. 400 if the one
 * named does not, or is another method's. One that is pending permits debits: they wait for it at the bank
 * (https://docs.stripe.com/payments/payment-methods/bacs-debit, timings of a new mandate).
 */
export function mandateFor(context: Context, method: PaymentMethodRow, named: string | null): string | null {
  const id = named ?? method.mandate;
  const mandate = id === null ? undefined : context.account.mandates.byId.get(id)?.value;
  const permitted = context.world.options.pendingMandates === 'debited' ? ['active', 'pending'] : ['active'];
  if (permitted.includes(mandate?.status ?? '') && mandate?.payment_method === method.value.id)
    return mandate.id;
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
