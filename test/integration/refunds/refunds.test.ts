/** Money that goes back: asked for by the API, made once at Stripe, never more than was received. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { configureFailpoints } from '../../../src/platform/failpoints.ts';
import { randomId } from '../../../src/platform/ids.ts';
import { takeRefund } from '../../../src/store/charge/refund-intake.ts';
import { type ApiWorld, createApiWorld } from '../api/api-world.ts';
import { ask, atStripe, comes, paid, shown, told } from './refund-world.ts';

let api: ApiWorld;
beforeAll(async () => {
  api = await createApiWorld({ timings: { stripeTimeoutMs: 1_500 } });
});
afterEach(() => {
  configureFailpoints(null, { testMode: true });
});
afterAll(() => api.close());

describe('a refund that is asked for', () => {
  test("of a part is made at Stripe with our marks and the merchant's labels, told, and shown on its charge", async () => {
    const charge = await paid(api);
    const asked = await ask(api, charge, {
      amount: 2_000,
      reason: 'requested_by_customer',
      metadata: { case: 'K-9' },
    });
    expect(asked).toMatchObject({
      status: 202,
      body: {
        object: 'refund',
        charge,
        amount: 2_000,
        currency: 'eur',
        status: 'pending',
        origin: 'api',
        stripe_refund_id: null,
      },
    });
    const before = await shown(api, charge);
    expect([before.amount_received, before.amount_refunded]).toEqual([5_000, 0]);

    await api.world.work();

    const [made, ...others] = await atStripe(api, charge);
    expect(others).toEqual([]);
    expect(made).toMatchObject({ amount: 2_000, status: 'succeeded', reason: 'requested_by_customer' });
    expect(made?.metadata).toMatchObject({ case: 'K-9', dc_refund: asked.body.id, dc_charge: charge });
    expect((await api.get(`/v1/refunds/${asked.body.id}`)).body).toMatchObject({
      status: 'succeeded',
      stripe_refund_id: made?.id,
      metadata: { case: 'K-9' },
    });
    expect(await shown(api, charge)).toMatchObject({
      status: 'succeeded',
      amount_refunded: 2_000,
      refunds: [{ id: asked.body.id, status: 'succeeded' }],
    });
    expect(await told(api, asked.body.id)).toEqual(['refund.created', 'refund.succeeded']);
    expect((await told(api, charge)).filter((type) => type.includes('refund'))).toEqual(['charge.refunded']);
    const { data } = (await api.get(`/v1/charges/${charge}/timeline`)).body;
    expect(data.filter(({ entity }) => entity === 'refund')).toMatchObject([
      { from: null, to: 'pending', cause: 'api', type: 'refund.created' },
      { from: 'pending', to: 'succeeded', cause: 'worker', reference: `dc1:${asked.body.id}:create:1` },
    ]);
  });

  test('without an amount is of all that is left, and after that there is nothing left', async () => {
    const charge = await paid(api);
    await ask(api, charge, { amount: 1 });
    expect((await ask(api, charge)).body).toMatchObject({ amount: 4_999 });
    await api.world.work();
    expect((await shown(api, charge)).amount_refunded).toBe(5_000);
    expect(await ask(api, charge)).toMatchObject({ status: 409, body: { code: 'already_refunded' } });
    const listed = (await api.get('/v1/refunds', { query: { charge, limit: '1' } })).body;
    expect([listed.data.length, listed.has_more]).toEqual([1, true]);
  });

  test('of more than is left is refused, and so is one of what was not paid or does not exist', async () => {
    const charge = await paid(api);
    expect(await ask(api, charge, { amount: 5_001 })).toMatchObject({
      status: 422,
      body: { code: 'refund_exceeds_charge', errors: [{ path: 'amount' }] },
    });
    const open = await api.world.charge(await api.world.customer('pm_card_visa'));
    expect(await ask(api, open)).toMatchObject({ status: 409, body: { code: 'charge_not_succeeded' } });
    expect((await ask(api, 'chg_aaaaaaaaaaaaaaaaaaaaaaaa')).status).toBe(404);
    expect((await ask(api, charge, { amount: 0 })).status).toBe(400);
  });

  test('twice under one key is one; under the key of another request it is none', async () => {
    const charge = await paid(api);
    const first = await ask(api, charge, { amount: 100 }, 'refund-once');
    const again = await ask(api, charge, { amount: 100 }, 'refund-once');
    expect([again.status, again.body.id]).toEqual([202, first.body.id]);
    expect((await ask(api, charge, { amount: 101 }, 'refund-once')).body.code).toBe('idempotency_mismatch');
    await api.world.work();
    expect(await atStripe(api, charge)).toHaveLength(1);
  });

  test('ten times at once never gives back more than was received', async () => {
    const charge = await paid(api);
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(api, charge, { amount: 1_500 })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 202, 202, ...Array(7).fill(422)]);
    await api.world.work();
    expect((await atStripe(api, charge)).map(({ amount }) => amount)).toEqual([1_500, 1_500, 1_500]);
  });

  test('is held by the database itself to what was received', async () => {
    const charge = await paid(api);
    const { sql } = api.world;
    const insert = (amount: number) => sql`
      insert into refunds (id, state, charge_id, amount_minor, currency, origin)
      values (${`rfd_wall_${amount}`}, 'queued', ${charge}, ${amount}, 'eur', 'api')`;
    await expect(insert(5_001)).rejects.toMatchObject({ code: 'DC002' });
    await insert(5_000);
    await expect(sql`update refunds set amount_minor = 1 where charge_id = ${charge}`).rejects.toMatchObject({
      code: 'DC002',
    });
    await sql`update refunds set state = 'failed', settled_at = dc_now() where charge_id = ${charge}`;
  });
});

describe('what Stripe answers', () => {
  test('a refund that waits is pending until Stripe says more, and is looked at though nobody tells', async () => {
    const charge = await paid(api, 'pm_card_pendingRefund');
    const { body } = await ask(api, charge);
    await api.world.work(['refund']);
    expect(await shown(api, charge)).toMatchObject({
      amount_refunded: 5_000,
      refunds: [{ status: 'pending' }],
    });
    await api.world.sql`delete from inbox_events`;
    await api.world.advance(3_700);
    await api.world.work(['refund']);
    expect((await api.get(`/v1/refunds/${body.id}`)).body.status).toBe('succeeded');
  });

  test('a refund that comes back from the bank has failed: the money is with the merchant again, and may go once more', async () => {
    const charge = await paid(api, 'pm_card_refundFail');
    const { body } = await ask(api, charge);
    await api.world.work(['refund']);
    expect((await shown(api, charge)).refunds).toMatchObject([{ status: 'succeeded' }]);
    await api.world.advance(3_700);
    await comes(api, async () => (await api.get(`/v1/refunds/${body.id}`)).body.status, 'failed');
    const after = await shown(api, charge);
    expect(after).toMatchObject({
      amount_refunded: 0,
      refunds: [{ failure_reason: 'expired_or_canceled_card' }],
    });
    expect(await told(api, body.id)).toEqual(['refund.created', 'refund.succeeded', 'refund.failed']);
    expect((await ask(api, charge)).status).toBe(202);
  });

  test("a refund that Stripe refuses has failed, with Stripe's code", async () => {
    const charge = await paid(api);
    const { body } = await ask(api, charge, { amount: 3_000 });
    await api.world.sdk.refunds.create({
      payment_intent: String((await api.world.read(charge)).charge.stripe_payment_intent_id),
    });
    await api.world.work(['refund']);
    expect((await api.get(`/v1/refunds/${body.id}`)).body).toMatchObject({
      status: 'failed',
      failure_reason: 'charge_already_refunded',
    });
  });
});

describe('one refund, whatever happens around its making', () => {
  const POINTS = [
    'refund.create.before',
    'refund.create.after_effect',
    'refund.settle.before',
    'refund.settle.after_effect',
  ];

  test.each(POINTS)('a worker that dies at %s', async (point) => {
    const charge = await paid(api);
    const { body } = await ask(api, charge, { amount: 700 });
    configureFailpoints(`${point}:throw@1`, { testMode: true });
    await api.world.work(['refund']);
    configureFailpoints(null, { testMode: true });
    await api.world.advance(60);
    await api.world.work(['refund']);
    expect(await atStripe(api, charge)).toMatchObject([{ amount: 700, metadata: { dc_refund: body.id } }]);
    expect((await shown(api, charge)).refunds).toMatchObject([{ id: body.id, status: 'succeeded' }]);
  });

  test('an answer that is lost, and a day later nobody knows the key any more: it is found by our mark', async () => {
    const charge = await paid(api);
    const { body } = await ask(api, charge, { amount: 700 });
    const match = { route: '/v1/refunds', method: 'POST' } as const;
    await api.world.simulator.control.faults({ match, action: 'reset_after', times: 2 });
    await api.world.work(['refund']);
    await api.world.sql`delete from inbox_events`;
    await api.world.advance(25 * 3_600);
    await api.world.sql`delete from inbox_events`;
    await api.world.work(['refund']);
    expect(await atStripe(api, charge)).toHaveLength(1);
    expect(await api.world.sql`select create_number, state from refunds where id = ${body.id}`).toEqual([
      { create_number: 1, state: 'succeeded' },
    ]);
  });

  test("a row that is lost comes back by Stripe's word under its own id, and the same request finds it", async () => {
    const charge = await paid(api);
    const { body } = await ask(api, charge, { amount: 700 }, 'lost-row');
    await api.world.work(['refund']);
    const { sql } = api.world;
    await sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      await tx`delete from refunds where id = ${body.id}`;
      await tx`delete from idempotency_keys where entity_id = ${body.id}`;
    });
    await comes(api, async () => (await shown(api, charge)).refunds.map(({ id, origin }) => [id, origin]), [
      [body.id, 'api'],
    ]);
    expect(await sql`select lost_cause from instance`).toEqual([{ lost_cause: 'key_without_row' }]);
    await sql`update instance set charging_enabled = true`;
    const again = await ask(api, charge, { amount: 700 }, 'lost-row');
    expect([again.status, again.body.id, again.body.status]).toEqual([202, body.id, 'succeeded']);
    expect((await ask(api, charge, { amount: 700 }, 'lost-row')).headers['idempotent-replayed']).toBe('true');
    expect(await atStripe(api, charge)).toHaveLength(1);
  });

  test("a policy's refund is taken once for its cause", async () => {
    const charge = await paid(api);
    const whole = {
      id: randomId('rfd'),
      charge_id: charge,
      amount_minor: null,
      reason: null,
      metadata: {},
    };
    const by = { cause: 'policy', cause_reference: 'issfr_1' };
    expect(await takeRefund(api.world.sql, whole, by)).toMatchObject({ refusal: null });
    expect(await takeRefund(api.world.sql, whole, by)).toMatchObject({ refusal: null, id: whole.id });
    expect((await shown(api, charge)).refunds).toHaveLength(1);
    await api.world.work(['refund']);
  });
});
