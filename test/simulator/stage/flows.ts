import type Stripe from 'stripe';
import type { Simulator } from './open-simulator.ts';

/** A customer with a payment method that a succeeded SetupIntent has attached. */
export type Saved = { customer: string; payment_method: string };

const online = { ip_address: '127.0.0.1', user_agent: 'tests' };

/** Online acceptance of a mandate, as bank debits ask for it. */
export const acceptedOnline = { customer_acceptance: { type: 'online', online } } as const;

export const returnUrl = 'https://shop.example/return';

/** Saves a card as a customer would: SetupIntent, and the bank's page passed where it asks. */
export async function savedCard(stripe: Stripe, sim: Simulator, token = 'pm_card_visa'): Promise<Saved> {
  const customer = await stripe.customers.create({ email: 'jenny@example.com' });
  const intent = await stripe.setupIntents.create({
    customer: customer.id,
    payment_method: token,
    confirm: true,
    return_url: returnUrl,
  });
  if (intent.status === 'requires_action') await sim.control.authenticate(intent.id, 'succeed');
  const done = await stripe.setupIntents.retrieve(intent.id);
  if (done.status !== 'succeeded') throw new Error(`${token} was not saved: ${done.status}`);
  return { customer: customer.id, payment_method: String(done.payment_method) };
}

/**
 * Saves a bank account with an online mandate; `payment_method_data` names it by IBAN or by BSB and number.
 */
export async function savedDebit(
  stripe: Stripe,
  payment_method_data: Stripe.SetupIntentCreateParams.PaymentMethodData,
): Promise<Saved & { mandate: string }> {
  const customer = await stripe.customers.create({ email: 'jenny@example.com' });
  const intent = await stripe.setupIntents.create({
    customer: customer.id,
    payment_method_data,
    allowed_payment_method_types: [payment_method_data.type],
    confirm: true,
    mandate_data: acceptedOnline,
  });
  if (intent.status !== 'succeeded') throw new Error(`debit was not saved: ${intent.status}`);
  return {
    customer: customer.id,
    payment_method: String(intent.payment_method),
    mandate: String(intent.mandate),
  };
}

export const sepa = (iban: string) =>
  ({
    type: 'sepa_debit',
    sepa_debit: { iban },
    billing_details: { name: 'Jenny Rosen', email: 'jenny@example.com' },
  }) as const;

export const becs = (account_number: string) =>
  ({
    type: 'au_becs_debit',
    au_becs_debit: { bsb_number: '000000', account_number },
    billing_details: { name: 'Jenny Rosen', email: 'jenny@example.com' },
  }) as const;

export const bacs = (account_number: string) =>
  ({
    type: 'bacs_debit',
    bacs_debit: { sort_code: '10-88-00', account_number },
    billing_details: { name: 'Jenny Rosen', email: 'jenny@example.com' },
  }) as const;

/** Creates and confirms off-session in one call, as a worker that holds a saved method may. */
export function chargeOffSession(
  stripe: Stripe,
  saved: Saved,
  more: Partial<Stripe.PaymentIntentCreateParams> = {},
  options?: Stripe.RequestOptions,
): Promise<Stripe.Response<Stripe.PaymentIntent>> {
  const params = {
    amount: 2000,
    currency: 'eur',
    confirm: true,
    off_session: true,
    ...offered(saved),
    ...more,
  };
  return stripe.paymentIntents.create(params, options);
}

/** A PaymentIntent on the saved method, not confirmed yet. */
export function unconfirmed(
  stripe: Stripe,
  saved: Saved,
  more: Partial<Stripe.PaymentIntentCreateParams> = {},
): Promise<Stripe.Response<Stripe.PaymentIntent>> {
  return stripe.paymentIntents.create({ amount: 2000, currency: 'eur', ...offered(saved), ...more });
}

function offered(saved: Saved): Saved & { allowed_payment_method_types: ['card'] } {
  const { customer, payment_method } = saved;
  return { customer, payment_method, allowed_payment_method_types: ['card'] };
}

/**
 * The types of the events about an object, and about what names it as its PaymentIntent, sorted: Stripe
 * promises no order. `charge.updated` is left out, because it comes a moment later by itself.
 */
export async function eventTypes(stripe: Stripe, about: string): Promise<string[]> {
  const events = await stripe.events.list({ limit: 100 });
  const mine = events.data.filter((each) => {
    const object = each.data.object as { id?: string; payment_intent?: unknown };
    return object.id === about || object.payment_intent === about;
  });
  const types = mine.map((each) => each.type);
  return types.filter((type) => type !== 'charge.updated').sort();
}
