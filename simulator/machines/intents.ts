import { buildPaymentIntent, type PaymentIntentFields } from '../objects/payment-intent.ts';
import { buildSetupIntent, type SetupIntentFields } from '../objects/setup-intent.ts';
import type { Context, PaymentIntentRow, SetupIntentRow } from '../world/world.ts';

/** A PaymentIntent that nothing has happened to, not entered in the account yet. */
export function newPayment(context: Context, fields: PaymentIntentFields): PaymentIntentRow {
  const { random } = context.account;
  const id = random.id('pi_3', 23);
  const value = buildPaymentIntent(id, random.id(`${id}_secret_`), context.world.clock.seconds(), fields);
  return { value, confirms: 0, successes: 0, session: null, challenge: null, returnUrl: null, updates: [] };
}

/** A SetupIntent that nothing has happened to, not entered in the account yet. `currency`: its session's. */
export function newSetup(
  context: Context,
  fields: SetupIntentFields,
  currency: string | null,
): SetupIntentRow {
  const { random } = context.account;
  const id = random.id('seti_1', 23);
  const value = buildSetupIntent(id, random.id(`${id}_secret_`), context.world.clock.seconds(), fields);
  return { value, confirms: 0, session: null, returnUrl: null, currency, acceptance: null, singleUse: null };
}
