/** The API and the set-up page on a real port, in front of the simulator; `api.world.work()` does what workers would. */
import type { WorldOptions } from '../../harness/world.ts';
import { type ApiWorld, CONSENT, createApiWorld } from '../api/api-world.ts';
import { createBrowser, freePort, type Page } from '../recovery/recovery-world.ts';

export const RETURN_URL = 'https://shop.example/done?order=7&step=2';
export const VISA = '4242424242424242';

const { accepted_at: _at, ip_address: _ip, user_agent: _agent, ...TERMS } = CONSENT;
/** A consent whose evidence the page collects. */
export const TO_COLLECT = { ...TERMS, collect: true };

export type SetupPageWorld = Awaited<ReturnType<typeof createSetupPageWorld>>;

/** Starts it; close it after the file. */
export async function createSetupPageWorld(options: WorldOptions = {}) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const api = await createApiWorld({ publicUrl: url, ...options });
  await api.app.listen({ host: '127.0.0.1', port });
  return {
    api,
    sql: api.world.sql,
    url,
    browser: createBrowser,
    asked: (more: object = {}, locale?: string) => ask(api, more, locale),
    setup: async (id: string) => (await api.get(`/v1/setups/${id}`)).body,
    /** The row of the consent behind a setup. */
    async consent(setup_id: string) {
      const [row] = await api.world.sql`
        select n.* from consents n join setups s on s.consent_id = n.id where s.id = ${setup_id}`;
      return row ?? {};
    },
    methods: async (customer: string) =>
      (await api.get(`/v1/customers/${customer}/payment_methods`)).body.data,
    charge: (customer: string, more: object = {}) =>
      api.post('/v1/charges', {
        customer,
        amount: 1_250,
        currency: 'eur',
        description: 'Power in October',
        ...more,
      }),
    /** What the simulator's ledger has of a charge. */
    ledger: (charge: string) => api.world.ledger(charge),
    /** The Checkout Sessions of a setup's customer at Stripe, newest first. */
    async sessions(setup_id: string) {
      const { data } = await api.world.sdk.checkout.sessions.list({ customer: await payerOf(api, setup_id) });
      return data;
    },
    /** Their SetupIntents, newest first. */
    async intents(setup_id: string) {
      const { data } = await api.world.sdk.setupIntents.list({ customer: await payerOf(api, setup_id) });
      return data;
    },
    /** What Stripe.js does on the merchant's own page. */
    confirmOnMerchantsPage: async (setup_id: string) => {
      const { stripe_setup_intent_id } = (await api.get(`/v1/setups/${setup_id}`)).body;
      return api.world.sdk.setupIntents.confirm(String(stripe_setup_intent_id), {
        payment_method: 'pm_card_visa',
        return_url: 'https://shop.example/',
      });
    },
    close: () => api.close(),
  };
}

/** A setup whose consent is to be collected, with the link to its page as the merchant gets it. */
async function ask(api: ApiWorld, more: object, locale?: string) {
  const who = { email: 'robin@example.test', ...(locale === undefined ? {} : { locale }) };
  const { body: customer } = await api.post('/v1/customers', who);
  const answer = await api.post('/v1/setups', {
    customer: customer.id,
    return_url: RETURN_URL,
    consent: TO_COLLECT,
    ...more,
  });
  return {
    customer: customer.id,
    id: answer.body.id,
    link: String(answer.body.url),
    answer,
  };
}

async function payerOf(api: ApiWorld, setup_id: string): Promise<string> {
  const [row] = await api.world.sql`
    select c.stripe_customer_id as id from customers c join setups s on s.customer_id = c.id where s.id = ${setup_id}`;
  return String(row?.id);
}

/** The form token of a page. */
export function formToken(page: Page): string {
  return /name="form_token" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
}
