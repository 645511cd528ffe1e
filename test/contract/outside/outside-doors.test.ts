/** The doors that are no part of /v1: Stripe's webhooks, health, bodies of any kind, and the simulator beside it. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { chargeWhen, newCharge, readCharge, savedCard } from './outside-merchant.ts';
import { problemShape } from './outside-shapes.ts';
import { ask, eventually, fresh, openWorld, read, refused, type World } from './outside-world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.close());

test('bodies too large and of another type', async () => {
  const large = await world.call('POST', '/v1/charges', { description: 'x'.repeat(6_000_000) });
  refused(large, 413, read(problemShape, large).code);
  const answer = await ask(new URL('/v1/charges', world.ready.api_url), {
    method: 'POST',
    headers: { authorization: `Bearer ${world.ready.api_key}`, 'idempotency-key': fresh('k') },
    body: new URLSearchParams({ amount: '5' }),
  });
  refused(answer, 415, read(problemShape, answer).code);
});

describe('webhooks', () => {
  const sign = (body: string, secret: string) => {
    const t = Math.floor(Date.now() / 1_000);
    return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;
  };
  const send = (body: string, signature?: string) =>
    ask(new URL('/webhooks/stripe', world.ready.api_url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(signature === undefined ? {} : { 'stripe-signature': signature }),
      },
      body,
    });
  const eventOf = (id: string, type: string, object: object) =>
    JSON.stringify({
      id,
      object: 'event',
      api_version: '2026-10-28.endive',
      created: 1_760_000_000,
      type,
      livemode: false,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      data: { object },
    });
  const event = eventOf('evt_outside', 'payment_method.detached', {
    id: 'pm_outside',
    object: 'payment_method',
    type: 'card',
    customer: null,
    livemode: false,
    card: { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2099 },
    metadata: {},
  });
  const kept = async (id: string) => {
    const [row] = await world.sql`
      select count(*)::int as events from inbox_events e where e::text like ${`%${id}%`}`;
    return row?.events;
  };

  test('a good signature is 200, once more too', async () => {
    const { stripe_webhook_secret } = world.ready;
    for (const _ of [1, 2]) {
      expect((await send(event, sign(event, stripe_webhook_secret))).status).toBe(200);
    }
    expect(await kept('evt_outside')).toBe(1);
  });

  test('what nobody follows is 200, and nothing is kept of it', async () => {
    const { stripe_webhook_secret } = world.ready;
    const unfollowed = eventOf('evt_unfollowed', 'customer.created', {
      id: 'cus_outside',
      object: 'customer',
    });
    expect((await send(unfollowed, sign(unfollowed, stripe_webhook_secret))).status).toBe(200);
    expect(await kept('evt_unfollowed')).toBe(0);
  });

  test('a bad signature, none at all, and an old one are 400', async () => {
    for (const signature of [sign(event, 'whsec_other'), 'nonsense', undefined]) {
      const answer = await send(event, signature);
      expect([answer.status, read(problemShape, answer).status]).toEqual([400, 400]);
    }
  });

  test('too large is 413', async () => {
    const large = JSON.stringify({ filler: 'x'.repeat(6_000_000) });
    expect((await send(large, sign(large, world.ready.stripe_webhook_secret))).status).toBe(413);
  });
});

test('health tells of its parts', async () => {
  const answer = await ask(new URL('/readyz', world.ready.api_url));
  expect([answer.status, Object.keys(JSON.parse(answer.text)).sort()]).toEqual([
    200,
    ['clock', 'postgres', 'queue', 'schema', 'stripe'],
  ]);
  expect((await ask(new URL('/livez', world.ready.api_url))).status).toBe(200);
  expect((await ask(new URL('/metrics', world.ready.api_url))).status).toBe(200);
});

describe('the simulator', () => {
  test('tells every request it was sent, with key, answer and time', async () => {
    const { customer } = await savedCard(world);
    const charge = await newCharge(world, customer);
    await chargeWhen(world, charge.id, 'succeeded');
    const entry = z.object({
      method: z.string(),
      path: z.string(),
      idempotency_key: z.string().nullable(),
      body: z.unknown(),
      status: z.int().nullable(),
      replayed: z.boolean(),
      at: z.iso.datetime(),
    });
    const requests = read(z.array(entry), await world.sim('GET', '/requests'));
    const ours = requests.filter(({ idempotency_key }) => idempotency_key?.includes(charge.id));
    expect(ours.map(({ idempotency_key, status }) => [idempotency_key, status])).toEqual([
      [`dc1:${charge.id}:create:1`, 200],
      [`dc1:${charge.id}:confirm:1`, 200],
    ]);
    const posts = requests.filter(({ method, path }) => method === 'POST' && !path.endsWith('/confirm'));
    expect(posts.filter(({ idempotency_key }) => !idempotency_key?.startsWith('dc1:'))).toEqual([]);
  });

  test('takes its faults as the specification spells them', async () => {
    const route = '/v1/payment_intents/{intent}/confirm';
    for (const [action, beside, told] of [
      ['delay 200', {}, { type: 'delay', ms: 200 }],
      ['delay', { ms: 200 }, { type: 'delay', ms: 200 }],
      ['status 500', {}, { type: 'status', status: 500 }],
      ['status', { status: 503, should_retry: false }, { type: 'status', status: 503, should_retry: false }],
      ['html_502', {}, { type: 'html_502' }],
      ['reset_after', {}, { type: 'reset_after' }],
    ] as const) {
      const made = await world.sim('POST', '/faults', { match: { route }, action, ...beside, times: 1 });
      const fault = JSON.parse(made.text);
      expect(fault).toMatchObject({ action: told, match: { route: '/v1/payment_intents/:id/confirm' } });
      expect((await world.sim('DELETE', `/faults/${fault.id}`)).status).toBe(200);
    }
    for (const action of ['explode', 'delay', 'status']) {
      expect((await world.sim('POST', '/faults', { match: { route }, action, times: 1 })).status).toBe(400);
    }
  });

  test('refuses payment_method_types', async () => {
    const fields = { amount: '100', currency: 'eur', 'payment_method_types[0]': 'card' };
    const answer = await world.stripe('POST', '/v1/payment_intents', fields);
    expect([answer.status, JSON.parse(answer.text).error.code]).toEqual([
      400,
      'payment_method_types_no_longer_supported',
    ]);
  });

  test('keeps accounts apart by their key', async () => {
    const other = 'sk_test_somebodyelse';
    await world.stripe('POST', '/v1/customers', { name: 'theirs' }, other);
    const url = new URL('/_sim/ledger', world.ready.stripe_url);
    const ledger = await ask(url, { headers: { authorization: `Bearer ${other}` } });
    expect(JSON.parse(ledger.text)).toEqual({ payment_intents: [], totals: [] });
  });
});

test('the test clock moves our time and the simulator’s together', async () => {
  const times = async () => {
    const [row] = await world.sql`select extract(epoch from dc_now())::float8 as now`;
    return [Number(row?.now), JSON.parse((await world.sim('GET', '/clock')).text).now as number];
  };
  const began_ms = performance.now();
  const [ours = 0, theirs = 0] = await times();
  expect((await world.advance(3_600)).status).toBe(200);
  const [later = 0, theirsLater = 0] = await times();
  // Both go on by themselves, and the simulator's tells whole seconds.
  const real_s = (performance.now() - began_ms) / 1_000 + 1;
  expect(later - ours).toBeGreaterThanOrEqual(3_600);
  expect(later - ours).toBeLessThanOrEqual(3_600 + real_s);
  expect(theirsLater - theirs).toBeGreaterThanOrEqual(3_600);
  expect(Math.abs(later - theirsLater - (ours - theirs))).toBeLessThanOrEqual(real_s);
  for (const advance_seconds of ['1', -1, null]) {
    const answer = await ask(new URL(world.ready.test_clock_url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ advance_seconds }),
    });
    expect(answer.status).toBe(400);
  }
});

test('the description of the API is at /docs', async () => {
  const page = await ask(new URL('/docs', world.ready.api_url));
  expect([200, 301, 302]).toContain(page.status);
});

describe('the database', () => {
  const NAMES = [
    ...['api_keys', 'charge_attempts', 'charges', 'consents', 'customers', 'deliveries', 'idempotency_keys'],
    ...['inbox_events', 'messages', 'payment_methods', 'recoveries', 'replacements', 'setups', 'transitions'],
  ];

  test('has the tables by their names, and guards what was agreed', async () => {
    const rows = await world.sql<{ name: string }[]>`
      select table_name as name from information_schema.tables
       where table_schema = 'public' and table_name in ${world.sql(NAMES)} order by 1`;
    expect(rows.map(({ name }) => name)).toEqual(NAMES);
    const { customer } = await savedCard(world);
    const { id } = await newCharge(world, customer);
    await chargeWhen(world, id, 'succeeded');
    for (const column of ['amount_minor', 'amount_received_minor']) {
      const update = world.sql`update charges set ${world.sql(column)} = 1 where id = ${id}`;
      await expect(update).rejects.toThrow();
    }
  });

  test('carries on when every table of the queue but its migrations is emptied', async () => {
    const { customer } = await savedCard(world);
    const charges = await Promise.all(Array.from({ length: 20 }, () => newCharge(world, customer)));
    const tables = await world.sql<{ name: string }[]>`
      select table_name as name from information_schema.tables
       where table_schema = 'bullmq' and table_type = 'BASE TABLE' and table_name not like '%migration%'`;
    expect(tables.length).toBeGreaterThan(0);
    const list = tables.map(({ name }) => `bullmq."${name}"`).join(', ');
    // A worker in the middle of a move may hold one table and want another: then one of the two is told of a deadlock.
    await eventually(
      () =>
        world.sql.unsafe(`truncate ${list}`).then(
          () => true,
          () => false,
        ),
      (isEmptied) => isEmptied,
    );
    for (const { id } of charges) {
      const paid = await eventually(
        () => readCharge(world, id, 20),
        ({ status }) => status === 'succeeded',
        60,
      );
      expect(paid.attempts).toHaveLength(1);
    }
    const ledger = z.object({ payment_intents: z.array(z.object({ successes: z.int() })) });
    const { payment_intents } = read(ledger, await world.sim('GET', '/ledger'));
    expect(payment_intents.filter(({ successes }) => successes > 1)).toEqual([]);
  });
});
