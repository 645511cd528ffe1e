/** Our calls about saving methods against the simulator: SetupIntents, Checkout Sessions, methods, customers. */
import { describe, expect, it } from 'vitest';
import { customerMetadata, setupMetadata } from '../../../src/domain/keys.ts';
import {
  createSetupSession,
  expireSession,
  type NewSetupSession,
  retrieveSession,
} from '../../../src/stripe/checkout-sessions.ts';
import { createCustomer, findCustomers } from '../../../src/stripe/customers.ts';
import {
  checkAttached,
  detachPaymentMethod,
  retrievePaymentMethod,
  updateAllowRedisplay,
} from '../../../src/stripe/payment-methods.ts';
import {
  cancelSetupIntent,
  createSetupIntent,
  retrieveSetupIntent,
  retrieveSetupSecret,
} from '../../../src/stripe/setup-intents.ts';
import { done, openAccount, RETURN_URL, savedCard } from './stripe-account.ts';

const account = openAccount();
let rows = 0;

/** The id of a row no other test uses. */
function row(prefix: string): string {
  rows += 1;
  return `${prefix}_test${rows}`;
}

function customer(dc_customer = row('cst'), email = 'jenny@example.com') {
  return createCustomer(account.stripe, {
    key: `dc1:${dc_customer}:create:1`,
    email,
    name: 'Jenny Rosen',
    locale: 'de',
    metadata: customerMetadata({ id: dc_customer, reference: null }, 'shop'),
  });
}

async function setup(dc_setup = row('set')) {
  const { id } = await done(customer());
  const intent = await done(
    createSetupIntent(account.stripe, {
      key: `dc1:${dc_setup}:create:1`,
      customer: id,
      usage: 'off_session',
      payment_method_types: ['card'],
      metadata: setupMetadata(
        { id: dc_setup, customer_id: 'cst_x', recovery_id: null, request: null },
        'shop',
      ),
    }),
  );
  return { customer: id, dc_setup, intent };
}

describe('a customer', () => {
  it('is made once for a key', async () => {
    const dc_customer = row('cst');
    const first = await done(customer(dc_customer));
    expect(await customer(dc_customer)).toMatchObject({
      kind: 'ok',
      replayed: true,
      value: { id: first.id },
    });
    expect(first).toMatchObject({ deleted: false, metadata: { dc_customer, dc_instance: 'shop' } });
  });

  it('is found again by our mark among those of the same address, oldest first', async () => {
    const dc_customer = row('cst');
    const email = 'same@example.com';
    await done(customer(row('cst'), email));
    const first = await done(customer(dc_customer, email));
    await account.sim.control.clock({ advance: 25 * 3_600 });
    const second = await done(customer(dc_customer, email));
    const found = await done(findCustomers(account.stripe, { dc_customer, email, created_gte_s: 0 }));
    expect(found.map(({ id }) => id)).toEqual([first.id, second.id]);
  });
});

describe('a customer whose address Stripe may refuse', () => {
  it.each(['a..b@docomo.example', 'x.@docomo.example', 'robin@my_shop.example.com'])(
    'is made without it, and found again: %s',
    async (email) => {
      const dc_customer = row('cst');
      const made = await done(customer(dc_customer, email));
      expect(await account.request('GET', `/v1/customers/${made.id}`)).toMatchObject({ email: null });
      const found = await done(findCustomers(account.stripe, { dc_customer, email, created_gte_s: 0 }));
      expect(found.map(({ id }) => id)).toEqual([made.id]);
    },
  );
});

describe('a SetupIntent', () => {
  it('waits for the customer, with a secret that no snapshot carries', async () => {
    const { intent, customer: id, dc_setup } = await setup();
    expect(intent).toMatchObject({
      status: 'requires_payment_method',
      usage: 'off_session',
      customer: id,
      metadata: { dc_setup, dc_instance: 'shop' },
    });
    const { snapshot, client_secret } = await done(retrieveSetupSecret(account.stripe, intent.id));
    expect(client_secret).toContain(`${intent.id}_secret_`);
    expect(JSON.stringify([intent, snapshot])).not.toContain('_secret_');
  });

  it('confirmed at a page names the method that was saved', async () => {
    const { intent, customer: id } = await setup();
    const confirm = { payment_method: 'pm_card_visa', return_url: RETURN_URL };
    await account.request('POST', `/v1/setup_intents/${intent.id}/confirm`, confirm);
    const saved = await done(retrieveSetupIntent(account.stripe, intent.id));
    expect(saved).toMatchObject({ status: 'succeeded', last_error: null });
    const method = await done(retrievePaymentMethod(account.stripe, saved.payment_method ?? ''));
    expect(method).toMatchObject({ type: 'card', customer: id, card: { brand: 'visa', last4: '4242' } });
  });

  it('declined at a page tells the codes', async () => {
    const { intent } = await setup();
    const confirm = { payment_method: 'pm_card_chargeDeclinedExpiredCard', return_url: RETURN_URL };
    await account.request('POST', `/v1/setup_intents/${intent.id}/confirm`, confirm);
    const read = await done(retrieveSetupIntent(account.stripe, intent.id));
    expect(read).toMatchObject({ status: 'requires_payment_method', last_error: { code: 'expired_card' } });
  });

  it('is cancelled with proof, and not once it succeeded', async () => {
    const { intent, dc_setup } = await setup();
    const wanted = { id: intent.id, key: `dc1:${dc_setup}:cancel:1`, reason: 'abandoned' } as const;
    expect(await done(cancelSetupIntent(account.stripe, wanted))).toMatchObject({ status: 'canceled' });

    const other = await setup();
    const confirm = { payment_method: 'pm_card_visa', return_url: RETURN_URL };
    await account.request('POST', `/v1/setup_intents/${other.intent.id}/confirm`, confirm);
    const late = { ...wanted, id: other.intent.id, key: `dc1:${other.dc_setup}:cancel:1` };
    expect(await cancelSetupIntent(account.stripe, late)).toMatchObject({
      kind: 'refused',
      reason: 'unexpected_state',
      setup_intent: { status: 'succeeded' },
    });
  });
});

describe('a Checkout Session', () => {
  async function session(more: Partial<NewSetupSession> = {}) {
    const dc_setup = row('set');
    const { id } = await done(customer());
    const opened = await done(
      createSetupSession(account.stripe, {
        key: `dc1:${dc_setup}:create:1`,
        customer: id,
        payment_method_types: ['card'],
        success_url: RETURN_URL,
        cancel_url: RETURN_URL,
        metadata: setupMetadata(
          { id: dc_setup, customer_id: 'cst_x', recovery_id: null, request: null },
          'shop',
        ),
        ...more,
      }),
    );
    return { dc_setup, customer: id, ...opened };
  }

  it('opens with an address, and marks its SetupIntent as ours', async () => {
    const { snapshot, url, dc_setup, customer: id } = await session();
    expect(url).toMatch(/^http/);
    expect(snapshot).toMatchObject({ status: 'open', customer: id, metadata: { dc_setup } });
    expect(JSON.stringify(snapshot)).not.toContain(url);
    const read = await done(retrieveSession(account.stripe, snapshot.id));
    expect(read).toEqual({ snapshot, url });
    if (snapshot.setup_intent !== null) {
      const intent = await done(retrieveSetupIntent(account.stripe, snapshot.setup_intent));
      expect(intent.metadata).toEqual({ dc_setup, dc_instance: 'shop' });
    }
  });

  it('is expired with proof, once', async () => {
    const { snapshot, dc_setup } = await session();
    const wanted = { id: snapshot.id, key: `dc1:${dc_setup}:expire:1` };
    expect(await done(expireSession(account.stripe, wanted))).toMatchObject({ status: 'expired' });
    const again = await expireSession(account.stripe, { ...wanted, key: `dc1:${dc_setup}:expire:2` });
    expect(again).toMatchObject({ kind: 'refused' });
    expect(await done(retrieveSession(account.stripe, snapshot.id))).toMatchObject({ url: null });
  });

  it('ends when it was told to', async () => {
    const { now } = await account.sim.control.clock({});
    const expires_at = Math.floor(now) + 3_600;
    expect((await session({ expires_at })).snapshot.expires_at).toBe(expires_at);
  });
});

describe('a payment method', () => {
  it('belongs to its customer and to nobody else', async () => {
    const saved = await savedCard(account);
    const other = await savedCard(account);
    expect(await checkAttached(account.stripe, saved)).toMatchObject({
      kind: 'attached',
      payment_method: { id: saved.payment_method, customer: saved.customer },
    });
    for (const payment_method of [other.payment_method, 'pm_unknown']) {
      const wanted = { payment_method, customer: saved.customer };
      expect(await checkAttached(account.stripe, wanted)).toEqual({ kind: 'not_attached' });
    }
  });

  it('is not judged while Stripe does not answer', async () => {
    const saved = await savedCard(account);
    await account.sim.control.faults({ match: { id: saved.payment_method }, action: 'html_502' });
    expect(await checkAttached(account.stripe, saved)).toMatchObject({ kind: 'unknown' });
  });

  it('is shown again only as told', async () => {
    const { payment_method: id } = await savedCard(account);
    const wanted = { id, key: `dc1:${row('set')}:update:1`, allow_redisplay: 'always' } as const;
    expect(await done(updateAllowRedisplay(account.stripe, wanted))).toMatchObject({
      allow_redisplay: 'always',
    });
  });

  it('detached belongs to nobody', async () => {
    const saved = await savedCard(account);
    const wanted = { id: saved.payment_method, key: `dc1:${row('rec')}:detach:1` };
    expect(await done(detachPaymentMethod(account.stripe, wanted))).toMatchObject({ customer: null });
    expect(await checkAttached(account.stripe, saved)).toEqual({ kind: 'not_attached' });
  });
});
