import type Stripe from 'stripe';
import { openPage, type Page, press } from './page.ts';

const urls = {
  success_url: 'https://shop.example/done?session={CHECKOUT_SESSION_ID}',
  cancel_url: 'https://shop.example/back',
};

const item = {
  quantity: 2,
  price_data: { currency: 'eur', unit_amount: 1500, product_data: { name: 'A <night> & breakfast' } },
};

type More = Partial<Stripe.Checkout.SessionCreateParams>;

/** A session that saves a card for a new customer. */
export async function setupSession(stripe: Stripe, more: More = {}): Promise<Stripe.Checkout.Session> {
  const customer = await stripe.customers.create({ email: 'jenny@example.com' });
  return stripe.checkout.sessions.create({
    mode: 'setup',
    customer: customer.id,
    allowed_payment_method_types: ['card'],
    ...urls,
    ...more,
  });
}

/** A session that sells two nights, 30.00 EUR in all. */
export function paymentSession(stripe: Stripe, more: More = {}): Promise<Stripe.Checkout.Session> {
  return stripe.checkout.sessions.create({ mode: 'payment', line_items: [item], ...urls, ...more });
}

/** Types a card number into the session's page and presses Pay or Save. */
export async function payWith(session: Stripe.Checkout.Session, number: string): Promise<Page> {
  return press(await openPage(session.url ?? ''), 'checkout-pay', { number });
}

/** Where a chain of redirects that begins at `page` leaves the simulator. */
export async function landing(page: Page, simulatorUrl: string): Promise<string | null> {
  let at = page;
  for (let hops = 0; hops < 3 && at.location !== null; hops += 1) {
    const next = new URL(at.location, at.url);
    if (next.origin !== simulatorUrl) return next.href;
    at = await openPage(next.href);
  }
  return at.location;
}

/** The types of all events of the account. */
export async function allEventTypes(stripe: Stripe): Promise<string[]> {
  return (await stripe.events.list({ limit: 100 })).data.map((each) => each.type);
}
