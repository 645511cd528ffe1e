/** A merchant's shop in front of real processes: everything by HTTP, including the customer's part. */
import { expect } from 'vitest';
import { createBrowser, type Page } from '../integration/recovery/recovery-world.ts';
import type { ApiAnswer } from './api-caller.ts';
import type { Stack } from './stack.ts';
import { until } from './until.ts';

const RETURN_URL = 'https://shop.example.test/saved';
const WAIT_MS = 30_000;

export type Buyer = { readonly id: string; readonly email: string; readonly setup: string };
export type About = {
  readonly via?: 'elements' | 'checkout';
  readonly name?: string;
  /** Becomes part of the consent's evidence. */
  readonly user_agent?: string;
  /** Where Checkout and the bank redirect to; no server listens there unless the test starts one. */
  readonly return_url?: string;
};
type Body = ApiAnswer['body'];

/** The shop in front of a stack. */
export function shopOf(stack: Stack) {
  const { api, simulator, secrets, inbox } = stack;

  async function created(path: string, body: unknown, status: number): Promise<Body> {
    const answer = await api.post(path, body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(status);
    return answer.body;
  }

  /** Polls until the API shows what is wanted. */
  function shown(path: string, isWanted: (body: Body) => boolean): Promise<Body> {
    let last: Body | null = null;
    return until(
      `${path} to be as wanted`,
      async () => {
        last = (await api.get(path)).body;
        return isWanted(last) ? last : null;
      },
      { most_ms: WAIT_MS, tell: () => last },
    );
  }

  /** A customer and their set-up as the merchant asks for them; no worker has acted on them yet. */
  async function register(email: string, about: About = {}): Promise<Buyer> {
    const { via = 'elements', name = 'Robin', user_agent = 'Mozilla/5.0', return_url = RETURN_URL } = about;
    const { id } = await created('/v1/customers', { email, name }, 201);
    const consent = { ...CONSENT, user_agent };
    const { id: setup } = await created('/v1/setups', { customer: id, via, return_url, consent }, 202);
    return { id, email, setup };
  }

  return {
    shown,
    register,
    /** A customer who is about to save a card: the SetupIntent or the Session exists. */
    async begin(email: string, about: About = {}): Promise<Buyer> {
      const buyer = await register(email, about);
      await shown(`/v1/setups/${buyer.setup}`, (seen) => seen.status === 'awaiting_customer');
      return buyer;
    },
    /** Stripe.js on the merchant's page, and the bank's page if the bank wants it. Returns the HTTP status. */
    async enterCard(buyer: Buyer, card: string): Promise<number> {
      const body = await shown(`/v1/setups/${buyer.setup}`, (seen) => seen.client_secret !== null);
      const intent = String(body.stripe_setup_intent_id);
      const response = await fetch(`${simulator.url}/v1/setup_intents/${intent}/confirm`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secrets.stripe_publishable_key}` },
        body: new URLSearchParams({
          client_secret: String(body.client_secret),
          payment_method: card,
          return_url: RETURN_URL,
        }),
      });
      const confirmed = (await response.json()) as { status?: string };
      if (confirmed.status === 'requires_action') await simulator.control.authenticate(intent, 'succeed');
      return response.status;
    },
    /** Checkout's page, filled in. */
    async enterAtCheckout(buyer: Buyer, number: string): Promise<void> {
      const { url } = await shown(`/v1/setups/${buyer.setup}`, (seen) => seen.url !== null);
      const browser = createBrowser();
      const page = await browser.get(String(url));
      // Checkout redirects to the merchant's page, where no server listens.
      await browser.press(page, 'checkout-pay', { number }).catch(() => null);
    },
    saved: (buyer: Buyer) => shown(`/v1/setups/${buyer.setup}`, (seen) => seen.status === 'succeeded'),
    async charge(customer_id: string, amount = 2_500, terms: { due_at?: string } = {}): Promise<string> {
      const body = {
        customer: customer_id,
        amount,
        currency: 'eur',
        description: 'Power in October',
        ...terms,
      };
      return (await created('/v1/charges', body, 202)).id;
    },
    charged: (id: string, status: string) => shown(`/v1/charges/${id}`, (seen) => seen.status === status),
    /** The link in the newest mail to this address. */
    link: (email: string): Promise<string> =>
      until(`a mail to ${email}`, () =>
        inbox
          .messages()
          .filter((mail) => mail.to === email)
          .flatMap((mail) => mail.links)
          .find((address) => address.includes('/r/')),
      ),
    /** Follows the link and presses; returns the page that follows. */
    async press(link: string, testid: 'confirm' | 'replace'): Promise<Page & { browser: Browser }> {
      const browser = createBrowser();
      const page = await browser.press(await browser.get(link), testid);
      return { ...page, browser };
    },
  };
}

type Browser = ReturnType<typeof createBrowser>;

const CONSENT = {
  scope: 'off_session',
  frequency: 'recurring',
  amount_basis: 'metered usage',
  text: 'I allow this shop to charge my card for what I use.',
  version: '2026-01',
  accepted_at: '2026-01-15T10:00:00Z',
  ip_address: '203.0.113.7',
} as const;
