/** What banks say of a payment: on its charge, told, in the way of further automatic charges; with every webhook lost too. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sweepReturnsOnce } from '../../../src/billing/refund/sweep-returns.ts';
import { type ApiWorld, createApiWorld } from '../api/api-world.ts';
import { ask, comes, intentOf, paid, shown, told } from './refund-world.ts';

let api: ApiWorld;
beforeAll(async () => {
  api = await createApiWorld();
});
afterAll(() => api.close());

const control = () => api.world.simulator.control;
const latestCharge = async (charge: string) => {
  const intent = await api.world.sdk.paymentIntents.retrieve(await intentOf(api.world, charge));
  return String(intent.latest_charge);
};
const statuses = async (charge: string) => (await shown(api, charge)).disputes.map(({ status }) => status);
const openBreaks = async (charge: string) =>
  (await api.world.sql`select kind from breaks where entity_id = ${charge} and closed_by is null`).map(
    ({ kind }) => kind,
  );
const newest = async (charge: string) =>
  (await told(api, charge)).filter((type) => /disput|fraud|refund/.test(type));
const listed = async (disputed: string) =>
  (await api.get('/v1/charges', { query: { disputed, limit: '100' } })).body.data.map(({ id }) => id);

describe('a dispute', () => {
  test('stands on its charge with its reason and the day its evidence is due; a person sees it until it has ended', async () => {
    const charge = await paid(api);
    const dispute = await control().dispute(await latestCharge(charge));
    await comes(api, () => statuses(charge), ['needs_response']);
    const [one] = (await shown(api, charge)).disputes;
    expect(one).toMatchObject({ id: dispute.id, amount: 5_000, reason: expect.any(String) });
    expect(Date.parse(String(one?.evidence_due_by))).toBeGreaterThan(Date.now());
    expect(await openBreaks(charge)).toEqual(['dispute']);
    expect(await newest(charge)).toEqual(['charge.disputed']);
    expect(await listed('true')).toContain(charge);
    expect(await listed('false')).not.toContain(charge);
    expect(await ask(api, charge)).toMatchObject({ status: 409, body: { code: 'charge_disputed' } });

    await control().closeDispute(dispute.id, 'lost');
    await comes(api, () => statuses(charge), ['lost']);
    expect(await openBreaks(charge)).toEqual([]);
    expect(await newest(charge)).toEqual(['charge.disputed', 'charge.dispute_closed']);
    expect((await ask(api, charge)).body.code).toBe('charge_disputed');
    expect((await shown(api, charge)).status).toBe('succeeded');
  });

  test('that is won leaves the money, which may go back again', async () => {
    const charge = await paid(api);
    const dispute = await control().dispute(await latestCharge(charge));
    await control().closeDispute(dispute.id, 'won');
    await comes(api, () => statuses(charge), ['won']);
    expect((await ask(api, charge, { amount: 1 })).status).toBe(202);
    await api.world.work();
  });

  test('closes its method to automatic charges until the merchant accepts it again', async () => {
    const customer = await api.world.customer('pm_card_visa');
    const first = await api.world.charge(customer, 5_000);
    await api.world.work(['charge']);
    await control().dispute(await latestCharge(first));
    await comes(api, () => statuses(first), ['needs_response']);
    const method = `/v1/payment_methods/${customer.payment_method_id}`;
    expect((await api.get(method)).body.closed).toMatchObject({ reason: 'disputed' });

    const second = await api.world.charge(customer, 700);
    await api.world.work(['charge']);
    expect((await shown(api, second)).status).toBe('requires_action');
    expect((await shown(api, second)).attempts).toEqual([]);

    expect((await api.post(`${method}/accept`)).status).toBe(200);
    expect((await api.get(method)).body.closed).toBeNull();
    const third = await api.world.charge(customer, 700);
    await api.world.work(['charge']);
    expect((await shown(api, third)).status).toBe('succeeded');
    // Its end is no new one.
    const [{ id } = { id: '' }] = (await shown(api, first)).disputes;
    await control().closeDispute(id, 'lost');
    await comes(api, () => statuses(first), ['lost']);
    expect((await api.get(method)).body.closed).toBeNull();
  });

  test('of which no webhook ever comes is found by walking the list, and so is its end', async () => {
    const charge = await paid(api);
    await control().webhooks({ paused: true });
    const dispute = await control().dispute(await latestCharge(charge));
    await api.world.advance(6 * 3_600);
    await sweepReturnsOnce(api.world.deps);
    expect(await statuses(charge)).toEqual(['needs_response']);
    await control().closeDispute(dispute.id, 'won');
    await api.world
      .sql`update sweeps set cursor = '{"since_s": 99999999999, "newest_s": null, "after": null}' where name = 'disputes'`;
    await api.world.advance(25 * 3_600);
    await sweepReturnsOnce(api.world.deps);
    expect(await statuses(charge)).toEqual(['won']);
    expect(await newest(charge)).toEqual(['charge.disputed', 'charge.dispute_closed']);
    await api.world.sql`update sweeps set cursor = '' where name = 'disputes'`;
    await control().webhooks({ paused: false });
  });
});

describe('an early fraud warning', () => {
  const warning = async (charge: string) => (await shown(api, charge)).early_fraud_warning;

  test('stands on its charge and is told once; a refund is what is left to do about it', async () => {
    const charge = await paid(api, 'pm_card_createIssuerFraudRecord');
    await comes(api, async () => (await warning(charge))?.actionable, true);
    expect(await newest(charge)).toEqual(['charge.fraud_warning']);
    expect((await shown(api, charge)).refunds).toEqual([]);
    await ask(api, charge);
    await api.world.work(['refund']);
    await comes(api, async () => (await warning(charge))?.actionable, false);
    expect(await newest(charge)).toEqual(['charge.fraud_warning', 'charge.refunded']);
  });

  test('of which no webhook ever comes is found by walking the list', async () => {
    await control().webhooks({ paused: true });
    const charge = await paid(api, 'pm_card_createIssuerFraudRecord');
    await api.world.advance(6 * 3_600);
    await sweepReturnsOnce(api.world.deps);
    expect(await warning(charge)).toMatchObject({ id: expect.stringMatching(/^issfr_/), actionable: true });
    await control().webhooks({ paused: false });
  });

  test('gives the whole payment back, once, where the merchant has ruled so', async () => {
    const strict = await createApiWorld({ refundOnFraudWarning: true });
    try {
      const charge = await paid(strict, 'pm_card_createIssuerFraudRecord');
      await comes(strict, async () => (await shown(strict, charge)).refunds.length, 1);
      await strict.world.work();
      await strict.world.advance(6 * 3_600);
      await sweepReturnsOnce(strict.world.deps);
      await strict.world.work();
      const { refunds, amount_refunded } = await shown(strict, charge);
      expect([amount_refunded, refunds]).toMatchObject([5_000, [{ status: 'succeeded', origin: 'api' }]]);
      expect((await strict.get(`/v1/charges/${charge}/timeline`)).text).toContain('policy');
    } finally {
      await strict.close();
    }
  });
});
