/** `npm run webhook-endpoint`: Stripe sends us what we follow, and nothing that costs us for nothing. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { keepWebhookEndpoint } from '../../../src/billing/janitor/keep-webhook-endpoint.ts';
import { STRIPE_API_VERSION } from '../../../src/stripe/client.ts';
import { FOLLOWED_EVENT_TYPES } from '../../../src/stripe/events/followed-events.ts';
import { builtScript } from '../../harness/built.ts';
import { createWorld, type World } from '../../harness/world.ts';

const run = promisify(execFile);
let world: World;
let dashboard: Stripe;
let url: string;
let instance_id: string;

beforeAll(async () => {
  world = await createWorld();
  const { hostname: host, port } = new URL(world.simulator.url);
  const options = { host, port, protocol: 'http', apiVersion: STRIPE_API_VERSION } as const;
  dashboard = new Stripe(world.secretKey, options);
});
beforeEach(async () => {
  instance_id = `ins_${randomUUID()}`;
  url = `https://${randomUUID()}.example/webhooks/stripe`;
  for (const { id } of (await dashboard.webhookEndpoints.list()).data)
    await dashboard.webhookEndpoints.del(id);
});
afterAll(() => world.close());

const keep = () => keepWebhookEndpoint({ stripe: world.deps.stripe, instance_id, url });
const endpoints = async () => (await dashboard.webhookEndpoints.list()).data;
const made = (enabled_events: ['charge.succeeded'] | ['*']) =>
  dashboard.webhookEndpoints.create({ url, enabled_events, api_version: STRIPE_API_VERSION });
const CREATE = { method: 'POST', route: '/v1/webhook_endpoints' };

describe('an endpoint that is missing', () => {
  test('is made once, of the types that we follow and in the version that we read', async () => {
    const first = await keep();
    expect(first).toMatchObject({ outcome: 'created', secret: expect.stringMatching(/^whsec_/) });
    expect(await keep()).toEqual({ outcome: 'right', id: 'id' in first ? first.id : null });
    expect(await endpoints()).toMatchObject([
      { url, api_version: STRIPE_API_VERSION, status: 'enabled', enabled_events: FOLLOWED_EVENT_TYPES },
    ]);
  });

  test('whose answer is lost is there all the same, once, and nobody has its secret', async () => {
    await world.simulator.control.faults({ match: CREATE, action: 'reset_after', times: 2 });
    expect(await keep()).toMatchObject({ outcome: 'secret_unseen' });
    expect(await keep()).toMatchObject({ outcome: 'right' });
    expect(await endpoints()).toHaveLength(1);
  });

  test('that Stripe does not make is not there, and is made the next time', async () => {
    await world.simulator.control.faults({ match: CREATE, action: 'reset_before', times: 2 });
    expect(await keep()).toMatchObject({ outcome: 'unanswered' });
    expect(await keep()).toMatchObject({ outcome: 'created' });
    expect(await endpoints()).toHaveLength(1);
  });

  test('that somebody deleted is made anew, though Stripe still knows the key of the first', async () => {
    const first = await keep();
    await dashboard.webhookEndpoints.del('id' in first ? first.id : '');
    const second = await keep();
    expect(second).toMatchObject({ outcome: 'created' });
    expect(await endpoints()).toMatchObject([{ id: 'id' in second ? second.id : null }]);
  });
});

describe('an endpoint that is there', () => {
  test('gets the types that we follow, and loses all others', async () => {
    const { id } = await made(['charge.succeeded']);
    expect(await keep()).toEqual({
      outcome: 'changed',
      id,
      added: FOLLOWED_EVENT_TYPES,
      removed: ['charge.succeeded'],
    });
    expect(await endpoints()).toMatchObject([{ id, enabled_events: FOLLOWED_EVENT_TYPES }]);
  });

  test('is changed again and again within a day', async () => {
    const { id } = await made(['*']);
    for (let time = 0; time < 3; time += 1) {
      expect(await keep()).toMatchObject({ outcome: 'changed', id, removed: ['*'] });
      await dashboard.webhookEndpoints.update(id, { enabled_events: ['*'] });
    }
  });

  test('and was disabled sends again', async () => {
    const first = await keep();
    const id = 'id' in first ? first.id : '';
    await dashboard.webhookEndpoints.update(id, { disabled: true });
    expect(await keep()).toEqual({ outcome: 'changed', id, added: [], removed: [] });
    expect(await endpoints()).toMatchObject([{ id, status: 'enabled' }]);
  });

  test('twice is left to a person, and so is one of another deployment', async () => {
    const [one, two] = [await made(['*']), await made(['*'])];
    expect(await keep()).toEqual({ outcome: 'several', ids: [two.id, one.id] });
    expect(await endpoints()).toHaveLength(2);
  });
});

test('the command prints the secret once, and needs an address', async () => {
  const command = (env: Record<string, string>) => {
    const place = {
      PATH: process.env.PATH ?? '',
      DATABASE_URL: world.databaseUrl,
      STRIPE_SECRET_KEY: world.secretKey,
      STRIPE_API_URL: world.simulator.url,
    };
    const script = builtScript('scripts/operate/webhook-endpoint.ts');
    return run(process.execPath, [script, '--json'], { env: { ...place, ...env } }).then(
      ({ stdout }) => JSON.parse(stdout.trim().split('\n').at(-1) ?? ''),
      ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
    );
  };
  const PUBLIC_URL = url.replace('/webhooks/stripe', '');
  expect(await command({ PUBLIC_URL })).toMatchObject({
    url,
    outcome: 'created',
    secret: expect.any(String),
  });
  expect(await command({ PUBLIC_URL })).toEqual({ url, outcome: 'right', id: expect.any(String) });
  expect(await command({})).toMatchObject({ code: 1, stderr: expect.stringContaining('usage:') });
});
