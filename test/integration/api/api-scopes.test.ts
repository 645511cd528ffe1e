/** Who may call what: every route of the API against every kind of key, read from the routes themselves. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../../src/api/api-key.ts';
import { openApiDocument } from '../../../src/api/openapi.ts';
import { randomId } from '../../../src/platform/ids.ts';
import { revokeApiKey } from '../../../src/store/door/api-keys.ts';
import { type ApiWorld, createApiWorld } from './api-world.ts';

/** Written by hand from the contract: a route that is missing here, or added there, fails. */
const SCOPES: Record<string, 'read' | 'write' | 'admin'> = {
  'POST /v1/customers': 'write',
  'GET /v1/customers': 'read',
  'GET /v1/customers/{id}': 'read',
  'PATCH /v1/customers/{id}': 'write',
  'POST /v1/customers/{id}/rebind': 'write',
  'POST /v1/customers/{id}/stop': 'write',
  'POST /v1/customers/{id}/resume': 'write',
  'DELETE /v1/customers/{id}': 'write',
  'GET /v1/customers/{id}/payment_methods': 'read',
  'POST /v1/setups': 'write',
  'GET /v1/setups': 'read',
  'GET /v1/setups/{id}': 'read',
  'POST /v1/setups/{id}/cancel': 'write',
  'POST /v1/payment_methods': 'write',
  'GET /v1/payment_methods/{id}': 'read',
  'POST /v1/payment_methods/{id}/accept': 'write',
  'POST /v1/payment_methods/{id}/detach': 'write',
  'POST /v1/payment_methods/{id}/default': 'write',
  'GET /v1/events': 'read',
  'GET /v1/consents/{id}': 'read',
  'POST /v1/consents/{id}/revoke': 'write',
  'POST /v1/charges': 'write',
  'GET /v1/charges': 'read',
  'GET /v1/charges/{id}': 'read',
  'GET /v1/charges/{id}/timeline': 'read',
  'GET /v1/charges/{id}/evidence': 'read',
  'POST /v1/charges/{id}/refunds': 'write',
  'GET /v1/refunds': 'read',
  'GET /v1/refunds/{id}': 'read',
  'POST /v1/runs': 'write',
  'GET /v1/runs': 'read',
  'GET /v1/runs/{id}': 'read',
  'POST /v1/runs/{id}/charges': 'write',
  'POST /v1/runs/{id}/preview': 'read',
  'POST /v1/runs/{id}/start': 'write',
  'POST /v1/runs/{id}/pause': 'write',
  'POST /v1/runs/{id}/resume': 'write',
  'POST /v1/runs/{id}/cancel': 'write',
  'POST /v1/runs/{id}/decide': 'write',
  'GET /v1/runs/{id}/report': 'read',
  'POST /v1/runs/{id}/again': 'write',
  'POST /v1/charges/{id}/cancel': 'write',
  'POST /v1/charges/{id}/retry': 'write',
  'POST /v1/charges/{id}/payment_method': 'write',
  'PATCH /v1/charges/{id}': 'write',
  'GET /v1/charges/{id}/recovery': 'write',
  'POST /v1/charges/{id}/recovery': 'write',
  'POST /v1/charges/{id}/recovery/resend': 'write',
  'POST /v1/webhook_endpoints': 'admin',
  'GET /v1/webhook_endpoints': 'read',
  'GET /v1/webhook_endpoints/{id}': 'read',
  'PATCH /v1/webhook_endpoints/{id}': 'admin',
  'DELETE /v1/webhook_endpoints/{id}': 'admin',
  'POST /v1/webhook_endpoints/{id}/rotate_secret': 'admin',
  'POST /v1/webhook_endpoints/{id}/test': 'admin',
  'POST /v1/webhook_endpoints/{id}/replay': 'admin',
  'GET /v1/webhook_endpoints/{id}/deliveries': 'read',
  'POST /v1/deliveries/{id}/redeliver': 'admin',
};

let api: ApiWorld;

beforeAll(async () => {
  api = await createApiWorld();
});
afterAll(() => api.close());

function ask(route: string, token: string | null, headers: Record<string, string> = {}) {
  const [method, path = ''] = route.split(' ');
  const url = path.replace('{id}', randomId('chg'));
  if (method === 'GET') return api.get(url, { token, headers });
  if (method === 'DELETE') return api.erase(url, { token, headers });
  return (method === 'PATCH' ? api.patch : api.post)(url, '{', { token, headers });
}

test('the table above names every route there is', async () => {
  const { paths } = (await openApiDocument()) as { paths: Record<string, Record<string, unknown>> };
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );

  expect(routes.toSorted()).toEqual(Object.keys(SCOPES).toSorted());
});

describe.each(Object.entries(SCOPES))('%s', (route, scope) => {
  test.each(['read', 'write', 'admin'] as const)('with a key of the scope %s', async (held) => {
    const answer = await ask(route, api.tokens[held]);

    if (held === scope) expect([401, 403]).not.toContain(answer.status);
    else expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  test('without a key, before its body is read', async () => {
    const answer = await ask(route, null);

    expect(answer).toMatchObject({
      status: 401,
      body: { code: 'unauthenticated', errors: [{ path: 'Authorization' }] },
      headers: { 'www-authenticate': 'Bearer' },
    });
  });
});

describe('a key', () => {
  const route = 'GET /v1/charges';

  test.each([
    ['cut short', (token: string) => token.slice(0, -1)],
    ['with a character more', (token: string) => `${token}A`],
    [
      'with its last character changed',
      (token: string) => token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A'),
    ],
    ['in capitals', (token: string) => token.toUpperCase()],
    ['of the other mode', (token: string) => token.replace('dc_test_', 'dc_live_')],
    ['of another id', (token: string) => token.replace(/_[a-z2-7]{24}_/, `_${randomId('key').slice(4)}_`)],
    ['of a megabyte', () => `dc_test_${'a'.repeat(5_000)}`],
    ['of nothing', () => ''],
  ])('%s opens nothing', async (_what, alter) => {
    expect((await ask(route, alter(api.tokens.read))).status).toBe(401);
  });

  test('sent by another scheme opens nothing', async () => {
    const token = Buffer.from(`${api.tokens.read}:`).toString('base64');
    expect((await ask(route, null, { authorization: `Basic ${token}` })).status).toBe(401);
  });

  test('is kept as a hash, and dies with its revocation', async () => {
    const created = () => createApiKey(api.world.tables, { name: null, scopes: ['read'], livemode: false });
    const { id, token } = await created();
    expect((await ask(route, token)).status).toBe(200);
    const [row] = await api.world
      .sql`select secret_hash, to_jsonb(k)::text as text from api_keys k where id = ${id}`;
    const secret = token.split('_').slice(3).join('_');
    expect(row?.text).not.toContain(secret);
    expect(row?.secret_hash).toEqual(createHash('sha256').update(secret).digest());

    const other = await created();
    await revokeApiKey(api.world.tables, id, { reason: 'lost', by: 'robin' });
    expect((await ask(route, token)).status).toBe(401);
    expect((await ask(route, other.token)).status).toBe(200);
  });
});
