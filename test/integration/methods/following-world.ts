/** Customers with more than one card, and charges as merchants ask for them: with a card named, or none. */
import { createHash, randomUUID } from 'node:crypto';
import { requestCharge } from '../../../src/billing/charge/request-charge.ts';
import { changePaymentMethod } from '../../../src/billing/customer/change-payment-method.ts';
import { randomId } from '../../../src/platform/ids.ts';
import type { SavedCustomer, World } from '../../harness/world.ts';

type Asked = {
  readonly payment_method_id?: string;
  readonly scheduled_for?: Date;
  readonly amount_minor?: number;
};

/** Takes a charge in by the merchant's way; answers its id. */
export async function takeIn(world: World, customer: SavedCustomer, asked: Asked = {}): Promise<string> {
  const key = randomUUID();
  const taken = await requestCharge(
    world.deps,
    {
      id: randomId('chg'),
      customer_id: customer.customer_id,
      payment_method_id: asked.payment_method_id ?? null,
      amount_minor: asked.amount_minor ?? 1_250,
      currency: 'eur',
      description: 'Power',
      reference: null,
      again_of: null,
      scheduled_for: asked.scheduled_for ?? null,
      metadata: {},
      terms: null,
      document: null,
    },
    { route: 'POST /v1/charges', key, request_hash: createHash('sha256').update(key).digest() },
    'key_test',
  );
  if (taken.outcome !== 'created') throw new Error(`not taken in: ${JSON.stringify(taken)}`);
  return taken.row.id;
}

export type Card = { readonly payment_method_id: string; readonly consent_id: string };
type Agreed = {
  readonly frequency?: 'recurring' | 'one_time';
  readonly scope?: 'off_session' | 'on_session';
  readonly max_charges?: number;
};

/** One more card of this customer, saved for use while they are away, under a consent of its own. */
export async function anotherCard(
  world: World,
  customer: SavedCustomer,
  token = 'pm_card_mastercard',
  agreed: Agreed = {},
): Promise<Card> {
  const intent = await world.sdk.setupIntents.create({
    customer: customer.stripe_customer_id,
    payment_method: token,
    confirm: true,
    usage: 'off_session',
    allowed_payment_method_types: ['card'],
    return_url: 'https://merchant.example.test/back',
  });
  const payment_method_id = String(intent.payment_method);
  const consent_id = randomId('cns');
  const { frequency = 'recurring', scope = 'off_session', max_charges = null } = agreed;
  await world.sql`
    insert into consents (id, customer_id, scope, frequency, amount_basis, text, text_version, accepted_at, max_charges)
    values (${consent_id}, ${customer.customer_id}, ${scope}, ${frequency}, 'usage', 'I agree.', '2', dc_now(),
            ${max_charges})`;
  await world.sql`
    insert into payment_methods (id, state, customer_id, consent_id, type, usage, card_brand, card_last4)
    values (${payment_method_id}, 'usable', ${customer.customer_id}, ${consent_id}, 'card', 'off_session',
            'mastercard', '4444')`;
  return { payment_method_id, consent_id };
}

/** The merchant makes a card its customer's default. */
export const choose = (world: World, { payment_method_id }: Card) =>
  changePaymentMethod(world.deps, payment_method_id, 'default', 'key_test');

/** What each attempt of a charge used, in their order. */
export async function usedBy(world: World, charge: string): Promise<Card[]> {
  const { attempts } = await world.read(charge);
  return attempts.map(({ payment_method_id, consent_id }) => ({
    payment_method_id,
    consent_id: consent_id ?? '',
  }));
}

/** A card and its consent, without the rest of the customer. */
export const cardOf = ({ payment_method_id, consent_id }: SavedCustomer): Card => ({
  payment_method_id,
  consent_id,
});
