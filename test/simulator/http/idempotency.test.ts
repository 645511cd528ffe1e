import { describe, expect, it } from 'vitest';
import { chargeOffSession, savedCard, unconfirmed } from '../stage/flows.ts';
import { type Account, openSimulator, refusal } from '../stage/open-simulator.ts';

const opened = openSimulator();
const plain = { amount: 1000, currency: 'eur' };

type Answer = { status: number; body: string; headers: Headers };

/** One POST as text, so that a replay can be compared byte for byte. */
async function post(account: Account, path: string, body: string, key?: string): Promise<Answer> {
  const answer = await opened.raw(path, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Bearer ${account.key}`,
      ...(key !== undefined && { 'idempotency-key': key }),
    },
  });
  return { status: answer.status, body: await answer.text(), headers: answer.headers };
}

function replayed(answer: Answer): boolean {
  return answer.headers.get('idempotent-replayed') === 'true';
}

describe('an answer stored under its key', () => {
  it('is replayed byte for byte, marked, and named after the first request', async () => {
    const account = opened.account();
    const first = await post(account, '/v1/payment_intents', 'amount=1000&currency=eur', 'k');
    const second = await post(account, '/v1/payment_intents', 'amount=1000&currency=eur', 'k');
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body).toBe(first.body);
    expect([replayed(first), replayed(second)]).toEqual([false, true]);
    expect(second.headers.get('original-request')).toBe(first.headers.get('request-id'));
    expect(second.headers.get('request-id')).not.toBe(first.headers.get('request-id'));
    expect((await account.stripe.paymentIntents.list()).data).toHaveLength(1);
  });

  it('is found again whatever the order of the parameters', async () => {
    const account = opened.account();
    const first = await post(account, '/v1/payment_intents', 'amount=1000&currency=eur&metadata[a]=b', 'k');
    const second = await post(account, '/v1/payment_intents', 'metadata[a]=b&currency=eur&amount=1000', 'k');
    expect(second.body).toBe(first.body);
    expect(replayed(second)).toBe(true);
  });

  it('is the answer as it was, even when the object has moved on', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    const create = () =>
      stripe.paymentIntents.create({ ...plain, ...saved }, { idempotencyKey: 'before-the-confirm' });
    const intent = await create();
    await stripe.paymentIntents.confirm(intent.id, { off_session: true });
    expect((await create()).status).toBe('requires_confirmation');
  });

  it('replays a decline: a real retry needs a new key', async () => {
    const { stripe, key } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    await opened.sim.control.script(saved.payment_method, ['insufficient_funds', 'succeed']);
    const { id } = await unconfirmed(stripe, saved);
    const confirm = (idempotencyKey: string) =>
      stripe.paymentIntents.confirm(id, { off_session: true, ...onlyMethod(saved) }, { idempotencyKey });
    const [first, second] = [await refusal(confirm('one')), await refusal(confirm('one'))];
    expect([first.statusCode, second.statusCode]).toEqual([402, 402]);
    expect(bodyOf(second)).toEqual(bodyOf(first));
    expect(second.headers?.['idempotent-replayed']).toBe('true');
    expect((await confirm('two')).status).toBe('succeeded');
    expect((await refusal(confirm('one'))).statusCode).toBe(402);
    const [ledger] = (await opened.sim.control.ledger(key)).payment_intents;
    expect(ledger).toMatchObject({ confirms: 2, successes: 1 });
  });

  it('replays a 500', async () => {
    const account = opened.account();
    const match = { method: 'POST', route: '/v1/payment_intents', key: 'five-hundred' };
    await opened.sim.control.faults({ match, action: { type: 'status', status: 500 }, times: 1 });
    const first = await post(account, '/v1/payment_intents', 'amount=1000&currency=eur', 'five-hundred');
    const second = await post(account, '/v1/payment_intents', 'amount=1000&currency=eur', 'five-hundred');
    expect([first.status, second.status]).toEqual([500, 500]);
    expect(JSON.parse(first.body).error.type).toBe('api_error');
    expect([second.body, replayed(second)]).toEqual([first.body, true]);
  });

  it('replays a 400 of an object in the wrong state', async () => {
    const account = opened.account();
    const { stripe } = account;
    const saved = await savedCard(stripe, opened.sim);
    const paid = await chargeOffSession(stripe, saved);
    const path = `/v1/payment_intents/${paid.id}/confirm`;
    const first = await post(account, path, 'off_session=true', 'too-late');
    const second = await post(account, path, 'off_session=true', 'too-late');
    expect([first.status, replayed(first)]).toEqual([400, false]);
    expect([second.body, replayed(second)]).toEqual([first.body, true]);
  });

  it('is forgotten after 24 hours: the same key executes again', async () => {
    const account = opened.account();
    const create = () => post(account, '/v1/customers', 'name=x', 'a-day');
    const first = await create();
    await opened.advance(24 * 3600 - 60);
    expect((await create()).body).toBe(first.body);
    await opened.advance(120);
    const later = await create();
    expect(replayed(later)).toBe(false);
    expect(JSON.parse(later.body).id).not.toBe(JSON.parse(first.body).id);
  });
});

/** The error as it was on the wire, without what the SDK notes about the one answer. */
function bodyOf({ raw }: { raw: unknown }): object {
  const { headers: _, requestId: __, ...body } = raw as Record<string, unknown>;
  return body;
}

function onlyMethod(saved: { payment_method: string }): { payment_method: string } {
  return { payment_method: saved.payment_method };
}

describe('what is never stored', () => {
  it('a validation error: the same key works with corrected parameters', async () => {
    const account = opened.account();
    const bodies = [
      'amount=ten&currency=eur',
      'currency=eur',
      'amount=1000&currency=eur&colour=red',
      'amount=10&currency=eur',
      'amount=1000&currency=eur&customer=cus_none',
      'amount=1000&currency=eur&payment_method_types[0]=card',
      'amount=1000&currency=eur&off_session=true',
    ];
    for (const body of bodies) {
      const answer = await post(account, '/v1/payment_intents', body, 'validated');
      expect([body, answer.status, replayed(answer)]).toEqual([body, 400, false]);
      expect(JSON.parse(answer.body).error.type).toBe('invalid_request_error');
    }
    const corrected = await post(account, '/v1/payment_intents', 'amount=1000&currency=eur', 'validated');
    expect([corrected.status, replayed(corrected)]).toEqual([200, false]);
  });

  it('a 401', async () => {
    const account = opened.account();
    const nobody = { ...account, key: 'sk_live_no' };
    expect((await post(nobody, '/v1/customers', 'name=x', 'who')).status).toBe(401);
    const answer = await post(account, '/v1/customers', 'name=x', 'who');
    expect([answer.status, replayed(answer)]).toEqual([200, false]);
  });

  it('a 404 of an unknown route', async () => {
    const account = opened.account();
    expect((await post(account, '/v1/nothing', 'name=x', 'where')).status).toBe(404);
    const answer = await post(account, '/v1/customers', 'name=x', 'where');
    expect([answer.status, replayed(answer)]).toEqual([200, false]);
  });

  it.each(['rate_limit', 'lock_timeout'] as const)('a 429 of %s', async (action) => {
    const account = opened.account();
    await opened.sim.control.faults({ match: { key: `limited-${action}` }, action, times: 1 });
    const create = () => post(account, '/v1/customers', 'name=x', `limited-${action}`);
    expect((await create()).status).toBe(429);
    const answer = await create();
    expect([answer.status, replayed(answer)]).toEqual([200, false]);
  });

  it('a 409: once the first request is done, the same key replays it', async () => {
    const account = opened.account();
    await opened.sim.control.faults({
      match: { key: 'busy' },
      action: { type: 'delay', ms: 1_000 },
      times: 1,
    });
    const create = () => post(account, '/v1/customers', 'name=x', 'busy');
    const first = create();
    await begun('busy');
    const second = await create();
    expect(second.status).toBe(409);
    expect(JSON.parse(second.body).error).toMatchObject({
      type: 'idempotency_error',
      code: 'idempotency_key_in_use',
    });
    const third = await first.then(create);
    expect([third.status, third.body, replayed(third)]).toEqual([200, (await first).body, true]);
  });

  it('the answer to a GET: a key on it has no effect', async () => {
    const { stripe } = opened.account();
    const { id } = await stripe.customers.create({ name: 'before' });
    const read = () => stripe.customers.retrieve(id, { expand: [] }, { idempotencyKey: 'reading' });
    await read();
    await stripe.customers.update(id, { name: 'after' });
    expect(await read()).toMatchObject({ name: 'after' });
  });
});

/**
 * Waits until the fault that delays the request under `key` has fired, so that the request is being
 * executed.
 */
async function begun(key: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline) {
    const answer = await fetch(`${opened.sim.url}/_sim/faults`);
    const faults = (await answer.json()) as { match: { key?: string }; fired: number }[];
    if (faults.some((each) => each.match.key === key && each.fired > 0)) return;
  }
  throw new Error(`no request under ${key} has begun`);
}

describe('a key', () => {
  it('used with other parameters, another path or another object is refused with 400', async () => {
    const account = opened.account();
    await post(account, '/v1/payment_intents', 'amount=1000&currency=eur', 'taken');
    const others: [string, string][] = [
      ['/v1/payment_intents', 'amount=1001&currency=eur'],
      ['/v1/payment_intents', 'amount=1000&currency=eur&metadata[a]=b'],
      ['/v1/setup_intents', 'amount=1000&currency=eur'],
    ];
    for (const [path, body] of others) {
      const answer = await post(account, path, body, 'taken');
      const { error } = JSON.parse(answer.body);
      expect([answer.status, error.type, error.code]).toEqual([400, 'idempotency_error', undefined]);
      expect(replayed(answer)).toBe(false);
    }
    const again = await post(account, '/v1/payment_intents', 'amount=1000&currency=eur', 'taken');
    expect([again.status, replayed(again)]).toEqual([200, true]);
  });

  it('belongs to its account', async () => {
    const [one, two] = [opened.account(), opened.account()];
    const first = await post(one, '/v1/customers', 'name=x', 'shared');
    const second = await post(two, '/v1/customers', 'name=y', 'shared');
    expect([first.status, second.status, replayed(second)]).toEqual([200, 200, false]);
  });

  it('of 255 characters is taken, a longer one is refused', async () => {
    const account = opened.account();
    expect((await post(account, '/v1/customers', 'name=x', 'k'.repeat(255))).status).toBe(200);
    expect((await post(account, '/v1/customers', 'name=x', 'k'.repeat(256))).status).toBe(400);
  });

  it('left out makes every request its own', async () => {
    const account = opened.account();
    await post(account, '/v1/customers', 'name=x');
    await post(account, '/v1/customers', 'name=x');
    expect((await account.stripe.customers.list()).data).toHaveLength(2);
  });

  it('is on the events that its request caused', async () => {
    const { stripe } = opened.account();
    const intent = await stripe.paymentIntents.create(plain, { idempotencyKey: 'the-cause' });
    const [event] = (await stripe.events.list({ type: 'payment_intent.created' })).data;
    expect(event?.request).toEqual({ id: intent.lastResponse.requestId, idempotency_key: 'the-cause' });
    expect(event?.api_version).toBe('2026-10-28.endive');
  });
});
