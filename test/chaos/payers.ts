/** Customers whose card or bank account was saved for off-session use, as if by one of our setups long ago. */
import { Stripe } from 'stripe';
import type { Simulator } from '../../simulator/index.ts';
import type { SchemeType } from '../../src/domain/debit/schemes.ts';
import { cardMark, randomId } from '../../src/platform/ids.ts';
import type { Sql } from '../../src/store/postgres/database.ts';
import { readInstance } from '../../src/store/postgres/instance.ts';
import type { Payer } from './plan.ts';

export type Buyer = {
  readonly id: string;
  readonly email: string;
  readonly payer: Payer;
  readonly stripe_customer_id: string;
  readonly payment_method_id: string;
  readonly consent_id: string;
  /** Of a debtor's account. */
  readonly mandate_id: string | null;
};

type Script = Parameters<Simulator['control']['script']>[1];

/** Their calls at Stripe are not ours: their keys say so. */
export const MERCHANTS_OWN_KEY = 'chaos:';
export const keyOf = (name: string) => ({ idempotencyKey: `${MERCHANTS_OWN_KEY}${name}` });

/** Stripe as everybody but us reaches it: past the proxies. */
export function stripeOf(simulator: Simulator, secret_key: string): Stripe {
  return new Stripe(secret_key, { ...simulator.stripeOptions, maxNetworkRetries: 0, telemetry: false });
}

/** Saves a card for every payer, in the plan's order. */
export async function savePayers(
  sql: Sql,
  simulator: Simulator,
  stripe: Stripe,
  payers: readonly Payer[],
): Promise<Buyer[]> {
  return Promise.all(payers.map((payer) => save(sql, stripe, simulator, payer)));
}

/** A bank account whose owner has signed the mandate. */
async function saveAccount(stripe: Stripe, name: string, account: string, scheme: SchemeType) {
  const customer = await stripe.customers.create({}, keyOf(name));
  const online = { ip_address: '127.0.0.1', user_agent: 'chaos' };
  const saved = await stripe.setupIntents.create(
    {
      ...{ customer: customer.id, payment_method: account, confirm: true, usage: 'off_session' },
      allowed_payment_method_types: [scheme],
      mandate_data: { customer_acceptance: { type: 'online', online } },
    },
    keyOf(`setup:${name}`),
  );
  return { customer: customer.id, method: String(saved.payment_method), mandate_id: String(saved.mandate) };
}

/** A card that somebody saved at Stripe for off-session use. */
export async function saveAtStripe(
  stripe: Stripe,
  simulator: Simulator,
  { name, card }: { readonly name: string; readonly card: string },
): Promise<{ readonly customer: string; readonly method: string }> {
  const customer = await stripe.customers.create({}, keyOf(name));
  const method = await attachAtStripe(stripe, simulator, { name, card, customer: customer.id });
  return { customer: customer.id, method };
}

/** The same, for a customer who is there. */
export async function attachAtStripe(
  stripe: Stripe,
  simulator: Simulator,
  { name, card, customer }: { readonly name: string; readonly card: string; readonly customer: string },
): Promise<string> {
  const intent = await stripe.setupIntents.create(
    {
      customer,
      payment_method: card,
      confirm: true,
      usage: 'off_session',
      allowed_payment_method_types: ['card'],
      return_url: 'https://merchant.example.test/back',
    },
    keyOf(`setup:${name}`),
  );
  if (intent.status === 'requires_action') await simulator.control.authenticate(intent.id, 'succeed');
  const { payment_method } = await stripe.setupIntents.retrieve(intent.id);
  return String(payment_method);
}

async function save(sql: Sql, stripe: Stripe, simulator: Simulator, payer: Payer): Promise<Buyer> {
  const id = randomId('cst');
  const email = `${payer.name}@chaos.example.test`;
  const { card: token, scheme } = payer;
  const { customer, method, mandate_id } =
    scheme === undefined
      ? { ...(await saveAtStripe(stripe, simulator, { name: id, card: token })), mandate_id: null }
      : await saveAccount(stripe, id, token, scheme);
  if (payer.script.length > 0) await simulator.control.script(method, payer.script as Script);
  const { card } = await stripe.paymentMethods.retrieve(method);
  const mandate = mandate_id === null ? null : await stripe.mandates.retrieve(mandate_id);
  const { derive_key } = await readInstance(sql);
  const consent_id = randomId('cns');
  // Earlier builds know no status; nor have they debtors.
  const mandateColumns = mandate === null ? sql`` : sql`, mandate_id, mandate_status`;
  const mandateValues = mandate === null ? sql`` : sql`, ${mandate.id}, ${mandate.status}`;
  await sql`
    with payer as (
      insert into customers (id, state, email, name, stripe_customer_id, default_payment_method_id)
      values (${id}, 'bound', ${email}, 'Robin', ${customer}, ${method})
      returning id
    ), permission as (
      insert into consents (id, customer_id, scope, frequency, amount_basis, text, text_version, accepted_at)
      select ${consent_id}, id, 'off_session', 'recurring', 'usage', 'I agree.', '1', dc_now() from payer
      returning id
    )
    insert into payment_methods (id, state, customer_id, consent_id, type, usage, card_brand, card_last4,
                                 card_exp_month, card_exp_year, fingerprint_hash${mandateColumns})
    select ${method}, 'usable', payer.id, permission.id, ${scheme ?? 'card'}, 'off_session', ${card?.brand ?? null}::text,
           ${card?.last4 ?? null}::text, ${card?.exp_month ?? null}::int, ${card?.exp_year ?? null}::int,
           ${cardMark(derive_key, card?.fingerprint ?? null)}::text${mandateValues}
    from payer, permission`;
  return {
    id,
    email,
    payer,
    stripe_customer_id: customer,
    payment_method_id: method,
    consent_id,
    mandate_id,
  };
}
