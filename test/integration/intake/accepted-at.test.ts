/** A program that asks again stamps `accepted_at` anew: the same request, and the evidence of the first stands. */
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../src/api/idempotency.ts';
import { type ApiWorld, CONSENT, createApiWorld } from '../api/api-world.ts';

let api: ApiWorld;

beforeAll(async () => {
  api = await createApiWorld();
});
afterAll(() => api.close());

const FIRST = '2026-01-15T10:00:00.000Z';
const AGAIN = '2026-01-15T10:00:07.000Z';

/** What may be asked for with a consent, as a function of the consent. */
const requests = {
  async 'a setup'() {
    const { body } = await api.post('/v1/customers', { email: 'robin@example.test' });
    return (consent: object) =>
      ['/v1/setups', { customer: body.id, return_url: 'https://shop.example/back', consent }] as const;
  },
  async 'an adoption'() {
    const saved = await api.world.customer('pm_card_visa');
    return (consent: object) =>
      [
        '/v1/payment_methods',
        { customer: saved.customer_id, stripe_payment_method_id: saved.payment_method_id, consent },
      ] as const;
  },
};

const post = ([path, body]: readonly [string, unknown], key: string) => api.post(path, body, { key });

describe.each(Object.entries(requests))('%s', (_what, prepare) => {
  test('asked for again with another accepted_at is the first one, whose evidence stands', async () => {
    const asked = await prepare();
    const key = randomUUID();
    const first = await post(asked({ ...CONSENT, accepted_at: FIRST }), key);
    const before = await api.count('consents');
    const again = await post(asked({ ...CONSENT, accepted_at: AGAIN }), key);
    expect(again).toMatchObject({ status: first.status, body: { id: first.body.id } });
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.body.consent).toEqual(first.body.consent);
    expect(again.body.consent).toMatchObject({ accepted_at: FIRST });
    expect(await api.count('consents')).toBe(before);
  });

  test.each([
    ['another text', { text: 'I allow everything.' }],
    ['another address', { ip_address: '203.0.113.8' }],
    ['another scope', { scope: 'on_session' }],
  ])('asked for again with %s is refused', async (_difference, change) => {
    const asked = await prepare();
    const key = randomUUID();
    await post(asked({ ...CONSENT, accepted_at: FIRST }), key);
    const again = await post(asked({ ...CONSENT, ...change, accepted_at: AGAIN }), key);
    expect(again).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } });
  });

  test('asked for again with a time that is none is refused as it always is', async () => {
    const asked = await prepare();
    const key = randomUUID();
    await post(asked({ ...CONSENT, accepted_at: FIRST }), key);
    const again = await post(asked({ ...CONSENT, accepted_at: 'yesterday' }), key);
    expect(again).toMatchObject({ status: 400, body: { errors: [{ path: 'consent.accepted_at' }] } });
  });

  test('that an earlier release took in is recognised by what was sent', async () => {
    const asked = await prepare();
    const key = randomUUID();
    const [path, body] = asked({ ...CONSENT, accepted_at: FIRST });
    const first = await api.post(path, body, { key });
    const as_sent = canonicalJson({ params: {}, body });
    await api.world.sql`
      update idempotency_keys set request_hash = ${createHash('sha256').update(as_sent).digest()}::bytea
      where key = ${key}`;
    const again = await api.post(path, body, { key });
    expect(again).toMatchObject({ status: first.status, body: { id: first.body.id } });
  });
});
