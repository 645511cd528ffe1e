/** How customers save a card or an account: through the merchant's own form (as Stripe.js would) or Stripe's Checkout page. */
import { has, openBrowser } from './browser.ts';
import type { Person } from './cast.ts';
import type { Merchant } from './merchant.ts';

export type Customer = {
  readonly person: Person;
  readonly id: string;
  /** Null: it could not be saved, and the merchant closed the setup. */
  readonly payment_method: string | null;
};

type Setup = {
  readonly id: string;
  readonly status: string;
  readonly client_secret: string | null;
  readonly url: string | null;
  readonly payment_method: string | null;
  readonly last_error: object | null;
};

export type StripeAt = {
  readonly url: string;
  readonly publishable_key: string;
  /** The merchant's page that customers come back to. */
  readonly return_url: string;
};

/** Registers a person as a customer and has them save what they pay with. */
export async function saveMethod(merchant: Merchant, stripe: StripeAt, person: Person): Promise<Customer> {
  const { account, name, email } = person;
  const { id } = await merchant.post<{ id: string }>('/v1/customers', { reference: account, email, name });
  const created = await merchant.post<Setup>(
    '/v1/setups',
    {
      customer: id,
      via: person.via,
      payment_method_types: [person.type],
      return_url: stripe.return_url,
      consent: {
        scope: 'off_session',
        frequency: 'recurring',
        amount_basis: 'metered usage, monthly',
        text: 'You may collect by this means what I use, once a month, after telling me the amount.',
        version: '2026-10',
        accepted_at: new Date(Date.now() - 60_000).toISOString(),
        ip_address: '203.0.113.7',
        user_agent: 'demo',
      },
    },
    `setup-${account}`,
  );
  const waiting = await until(merchant, created.id, (setup) => setup.status !== 'queued');
  const saved =
    person.via === 'elements'
      ? await saveByForm(stripe, waiting, person)
      : await saveByCheckout(waiting, person.number);
  if (!saved) return giveUp(merchant, person, id, created.id);
  const done = await until(merchant, created.id, (setup) => setup.status === 'succeeded');
  return { person, id, payment_method: done.payment_method };
}

/** The card was declined: this customer pays some other way, and the setup is closed. */
async function giveUp(merchant: Merchant, person: Person, id: string, setup: string): Promise<Customer> {
  await merchant.post(`/v1/setups/${setup}/cancel`, {}, `cancel-${setup}`);
  await until(merchant, setup, (each) => each.status === 'canceled');
  return { person, id, payment_method: null };
}

/** What Stripe.js does with a publishable key and a client secret. Returns whether the card was saved. */
async function saveByForm(stripe: StripeAt, setup: Setup, person: Person): Promise<boolean> {
  const secret = setup.client_secret ?? '';
  const intent = secret.split('_secret_')[0];
  const response = await fetch(`${stripe.url}/v1/setup_intents/${intent}/confirm`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${stripe.publishable_key}`,
      'content-type': 'application/x-www-form-urlencoded',
      'idempotency-key': `form:${intent}`,
    },
    body: new URLSearchParams({
      client_secret: secret,
      'payment_method_data[type]': person.type,
      ...typedIn(person),
      return_url: stripe.return_url,
    }),
  });
  const body = (await response.json()) as { next_action?: { redirect_to_url?: { url: string } } };
  if (response.status === 402) return false;
  if (!response.ok) throw new Error(`the form was answered ${response.status}: ${JSON.stringify(body)}`);
  const bank = body.next_action?.redirect_to_url?.url;
  if (bank !== undefined) await passBank(bank);
  return true;
}

/** The fields of a card; or of an account, and that its owner accepts the mandate. */
function typedIn({ type, number, name, email }: Person): Readonly<Record<string, string>> {
  const typed = (fields: object) =>
    Object.fromEntries(
      Object.entries(fields).map(([field, value]) => [`payment_method_data[${type}][${field}]`, value]),
    );
  if (type === 'card') return typed({ number, exp_month: '12', exp_year: '2031', cvc: '123' });
  const acceptance = 'mandate_data[customer_acceptance]';
  return {
    ...typed(type === 'sepa_debit' ? { iban: number } : { bsb_number: '000000', account_number: number }),
    'payment_method_data[billing_details][name]': name,
    'payment_method_data[billing_details][email]': email,
    [`${acceptance}[type]`]: 'online',
    [`${acceptance}[online][ip_address]`]: '203.0.113.7',
    [`${acceptance}[online][user_agent]`]: 'demo',
  };
}

async function passBank(url: string): Promise<void> {
  const browser = openBrowser();
  await browser.press(await browser.open(url), '3ds-complete');
}

async function saveByCheckout(setup: Setup, card_number: string): Promise<boolean> {
  if (setup.url === null) throw new Error(`setup ${setup.id} has no Checkout address`);
  const browser = openBrowser();
  const page = await browser.open(setup.url);
  const next = await browser.press(page, 'checkout-pay', { number: card_number });
  if (has(next, '3ds-complete')) await browser.press(next, '3ds-complete');
  return !has(next, 'checkout-error');
}

async function until(merchant: Merchant, id: string, done: (setup: Setup) => boolean): Promise<Setup> {
  for (let round = 0; round < 60; round += 1) {
    const setup = await merchant.get<Setup>(`/v1/setups/${id}?wait=20`);
    if (done(setup)) return setup;
    if (['failed', 'canceled', 'expired'].includes(setup.status))
      throw new Error(`setup ${id} ended as ${setup.status}`);
    // The wait ends at once in a status in which the customer may act; they have just acted.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`setup ${id} does not come to an end`);
}
