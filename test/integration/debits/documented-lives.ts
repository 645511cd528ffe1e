/**
 * The whole lives of bank accounts, by the API: each is set up on its customer's page, charged once its setup is done, and
 * watched until nothing moves any more. All of them live at the same time, in one world.
 */
import type { Stripe } from 'stripe';
import type { Inbox } from '../../../sandbox/inbox.ts';
import { type ApiWorld, CONSENT } from '../api/api-world.ts';

export type Scheme = 'sepa_debit' | 'au_becs_debit' | 'bacs_debit';
export type Account = { readonly type: Scheme; readonly account: string };

const CURRENCIES: Readonly<Record<Scheme, string>> = {
  sepa_debit: 'eur',
  au_becs_debit: 'aud',
  bacs_debit: 'gbp',
};
const DAY_S = 86_400;
/** More than notices, retries and the days of banks take together. */
const DAYS_MAX = 60;

/** What became of it. */
export type Life = {
  readonly setup: { readonly status: string; readonly code: string | null };
  readonly status: string | null;
  readonly detail: string | null;
  readonly asks: string | null;
  /** How often Stripe was asked for the money, and how often it came. */
  readonly confirms: number;
  readonly successes: number;
  readonly attempts: readonly string[];
  readonly disputes: readonly string[];
  /** A mail has asked for them. */
  readonly is_mailed: boolean;
  /** What its merchant was told of the charge, and how often of the mandate's status. */
  readonly told: readonly string[];
  readonly mandates_told: number;
  readonly method: string | null;
  readonly mandate: string | null;
};

/** Stripe's events are delivered, and everything that is due is done. */
export async function settled({ world }: ApiWorld): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await world.work();
    await world.simulator.control.deliveries();
  }
  await world.work();
}

const ADDRESS = { line1: '1 Test Street', city: 'Anytown', postal_code: '1000', country: 'GB' };

/** What a customer types on a page with Stripe's Elements, which adds that they accept the mandate. */
function confirmation(
  { type, account }: Account,
  address: Stripe.AddressParam | null,
): Stripe.SetupIntentConfirmParams {
  const billing_details = {
    name: 'Robin',
    email: 'robin@example.test',
    ...(address === null ? {} : { address }),
  };
  const details = {
    sepa_debit: { iban: account },
    au_becs_debit: { bsb_number: '000000', account_number: account },
    bacs_debit: { sort_code: '108800', account_number: account },
  };
  const online = { ip_address: '127.0.0.1', user_agent: 'test' };
  return {
    payment_method_data: { type, [type]: details[type], billing_details },
    mandate_data: { customer_acceptance: { type: 'online', online } },
  };
}

/** A customer with a setup that waits for them. */
export async function begun(api: ApiWorld, type: Scheme, via: 'elements' | 'checkout' = 'elements') {
  const email = `${crypto.randomUUID()}@example.test`;
  const { body: customer } = await api.post('/v1/customers', { email, name: 'Robin' });
  const { body: setup } = await api.post('/v1/setups', {
    customer: customer.id,
    payment_method_types: [type],
    ...{ via, consent: CONSENT, return_url: 'https://merchant.example.test/back' },
  });
  await api.world.work(['customer', 'setup']);
  return { customer: customer.id, email, setup: setup.id };
}

/** The account is typed in. */
export async function entered(
  api: ApiWorld,
  setup: string,
  wanted: Account,
  address: Stripe.AddressParam | null = ADDRESS,
): Promise<void> {
  const { body } = await api.get(`/v1/setups/${setup}`);
  await api.world.sdk.setupIntents
    .confirm(String(body.stripe_setup_intent_id), confirmation(wanted, address))
    .catch(() => undefined);
}

const charged = (api: ApiWorld, customer: string, type: Scheme) =>
  api.post('/v1/charges', { customer, amount: 2_500, currency: CURRENCIES[type], description: 'Power' });

/** Lives them through. */
export async function lived(api: ApiWorld, inbox: Inbox, accounts: readonly Account[]): Promise<Life[]> {
  const people = [];
  for (const wanted of accounts) {
    const person = await begun(api, wanted.type);
    await entered(api, person.setup, wanted);
    people.push({ ...person, ...wanted });
  }
  await settled(api);
  const lives: (Person & { charge: string | null; end: Life | null })[] = [];
  for (const person of people) {
    const { body } = await charged(api, person.customer, person.type);
    const charge = String(body.id ?? '').startsWith('chg_') ? body.id : null;
    lives.push({ ...person, charge, end: null });
  }
  for (let day = 0; day < DAYS_MAX; day += 1) {
    // A test account answers after seconds or three minutes, the banks of others after days.
    for (const seconds of [10, 200, DAY_S]) {
      await settled(api);
      // Seen as soon as it rests: what nobody mends would end some day.
      for (const life of lives)
        if (life.end === null && (await isAtRest(api, life))) life.end = await seen(api, inbox, life);
      if (lives.every(({ end }) => end !== null)) return lives.map(({ end }) => end as Life);
      await api.world.advance(seconds);
    }
  }
  throw new Error('some of them never come to rest');
}

async function isAtRest(
  { world }: ApiWorld,
  { charge }: { readonly charge: string | null },
): Promise<boolean> {
  if (charge === null) return true;
  const { state } = (await world.read(charge)).charge;
  return ['succeeded', 'failed', 'canceled', 'action_required'].includes(state);
}

type Person = { readonly customer: string; readonly email: string; readonly setup: string };

/** Of mails those that ask for the customer lead to a recovery's page. */
const isOfRecovery = (link: string) => link.includes('/r/');

async function seen(api: ApiWorld, inbox: Inbox, person: Person & { charge: string | null }): Promise<Life> {
  const { body: setup } = await api.get(`/v1/setups/${person.setup}`);
  const { body: methods } = await api.get(`/v1/customers/${person.customer}/payment_methods`);
  const [method] = methods.data;
  const { body: charge } = await api.get(`/v1/charges/${person.charge ?? 'chg_none'}`);
  const [paid] = person.charge === null ? [] : await api.world.ledger(person.charge);
  const told = await api.world.sql<{ type: string }[]>`
    select type from events
    where object_id = ${person.charge ?? ''} and type in ('charge.attempt_failed', 'charge.requires_action',
      'charge.succeeded', 'charge.failed', 'charge.canceled', 'charge.disputed')
    order by id`;
  const mandates = await api.world.sql`
    select from events where object_id = ${String(method?.id ?? '')} and type = 'mandate.updated'`;
  const attempts = (charge.attempts ?? []) as { status: string }[];
  const disputes = (charge.disputes ?? []) as { status: string }[];
  return {
    setup: {
      status: String(setup.status),
      code: (setup.last_error as { code: string } | null)?.code ?? null,
    },
    status: person.charge === null ? null : String(charge.status),
    detail: person.charge === null ? null : charge.detail,
    asks: (charge.recovery as { kind: string } | null | undefined)?.kind ?? null,
    confirms: paid?.confirms ?? 0,
    successes: paid?.successes ?? 0,
    attempts: attempts.map(({ status }) => status),
    disputes: disputes.map(({ status }) => status),
    is_mailed: inbox.messages().some(({ to, links }) => to === person.email && links.some(isOfRecovery)),
    told: [...new Set(told.map(({ type }) => type))].sort(),
    mandates_told: mandates.length,
    method: method === undefined ? null : String(method.status),
    mandate: (method?.mandate as { status: string } | null | undefined)?.status ?? null,
  };
}
