import { missing, notFound } from '../http/errors.ts';
import type { Call } from '../http/router.ts';
import type { Context, PaymentIntentRow } from '../world/world.ts';

/** The PaymentIntent named in the path, or 404. */
export function findPaymentIntent(call: Call): PaymentIntentRow {
  const row = call.account.paymentIntents.byId.get(call.id);
  if (row === undefined) throw notFound('payment_intent', call.id, 'intent');
  return row;
}

/** Whether no money has moved or begun to move. */
export function isEarly(status: string): boolean {
  return ['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(status);
}

/** 400 for a customer that does not exist, or no longer exists. */
export function refuseUnknownCustomer(context: Context, id: string | null): void {
  if (id === null) return;
  const row = context.account.customers.byId.get(id);
  if (row === undefined || row.deleted) throw missing('customer', id, 'customer');
}
