/**
 * The API is killed at every place that a merchant's request, Stripe's webhook or a customer's press passes: whoever
 * got no answer asks again, and finds exactly one of what they asked for.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { NodeProcess } from '../../../sandbox/node-process.ts';
import { endOf } from '../../harness/children.ts';
import { markStartsWorker, queueBackend } from '../../harness/services/services.ts';
import { type Stack, startStack } from '../../harness/stack.ts';
import { until } from '../../harness/until.ts';
import { createBrowser, offers } from '../recovery/recovery-world.ts';

/** Where a webhook of an earlier test, tried again, would be the one that dies. */
const PASSED_BY_WEBHOOKS = /^(?:inbox|offer)\./;
/** What the last try of a webhook may be away. */
const LAST_RETRY_S = 25;

let stack: Stack;
let api: NodeProcess;
let worker: NodeProcess;
let kills = 0;

beforeAll(async () => {
  stack = await startStack();
  [api, worker] = await Promise.all([stack.startApi(), stack.startWorker()]);
});

// Whatever a test came to, the next one finds it at work.
afterEach(async () => {
  if (!worker.isRunning()) worker = await stack.startWorker();
});

afterAll(async () => {
  console.log(`kills of the API on ${queueBackend()}: ${kills}`);
  await stack.close();
});

/** Has the API die at `place` while something asks it, and starts the next one. */
async function killAt(place: string, ask: () => Promise<unknown>): Promise<void> {
  markStartsWorker();
  const allCame = async () => {
    const { undelivered, retrying } = await stack.simulator.control.state();
    if (retrying > 0) await stack.advance(LAST_RETRY_S);
    return undelivered + retrying === 0;
  };
  if (PASSED_BY_WEBHOOKS.test(place)) await until('all webhooks have come', allCame);
  await api.stop(5_000);
  api = await stack.startApi({ failpoints: `${place}:kill` });
  // An answer that was on its way may have arrived; nobody relies on it.
  const asked = ask().catch(() => undefined);
  const end = await endOf(api);
  expect({ signal: end.signal, code: end.code }).toEqual({ signal: 'SIGKILL', code: null });
  await asked;
  const hit = JSON.stringify({ event: 'failpoint.hit', failpoint: place });
  await expect.poll(() => stack.linesOf(api).filter((line) => line === hit)).toHaveLength(1);
  kills += 1;
  api = await stack.startApi();
}

const chargeOf = (customer: string) => ({
  customer,
  amount: 1_250,
  currency: 'eur',
  description: 'Power in October',
});

const statusIs = (id: string, status: string, detail?: string) =>
  until(`${id} is ${status}`, async () => {
    const { body } = await stack.api.get(`/v1/charges/${id}`);
    return body.status === status && (detail === undefined || body.detail === detail);
  });

async function toldOf(id: string): Promise<string[]> {
  const rows = await stack.sql`select type from events
    where object_id = ${id} and type like 'charge.%' and type not in ('charge.created', 'charge.attempt_failed')
    order by id`;
  return rows.map((row) => String(row.type));
}

describe('a charge whose API is killed', () => {
  test.each([
    ['intake.before', null],
    ['intake.after_effect', 'true'],
    ['offer.before', 'true'],
    ['offer.after_effect', 'true'],
    ['offer.after', 'true'],
  ] as const)('at %s is there once when it is asked for again, and paid once', async (place, replayed) => {
    const { customer_id } = await stack.customer('pm_card_visa');
    const key = randomUUID();
    const charges = () => stack.sql`select id from charges where customer_id = ${customer_id}`;
    await killAt(place, () => stack.api.post('/v1/charges', chargeOf(customer_id), key));
    expect(await charges()).toHaveLength(replayed === null ? 0 : 1);

    const again = await stack.api.post('/v1/charges', chargeOf(customer_id), key);

    expect(again.status).toBe(202);
    expect(again.headers.get('idempotent-replayed')).toBe(replayed);
    await statusIs(again.body.id, 'succeeded');
    expect(await charges()).toEqual([{ id: again.body.id }]);
    expect(await stack.ledger(again.body.id)).toMatchObject([{ successes: 1, confirms: 1 }]);
  });

  test.each(['close.before', 'close.after_effect'] as const)(
    'at %s while the merchant cancels is canceled once, and nothing was taken',
    async (place) => {
      const { customer_id } = await stack.customer('pm_card_visa', ['insufficient_funds']);
      const { body } = await stack.api.post('/v1/charges', chargeOf(customer_id));
      await statusIs(body.id, 'processing', 'retry_scheduled');
      await killAt(place, () => stack.api.post(`/v1/charges/${body.id}/cancel`));

      const again = await stack.api.post(`/v1/charges/${body.id}/cancel`);

      // The wish that was written may have come true by now.
      expect([202, 409]).toContain(again.status);
      await statusIs(body.id, 'canceled');
      expect(await stack.ledger(body.id)).toMatchObject([{ status: 'canceled', successes: 0 }]);
      expect(await toldOf(body.id)).toEqual(['charge.canceled']);
    },
  );
});

describe('a webhook whose API is killed', () => {
  test.each([
    ['inbox.intake.before', 0],
    ['inbox.intake.after_effect', 1],
  ] as const)('at %s comes again, and is one row that is applied once', async (place, kept) => {
    const { customer_id } = await stack.customer('pm_card_visa');
    const { body } = await stack.api.post('/v1/charges', chargeOf(customer_id));
    await statusIs(body.id, 'succeeded');
    const [intent] = await stack.ledger(body.id);
    const rows = () => stack.sql<{ id: string; carrier: string; state: string }[]>`
      select id, carrier, state from inbox_events
      where object_id = ${intent?.id ?? ''} and type = 'payment_intent.succeeded'`;
    const event = await until('the event is applied', async () => {
      const [row] = await rows();
      return row?.state === 'applied' ? row.id : null;
    });
    // Its janitor would bring the same event from Stripe's list, and it would miss the row that it has just written.
    await worker.stop(10_000);
    await stack.sql`delete from inbox_events where id = ${event}`;
    let keptThen = -1;
    await killAt(place, async () => {
      await stack.simulator.control.resend(event);
      await until('the API is gone', () => !api.isRunning());
      keptThen = (await rows()).length;
    });
    expect(keptThen).toBe(kept);

    // Answered by nobody, it is sent again.
    await stack.simulator.control.resend(event);
    await until('it came again', async () => (await rows()).length === 1);
    worker = await stack.startWorker();
    await until('it is applied', async () => (await rows())[0]?.state === 'applied');

    expect(await rows()).toEqual([{ id: event, carrier: 'webhook', state: 'applied' }]);
    expect(await toldOf(body.id)).toEqual(['charge.succeeded']);
  });
});

describe('a press for another card whose API is killed', () => {
  test.each(['setup.create.before', 'setup.create.after_effect', 'setup.bind.after_effect'])(
    'at %s leads to one Checkout Session when it is pressed again',
    async (place) => {
      const { customer_id } = await stack.customer('pm_card_visa', ['expired_card']);
      const { body } = await stack.api.post('/v1/charges', chargeOf(customer_id));
      const link = await until('the mail with the link', () =>
        stack.inbox
          .messages()
          .find(({ to }) => to === `${customer_id}@example.test`)
          ?.links.find((address) => address.includes('/r/')),
      );
      const browser = createBrowser();
      await killAt(place, async () => browser.press(await browser.get(link), 'replace'));
      const page = await until('the page with the button', async () => {
        const shown = await browser.get(link).catch(() => null);
        return shown !== null && offers(shown, 'replace') ? shown : null;
      });

      const checkout = await browser.press(page, 'replace');

      expect(offers(checkout, 'checkout-pay')).toBe(true);
      const sessions = await stack.sql`
        select id, number, stripe_checkout_session_id is not null as bound from replacements
        where charge_id = ${body.id}`;
      expect(sessions).toMatchObject([{ number: 1, bound: true }]);
      const requests = await stack.simulator.control.requests(stack.secrets.stripe_secret_key);
      const made = requests.filter(
        ({ idempotency_key }) => idempotency_key === `dc1:${sessions[0]?.id}:create:1`,
      );
      expect(new Set(made.map((request) => request.body)).size).toBe(1);
    },
  );
});
