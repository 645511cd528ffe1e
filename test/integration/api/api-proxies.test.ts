/** Where a request came from, as the evidence of a customer's press tells it: through proxies, and through liars. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApp } from '../../../src/api/app.ts';
import { type ApiWorld, configOf, createApiWorld } from './api-world.ts';

const CUSTOMER = '203.0.113.7';
const PROXY = '10.1.2.3';
const STRANGER = '198.51.100.9';

let api: ApiWorld;
beforeAll(async () => {
  api = await createApiWorld();
});
afterAll(() => api.close());

async function addressSeen(
  trustedProxies: readonly string[],
  from: string,
  forwarded: string,
): Promise<string> {
  const { world, changes } = api;
  const config = { ...configOf(world), trustedProxies };
  const app = await buildApp({
    ...world.deps,
    tables: world.tables,
    config,
    changes,
    queueReady: async () => true,
  });
  app.get('/seen', async (request) => request.ip);
  const answer = await app.inject({
    url: '/seen',
    remoteAddress: from,
    headers: { 'x-forwarded-for': forwarded },
  });
  await app.close();
  return answer.body;
}

test.each([
  ['is the connection’s where no proxy is named', [], PROXY, CUSTOMER, PROXY],
  ['is what a named proxy says', ['10.0.0.0/8'], PROXY, CUSTOMER, CUSTOMER],
  ['is the connection’s when somebody else says so', ['10.0.0.0/8'], STRANGER, CUSTOMER, STRANGER],
  ['is the last that a named proxy saw', ['10.0.0.0/8'], PROXY, `${CUSTOMER}, ${STRANGER}`, STRANGER],
] as const)('the address %s', async (_what, proxies, from, forwarded, seen) => {
  expect(await addressSeen(proxies, from, forwarded)).toBe(seen);
});
