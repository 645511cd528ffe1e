/** What a merchant rules for a charge, and what they may change of it before anything has begun. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiWorld, bodyOf, createApiWorld } from '../api/api-world.ts';

let api: ApiWorld;

beforeAll(async () => {
  api = await createApiWorld();
});
afterAll(() => api.close());

const LATER = '2099-01-01T00:00:00.000Z';

async function taken(more: object = {}) {
  const customer = await api.world.customer('pm_card_visa');
  const answer = await api.post('/v1/charges', bodyOf(customer, more));
  expect(answer.status).toBe(202);
  return answer.body;
}

async function refusedPaths(more: object) {
  const customer = await api.world.customer('pm_card_visa');
  const before = await api.count('charges');
  const { status, body } = await api.post('/v1/charges', bodyOf(customer, more));
  expect([status, await api.count('charges')]).toEqual([400, before]);
  return body.errors.map(({ path }) => path);
}

describe('terms', () => {
  test('of a charge that names none are the deployment’s', async () => {
    expect(await taken()).toMatchObject({
      retry: { days: [1, 3, 7] },
      recovery_terms: { deadline_days: 7, on_expiry: 'close', mails: true, early_mail: false },
      receipt: false,
      document: null,
    });
  });

  test('that are named hold, and the others stay as usual', async () => {
    const document = { number: 'INV-7', date: '2026-11-01', url: 'https://shop.example/inv/7' };
    const { id } = await taken({
      retry: { days: [2] },
      recovery: { on_expiry: 'keep_open' },
      receipt: true,
      document,
    });
    expect((await api.get(`/v1/charges/${id}`)).body).toMatchObject({
      retry: { days: [2] },
      recovery_terms: { deadline_days: 7, on_expiry: 'keep_open', mails: true },
      receipt: true,
      document,
    });
  });

  test('out of bounds are refused by name, and nothing is written', async () => {
    expect(await refusedPaths({ retry: { days: [1, 2, 3, 4] } })).toEqual(['retry.days']);
    expect(await refusedPaths({ retry: { days: [0] } })).toEqual(['retry.days.0']);
    expect(await refusedPaths({ recovery: { deadline_days: 31 } })).toEqual(['recovery.deadline_days']);
    expect(await refusedPaths({ recovery: { on_expiry: 'forget' } })).toEqual(['recovery.on_expiry']);
    expect(await refusedPaths({ document: { url: 'http://shop.example/' } })).toEqual(['document.url']);
    expect(await refusedPaths({ document: { date: '2026-13-01' } })).toEqual(['document.date']);
  });

  test('owe a receipt where the deployment does by default, unless a charge says no', async () => {
    const giving = await createApiWorld({ env: { RECEIPTS: '1' } });
    try {
      const customer = await giving.world.customer('pm_card_visa');
      const ask = async (more: object) =>
        (await giving.post('/v1/charges', bodyOf(customer, more))).body.receipt;
      expect([await ask({}), await ask({ receipt: false })]).toEqual([true, false]);
    } finally {
      await giving.close();
    }
  });

  test('asked for otherwise under the same key are another request', async () => {
    const customer = await api.world.customer('pm_card_visa');
    const key = randomUUID();
    const ask = (recovery: object) => api.post('/v1/charges', bodyOf(customer, { recovery }), { key });
    expect((await ask({ mails: false })).status).toBe(202);
    expect((await ask({ mails: true })).body.code).toBe('idempotency_mismatch');
  });
});

describe('a change', () => {
  test('of a charge whose time has not come is charged as changed', async () => {
    const { id } = await taken({ due_at: LATER, metadata: { a: '1', b: '2' } });
    const due_at = new Date(Date.now() - 1_000).toISOString();
    const answer = await api.patch(`/v1/charges/${id}`, {
      amount: 4_321,
      due_at,
      description: 'Corrected',
      metadata: { b: '', c: '3' },
      document: { number: 'INV-8' },
    });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        amount: 4_321,
        description: 'Corrected',
        metadata: { a: '1', c: '3' },
        document: { number: 'INV-8' },
      },
    });
    await api.world.work();
    expect(await api.world.ledger(id)).toMatchObject([
      { amount: 4_321, amount_received: 4_321, successes: 1 },
    ]);
  });

  test('is refused once something of it may be at Stripe', async () => {
    const { id } = await taken();
    await api.world.work();
    expect((await api.patch(`/v1/charges/${id}`, { amount: 1 })).status).toBe(422);
    expect((await api.patch(`/v1/charges/${id}`, { amount: 5_000 })).body.code).toBe('already_succeeded');
    const opened = await taken({ due_at: LATER });
    await api.world.sql`update charges set create_opened_at = dc_now() where id = ${opened.id}`;
    const answer = await api.patch(`/v1/charges/${opened.id}`, { amount: 5_000 });
    expect([answer.status, answer.body.code]).toEqual([409, 'conflict']);
    expect((await api.patch('/v1/charges/chg_unknown', { amount: 5_000 })).status).toBe(404);
  });

  test('takes the charge from a worker that has read it as it was', async () => {
    const { id } = await taken();
    const claimed = await api.world.deps.leases.claimNow('charge', id);
    const { lease } = claimed ?? expect.unreachable();
    expect((await api.patch(`/v1/charges/${id}`, { amount: 7_700 })).status).toBe(200);
    const opening = { charge_id: id, lease_number: lease.lease_number, method_type: 'card' };
    expect(await api.world.deps.charges.openCreate(opening)).toBe(false);
    await api.world.work();
    expect(await api.world.ledger(id)).toMatchObject([{ amount: 7_700, successes: 1 }]);
  });

  test('counts under the consent as the charge itself does, once', async () => {
    const customer = await api.world.customer('pm_card_visa');
    await api.world.sql`
      update consents set max_charges = 1, max_amount_minor = 5000, max_amount_currency = 'eur', max_amount_per = 'month'
      where customer_id = ${customer.customer_id}`;
    const { id } = (await api.post('/v1/charges', bodyOf(customer, { due_at: LATER, amount: 3_000 }))).body;
    expect((await api.patch(`/v1/charges/${id}`, { amount: 5_000 })).status).toBe(200);
    const beyond = await api.patch(`/v1/charges/${id}`, { amount: 5_001 });
    expect([beyond.status, beyond.body.code]).toEqual([422, 'consent_exceeded']);
    expect((await api.get(`/v1/charges/${id}`)).body.amount).toBe(5_000);
  });

  test('never reaches the database’s amount of a charge that has begun', async () => {
    const { id } = await taken();
    await api.world.work();
    await expect(api.world.sql`update charges set amount_minor = 1 where id = ${id}`).rejects.toThrow(
      'never changes',
    );
  });
});

describe('the recovery of a charge', () => {
  const asked = async (more: object = {}) => {
    const customer = await api.world.customer('pm_card_authenticationRequired');
    const { id } = (await api.post('/v1/charges', bodyOf(customer, more))).body;
    await api.world.work();
    return id;
  };
  type Linked = { recovery: { id: string; url: string | null; status: string } };
  const linkOf = (body: unknown) => (body as Linked).recovery;

  test('is read with its link, which reading does not change', async () => {
    const id = await asked({ recovery: { mails: false } });
    const read = await api.get(`/v1/charges/${id}/recovery`);
    expect([read.status, linkOf(read.body).status]).toEqual([200, 'open']);
    expect(linkOf((await api.get(`/v1/charges/${id}/recovery`)).body).url).toBe(linkOf(read.body).url);
    const path = new URL(linkOf(read.body).url ?? '').pathname;
    expect((await api.get(path, { token: null })).status).toBe(303);
    expect((await api.get(`/v1/charges/${id}/recovery`, { token: api.tokens.read })).status).toBe(403);
  });

  test('is mailed again with the same link, unless the earlier one is to end', async () => {
    const id = await asked();
    const resend = async (body?: object) =>
      linkOf((await api.post(`/v1/charges/${id}/recovery/resend`, body)).body).url;
    const first = await resend();
    expect(await resend({ revoke_earlier: false })).toBe(first);
    const second = await resend({ revoke_earlier: true });
    expect(second).not.toBe(first);
    expect((await api.get(new URL(first ?? '').pathname, { token: null })).status).toBe(404);
    expect((await api.get(new URL(second ?? '').pathname, { token: null })).status).toBe(303);
  });

  test('opens during a soft decline, and the next try is still to come', async () => {
    const customer = await api.world.customer('pm_card_visa', ['insufficient_funds', 'succeed']);
    const { id } = (await api.post('/v1/charges', bodyOf(customer))).body;
    await api.world.work();
    const { next_attempt_at } = (await api.get(`/v1/charges/${id}`)).body;
    const key = randomUUID();
    const opened = await api.post(`/v1/charges/${id}/recovery`, undefined, { key });
    expect([opened.status, linkOf(opened.body).status]).toEqual([200, 'open']);
    expect(
      (await api.post(`/v1/charges/${id}/recovery`, undefined, { key })).headers['idempotent-replayed'],
    ).toBe('true');
    expect((await api.post(`/v1/charges/${id}/recovery`)).body.code).toBe('conflict');
    const shown = (await api.get(`/v1/charges/${id}`)).body;
    expect(shown).toMatchObject({ status: 'requires_action', detail: 'retry_scheduled' });
    expect(Date.parse(String(shown.next_attempt_at)) - Date.parse(String(next_attempt_at))).toBeLessThan(
      60_000,
    );
    await api.world.advance(86_400 + 60);
    await api.world.work();
    expect((await api.get(`/v1/charges/${id}`)).body.status).toBe('succeeded');
  });

  test('is not there for a charge that never asked its customer', async () => {
    const { id } = await taken({ due_at: LATER });
    expect((await api.get(`/v1/charges/${id}/recovery`)).status).toBe(404);
    expect((await api.post(`/v1/charges/${id}/recovery`)).body.code).toBe('conflict');
  });
});
