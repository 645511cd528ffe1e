/** What a merchant and its customer do, through the use cases of a world in this process. */
import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { chargeView } from '../../src/api/views/charge.ts';
import { setupView } from '../../src/api/views/setup.ts';
import { requestCharge } from '../../src/billing/charge/request-charge.ts';
import { requestCustomer } from '../../src/billing/customer/request-customer.ts';
import { requestSetup } from '../../src/billing/setup/request-setup.ts';
import { randomId } from '../../src/platform/ids.ts';
import { readChargeRow } from '../../src/store/charge/charge-list.ts';
import type { KeyedRequest } from '../../src/store/door/idempotency-keys.ts';
import { readSetupWithConsent } from '../../src/store/setup/setup-list.ts';
import { retrieveSetupSecret } from '../../src/stripe/setup-intents.ts';
import { until } from './until.ts';
import type { World } from './world.ts';

const CALLER = 'key_test';
const RETURN_URL = 'https://merchant.example.test/saved';

function keyed(route: string, id: string): KeyedRequest {
  return { route, key: id, request_hash: createHash('sha256').update(id).digest() };
}

export type Merchant = ReturnType<typeof merchantOf>;

/** A merchant whose requests are accepted the way the API accepts them. */
export function merchantOf(world: World) {
  const { deps, tables, simulator } = world;
  return {
    /** A customer with this address. */
    async customer(email: string, name = 'Robin'): Promise<string> {
      const id = randomId('cst');
      const row = {
        id,
        reference: null,
        email,
        name,
        locale: null,
        time_zone: null,
        metadata: null,
        stripe_customer_id: null,
      };
      const taken = await requestCustomer(deps, row, null, CALLER);
      expect(taken.outcome).toBe('created');
      return id;
    },
    /** A set-up for off-session use with a recurring consent. */
    async setup(customer_id: string, via: 'elements' | 'checkout' = 'elements'): Promise<string> {
      const id = randomId('set');
      const setup = {
        id,
        customer_id,
        usage: 'off_session' as const,
        via,
        payment_method_types: ['card'],
        allow_redisplay: null,
        return_url: RETURN_URL,
        metadata: {},
      };
      const taken = await requestSetup(deps, setup, consent(), keyed('POST /v1/setups', id), CALLER);
      expect(taken.outcome).toBe('created');
      return id;
    },
    /** Charges the customer's default method; null when it is refused for want of one. */
    async charge(customer_id: string, amount_minor = 1_900): Promise<string | null> {
      const id = randomId('chg');
      const charge = {
        id,
        customer_id,
        payment_method_id: null,
        amount_minor,
        currency: 'eur',
        description: 'Power in October',
        reference: null,
        again_of: null,
        scheduled_for: null,
        metadata: {},
        terms: null,
        document: null,
      };
      const taken = await requestCharge(deps, charge, keyed('POST /v1/charges', id), CALLER);
      if (taken.outcome === 'refused') {
        expect(taken.refusal).toBe('no_payment_method');
        return null;
      }
      expect(taken.outcome).toBe('created');
      return id;
    },
    /** The charge as the API shows it. */
    async show(charge_id: string) {
      const row = await readChargeRow(tables, charge_id);
      if (row === null) throw new Error(`no charge ${charge_id}`);
      return chargeView(row);
    },
    /** The set-up as the API shows it. */
    async showSetup(setup_id: string) {
      const row = await readSetupWithConsent(tables, setup_id);
      if (row === null) throw new Error(`no setup ${setup_id}`);
      return setupView(row);
    },
    /** What Stripe.js does on the merchant's page: publishable key and client secret. Returns the HTTP status. */
    async confirmSetup(setup_id: string, payment_method: string): Promise<number> {
      const row = await readSetupWithConsent(tables, setup_id);
      const id = row?.setup.stripe_setup_intent_id ?? '';
      const secret = await retrieveSetupSecret(deps.stripe, id);
      if (secret.kind !== 'ok') throw new Error('the client secret could not be read');
      const response = await fetch(`${simulator.url}/v1/setup_intents/${id}/confirm`, {
        method: 'POST',
        headers: { authorization: `Bearer ${world.secretKey.replace('sk_', 'pk_')}` },
        body: new URLSearchParams({
          client_secret: secret.value.client_secret ?? '',
          payment_method,
          return_url: RETURN_URL,
        }),
      });
      const intent = (await response.json()) as { status?: string };
      if (intent.status === 'requires_action') await simulator.control.authenticate(id, 'succeed');
      return response.status;
    },
    /** Waits for every webhook under way, then works until nothing is due. */
    async settle(): Promise<void> {
      await world.work();
      await until(
        'every webhook is delivered',
        async () => (await simulator.control.state()).undelivered === 0,
      );
      await world.work();
    },
  };
}

function consent() {
  return {
    id: randomId('cns'),
    scope: 'off_session' as const,
    frequency: 'recurring' as const,
    amount_basis: 'as metered',
    text: 'Charge my card for what I used.',
    text_version: '1',
    collect: false,
    accepted_at: new Date('2026-01-01T00:00:00Z'),
    ip_address: '192.0.2.1',
    limits: { until: null, max_charges: null, max_amount: null },
    user_agent: 'test',
  };
}
