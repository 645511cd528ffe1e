import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { beforeEach, describe, expect, it } from 'vitest';
import { startSimulator } from '../../simulator/index.ts';
import { chargeOffSession, savedCard } from './stage/flows.ts';
import { eventually, openSimulator, refusal } from './stage/open-simulator.ts';
import { closeServer } from './stage/schema-check.ts';

const opened = openSimulator();

beforeEach(async () => {
  await opened.sim.control.webhooks({ shuffle: false, duplicateRate: 0, delayMs: 0, paused: false });
  await opened.advance(3_600);
  opened.inbox.deliveries.length = 0;
});

/** Deliveries of events about this object that have arrived so far. */
function about(id: string) {
  return opened.inbox.deliveries.filter((each) => (each.event.data.object as { id?: string }).id === id);
}

async function arrived(id: string, count: number) {
  return eventually(`${count} deliveries about ${id}`, () => {
    const found = about(id);
    return found.length >= count ? found : undefined;
  });
}

describe('an event', () => {
  it('is a snapshot of the object at its moment, in our API version, with its cause', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    const options = { idempotencyKey: 'the-cause' };
    const { id, lastResponse } = await chargeOffSession(stripe, saved, {}, options);
    await arrived(id, 2);
    const types = Object.fromEntries(about(id).map(({ event }) => [event.type, event]));
    // Created before it was confirmed: a real event shows the state of that moment, not of the delivery.
    expect(types['payment_intent.created']?.data.object).toMatchObject({
      latest_charge: null,
      amount_received: 0,
    });
    expect(types['payment_intent.succeeded']).toMatchObject({
      object: 'event',
      api_version: '2026-10-28.endive',
      livemode: false,
      request: { id: lastResponse.requestId, idempotency_key: 'the-cause' },
      data: { object: { id, status: 'succeeded', amount_received: 2000 } },
    });
  });

  it('has no request when a timer or the bank page caused it', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim, 'pm_card_authenticationRequired');
    const [setup] = (await stripe.setupIntents.list({ customer: saved.customer })).data;
    const found = await arrived(setup?.id ?? '', 3);
    const succeeded = found.find(({ event }) => event.type === 'setup_intent.succeeded');
    expect(succeeded?.event.request).toEqual({ id: null, idempotency_key: null });
  });

  it('says what an update changed', async () => {
    const { stripe } = opened.account();
    const customer = await stripe.customers.create({ name: 'before', metadata: { a: '1' } });
    await stripe.customers.update(customer.id, { name: 'after', metadata: { b: '2' } });
    await arrived(customer.id, 2);
    const updated = about(customer.id).find(({ event }) => event.type === 'customer.updated');
    expect(updated?.event.data.previous_attributes).toMatchObject({ name: 'before' });
    expect(updated?.event.data.previous_attributes).not.toHaveProperty('email');
  });

  it('can be read and listed, and counts the webhooks it still owes', async () => {
    const { stripe } = opened.account();
    const { id } = await stripe.customers.create({ name: 'x' });
    const [delivery] = await arrived(id, 1);
    const read = await eventually('the webhook counted', async () => {
      const event = await stripe.events.retrieve(delivery?.event.id ?? '');
      return event.pending_webhooks === 0 ? event : undefined;
    });
    expect(read.data.object).toEqual(delivery?.event.data.object);
    expect((await stripe.events.list({ delivery_success: true })).data.map((each) => each.id)).toEqual([
      read.id,
    ]);
    expect((await stripe.events.list({ delivery_success: false })).data).toEqual([]);
  });
});

describe('a delivery', () => {
  it("is signed so that Stripe's own code accepts it, and refuses it when one byte differs", async () => {
    const { stripe } = opened.account();
    const { id } = await stripe.customers.create();
    const [delivery] = await arrived(id, 1);
    if (delivery === undefined) throw new Error('no delivery');
    const signature = String(delivery.headers['stripe-signature']);
    expect(signature).toMatch(/^t=\d{10},v1=[0-9a-f]{64}$/);
    expect(delivery.headers['content-type']).toMatch(/^application\/json/);
    expect(delivery.headers['user-agent']).toBe('Stripe/1.0 (+https://stripe.com/docs/webhooks)');
    // With the default tolerance of 300 s: the stamp is the machine's time, whatever the simulator's.
    const verified = Stripe.webhooks.constructEvent(delivery.raw, signature, opened.inbox.secret);
    expect(verified.id).toBe(delivery.event.id);
    for (const [raw, secret] of [
      [delivery.raw.replace('customer', 'custome_'), opened.inbox.secret],
      [delivery.raw, `${opened.inbox.secret}x`],
      [delivery.raw, opened.inbox.secret.replace('whsec_', '')],
    ] as const) {
      expect(() => Stripe.webhooks.constructEvent(raw, signature, secret)).toThrow(/signature/i);
    }
  });

  it.each([[500], [404], [302]])('answered %i is tried again with the same bytes', async (status) => {
    const { stripe } = opened.account();
    opened.inbox.answerWith(status);
    const { id } = await stripe.customers.create();
    await arrived(id, 1);
    await eventually('the answer logged', async () => {
      const log = await opened.sim.control.deliveries();
      return log.some((each) => each.status === status) || undefined;
    });
    await opened.advance(1);
    const [first, second] = await arrived(id, 2);
    expect(second?.raw).toBe(first?.raw);
    expect([first?.status, second?.status]).toEqual([status, 200]);
    await opened.advance(60);
    expect(about(id)).toHaveLength(2);
  });

  it('is tried four times in all, after 1, 5 and 25 seconds, and then given up', async () => {
    const { stripe, key } = opened.account();
    opened.inbox.answerWith(500, 500, 500, 500);
    const { id } = await stripe.customers.create();
    await arrived(id, 1);
    await attempts(key, 1);
    for (const [seconds, before, after] of [
      [1, 1, 2],
      [4, 2, 2],
      [1, 2, 3],
      [24, 3, 3],
      [1, 3, 4],
      [100_000, 4, 4],
    ] as const) {
      expect(about(id)).toHaveLength(before);
      await opened.advance(seconds);
      await attempts(key, after);
      expect(about(id)).toHaveLength(after);
    }
    expect((await opened.sim.control.deliveries(key)).map((each) => each.attempt)).toEqual([1, 2, 3, 4]);
  });

  it('can be asked for again by hand', async () => {
    const { stripe } = opened.account();
    const { id } = await stripe.customers.create();
    const [first] = await arrived(id, 1);
    await opened.sim.control.resend(first?.event.id ?? '');
    const [, again] = await arrived(id, 2);
    expect(again?.raw).toBe(first?.raw);
  });
});

async function attempts(key: string, count: number): Promise<void> {
  await eventually(`${count} logged attempts`, async () => {
    const log = await opened.sim.control.deliveries(key);
    return log.filter((each) => each.status !== null || each.error !== null).length >= count || undefined;
  });
}

describe('webhook weather', () => {
  it('doubles what it is told to double', async () => {
    await opened.sim.control.webhooks({ duplicateRate: 1 });
    const { stripe } = opened.account();
    const { id } = await stripe.customers.create();
    const [first, second] = await arrived(id, 2);
    expect(second?.event.id).toBe(first?.event.id);
    const log = await opened.sim.control.deliveries();
    expect(log.some((each) => each.event === first?.event.id && each.duplicate)).toBe(true);
  });

  it('holds everything back while paused, and delivers it afterwards', async () => {
    await opened.sim.control.webhooks({ paused: true });
    const { stripe } = opened.account();
    const { id } = await stripe.customers.create();
    await opened.advance(60);
    expect(about(id)).toEqual([]);
    await opened.sim.control.webhooks({ paused: false });
    await arrived(id, 1);
  });

  it('delays by simulator time', async () => {
    await opened.sim.control.webhooks({ delayMs: 30_000 });
    const { stripe } = opened.account();
    const { id } = await stripe.customers.create();
    await opened.advance(29);
    expect(about(id)).toEqual([]);
    await opened.advance(2);
    await arrived(id, 1);
  });

  it('delivers out of order when shuffled, and loses nothing', async () => {
    await opened.sim.control.webhooks({ shuffle: true });
    const { stripe, key } = opened.account();
    const ids: string[] = [];
    for (let n = 0; n < 25; n += 1) ids.push((await stripe.customers.create({ name: `${n}` })).id);
    await opened.advance(60);
    await eventually('all of them', () => ids.every((id) => about(id).length === 1) || undefined);
    const order = opened.inbox.deliveries.map((each) => (each.event.data.object as { id: string }).id);
    expect(order.filter((id) => ids.includes(id))).not.toEqual(ids);
    expect((await opened.sim.control.deliveries(key)).some((each) => each.reordered)).toBe(true);
  });
});

describe('an endpoint made over the API', () => {
  it('is signed with the secret told at its creation, and hears only what it enabled', async () => {
    const { stripe, key } = opened.account();
    const endpoint = await stripe.webhookEndpoints.create({
      url: `${opened.inbox.url}/second`,
      enabled_events: ['customer.deleted'],
      description: 'ours',
    });
    expect(endpoint).toMatchObject({ object: 'webhook_endpoint', status: 'enabled', description: 'ours' });
    expect(endpoint.secret).toMatch(/^whsec_/);
    expect(await stripe.webhookEndpoints.retrieve(endpoint.id)).not.toHaveProperty('secret');
    const customer = await stripe.customers.create();
    await stripe.customers.del(customer.id);
    const mine = await eventually('a delivery to the endpoint', async () => {
      const log = await opened.sim.control.deliveries(key);
      const found = log.filter((each) => each.url.endsWith('/second'));
      return found.length > 0 ? found : undefined;
    });
    expect(mine.map((each) => each.type)).toEqual(['customer.deleted']);
    // The inbox knows one secret only, so it has refused what the other endpoint's secret signed.
    expect(opened.inbox.takeComplaints().join()).toContain('signature');
    const disabled = await stripe.webhookEndpoints.update(endpoint.id, { disabled: true });
    expect(disabled.status).toBe('disabled');
    expect((await stripe.webhookEndpoints.list()).data).toHaveLength(1);
    expect(await stripe.webhookEndpoints.del(endpoint.id)).toMatchObject({ deleted: true });
    expect(await refusal(stripe.webhookEndpoints.retrieve(endpoint.id))).toMatchObject({ statusCode: 404 });
  });
});

describe('a secret that is being rolled', () => {
  it('signs twice, so that the old and the new one both verify', async () => {
    const received: { raw: string; signature: string }[] = [];
    const server = createServer(async (request, answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const signature = String(request.headers['stripe-signature']);
      received.push({ raw: Buffer.concat(chunks).toString(), signature });
      answer.end();
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const secrets = ['whsec_new', 'whsec_old'];
    const sim = await startSimulator({
      webhooks: [{ url, secret: secrets, enabled_events: ['customer.deleted'] }],
    });
    const stripe = new Stripe('sk_test_rolled', { ...sim.stripeOptions, telemetry: false });
    const { id } = await stripe.customers.create();
    await stripe.customers.del(id);
    const { raw, signature } = await eventually('the delivery', () => received[0]);
    expect(signature).toMatch(/^t=\d+,v1=[0-9a-f]{64},v1=[0-9a-f]{64}$/);
    for (const secret of secrets) {
      expect(Stripe.webhooks.constructEvent(raw, signature, secret).type).toBe('customer.deleted');
    }
    expect(() => Stripe.webhooks.constructEvent(raw, signature, 'whsec_other')).toThrow(/signature/i);
    expect(received).toHaveLength(1);
    await sim.close();
    await closeServer(server);
  });
});

describe('the retries of live mode', () => {
  const live = openSimulator({ retryProfile: 'live' });

  it('go on for days', async () => {
    const { stripe, key } = live.account();
    live.inbox.answerWith(...Array<number>(8).fill(500));
    await stripe.customers.create();
    const log = async () => (await live.sim.control.deliveries(key)).filter((each) => each.status !== null);
    await eventually('the first try', async () => ((await log()).length === 1 ? true : undefined));
    await live.advance(4 * 60);
    expect(await log()).toHaveLength(1);
    await live.advance(2 * 60);
    await eventually('the second try', async () => ((await log()).length === 2 ? true : undefined));
    await live.advance(3 * 86_400);
    const tries = await log();
    expect(tries.length).toBeGreaterThanOrEqual(4);
  });
});
