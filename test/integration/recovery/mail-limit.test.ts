/** A resend beyond the mails of a customer's day, by the merchant's API (docs/protocol.md, 9.14). */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { productionTimings } from '../../../src/platform/timings.ts';
import { type ApiWorld, createApiWorld } from '../api/api-world.ts';

let api: ApiWorld;

beforeAll(async () => {
  api = await createApiWorld();
});
afterAll(() => api.close());

test('it is refused and ends no link, while a repetition of an earlier one is answered as before', async () => {
  const { customer_id } = await api.world.customer('pm_card_authenticationRequired');
  const body = { customer: customer_id, amount: 1_250, currency: 'eur', description: 'Power' };
  const { id } = (await api.post('/v1/charges', body)).body;
  await api.world.work();
  const resend = (key: string) =>
    api.post(`/v1/charges/${id}/recovery/resend`, { revoke_earlier: true }, { key });
  const keys = Array.from({ length: productionTimings.mailsPerCustomerDayMax }, () => randomUUID());
  for (const key of keys) expect((await resend(key)).status).toBe(200);
  const { body: before } = await api.get(`/v1/charges/${id}/recovery`);

  expect(await resend(randomUUID())).toMatchObject({ status: 409, body: { code: 'mail_limit_reached' } });

  expect((await api.get(`/v1/charges/${id}/recovery`)).body).toEqual(before);
  await api.world.sql`delete from idempotency_keys where key = ${keys[0] ?? ''}`;
  const repeated = await resend(keys[0] ?? '');
  expect([repeated.status, repeated.headers['idempotent-replayed']]).toEqual([200, 'true']);
});
