/** Bank accounts at Stripe as merchants have saved them before us. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { type ApiWorld, CONSENT } from '../api/api-world.ts';

const key = () => ({ idempotencyKey: `test:${randomUUID()}` });

export const ACCEPTANCE = {
  customer_acceptance: { type: 'online', online: { ip_address: '127.0.0.1', user_agent: 'test' } },
} as const;

const TOKENS = { sepa_debit: 'pm_sepaDebit_success_de', au_becs_debit: 'pm_auBecsDebit_success' } as const;
type Debit = keyof typeof TOKENS;

/** What makes them, in the world of the moment. */
export function savedDebits(api: () => ApiWorld) {
  /** A customer of ours with a bank account at Stripe: attached alone, set up with a mandate, or saved by a payment. */
  async function debtor(type: Debit, saved: 'attached' | 'set_up' | 'paid', country?: 'ch') {
    const token = country === undefined ? TOKENS[type] : TOKENS[type].replace(/_de$/, `_${country}`);
    const { sdk } = api().world;
    const email = `${randomUUID()}@example.test`;
    const { id: stripe_customer_id } = await sdk.customers.create({ email }, key());
    const customer = await api().post('/v1/customers', { email, stripe_customer_id });
    const types = { allowed_payment_method_types: [type] };
    const method = { ...types, customer: stripe_customer_id, payment_method: token, confirm: true };
    let payment_method: string;
    if (saved === 'attached') {
      const attached = await sdk.paymentMethods.attach(token, { customer: stripe_customer_id }, key());
      payment_method = attached.id;
    } else if (saved === 'set_up') {
      const intent = await sdk.setupIntents.create(
        { ...method, usage: 'off_session', mandate_data: ACCEPTANCE },
        key(),
      );
      payment_method = String(intent.payment_method);
    } else {
      const currency = type === 'sepa_debit' ? 'eur' : 'aud';
      const future = { setup_future_usage: 'off_session', mandate_data: ACCEPTANCE } as const;
      const intent = await sdk.paymentIntents.create({ ...method, ...future, amount: 500, currency }, key());
      payment_method = String(intent.payment_method);
      // It is the customer's once it has paid.
      await api().world.simulator.control.settle(intent.id, 'succeed');
    }
    return { customer_id: customer.body.id, payment_method, email, stripe_customer_id };
  }

  async function adopted(type: Debit, saved: 'attached' | 'set_up' | 'paid') {
    const person = await debtor(type, saved);
    const adoption = await api().post('/v1/payment_methods', {
      customer: person.customer_id,
      stripe_payment_method_id: person.payment_method,
      consent: CONSENT,
    });
    expect(adoption).toMatchObject({ status: 201, body: { type, status: 'usable' } });
    return person;
  }

  return { debtor, adopted };
}
