/** Reads take from the account's budget (docs/protocol.md, 15.1). */
import { afterEach, expect, test } from 'vitest';
import { createStripe, type ReadBudget } from '../../../src/stripe/client.ts';
import { confirmBody } from '../../../src/stripe/form.ts';
import { confirmPaymentIntent, retrievePaymentIntent } from '../../../src/stripe/payment-intents.ts';
import { listRefunds } from '../../../src/stripe/refunds/refunds.ts';
import { type Behaviour, json, openRawServer } from './raw-server.ts';

const INTENT = { id: 'pi_1', object: 'payment_intent', status: 'succeeded' };
const ATTEMPT = {
  ...{ id: 'pi_1', key: 'dc1:chg_1:confirm:1', api_version: '2026-10-28.endive' },
  body: confirmBody({ kind: 'off_session', payment_method: 'pm_1' }),
};
const LONG_MS = 60_000;

const closers: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function open(
  budget: Partial<ReadBudget>,
  timeoutMs: number,
  ...behaviours: [Behaviour, ...Behaviour[]]
) {
  const server = await openRawServer(...behaviours);
  const stripe = createStripe({
    ...{ secretKey: 'sk_test_1', apiUrl: server.url, timeoutMs, livemode: false },
    budget: { take: async () => {}, exceeded: () => {}, ...budget },
  });
  closers.push(stripe.close, server.close);
  return { stripe, received: server.received };
}

test('every read takes once before it is sent, each page of a list too; a write has taken before', async () => {
  const seen: string[] = [];
  const take = async (operation: string) => void seen.push(operation);
  const refund = (id: string) => ({ object: 'refund', id, amount: 1, status: 'succeeded' });
  const { stripe, received } = await open(
    { take },
    LONG_MS,
    json(200, { object: 'list', data: [refund('re_2')], has_more: true }),
    json(200, { object: 'list', data: [refund('re_1')], has_more: false }),
    json(200, INTENT),
  );

  await listRefunds(stripe, 'pi_1');
  await retrievePaymentIntent(stripe, 'pi_1');
  await confirmPaymentIntent(stripe, ATTEMPT);

  expect(seen).toEqual(['refunds.list', 'refunds.list', 'payment_intents.retrieve']);
  expect(received).toHaveLength(4);
});

test('a read that gets nothing before its deadline is never sent, and leaves the line', async () => {
  let left = false;
  const take = (_operation: string, signal: AbortSignal) =>
    new Promise<void>((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        left = true;
        reject(signal.reason);
      });
    });
  const { stripe, received } = await open({ take }, 20, json(200, INTENT));

  expect(await retrievePaymentIntent(stripe, 'pi_1')).toMatchObject({
    kind: 'indeterminate',
    reason: 'timeout',
  });
  expect([left, received]).toEqual([true, []]);
});

test('a budget that cannot be had is an answer that did not come', async () => {
  const take = async () => {
    throw new Error('no database');
  };
  const { stripe, received } = await open({ take }, LONG_MS, json(200, INTENT));

  expect(await retrievePaymentIntent(stripe, 'pi_1')).toMatchObject({ kind: 'indeterminate' });
  expect(received).toEqual([]);
});

test('whatever Stripe answers 429 to is told, a read or a write', async () => {
  const over: string[] = [];
  const exceeded = (operation: string) => void over.push(operation);
  const limited = json(429, { error: { type: 'invalid_request_error', code: 'rate_limit' } });
  const { stripe } = await open({ exceeded }, LONG_MS, limited, limited, json(200, INTENT));

  await retrievePaymentIntent(stripe, 'pi_1');
  await confirmPaymentIntent(stripe, ATTEMPT);
  await retrievePaymentIntent(stripe, 'pi_1');

  expect(over).toEqual(['payment_intents.retrieve', 'payment_intents.confirm']);
});
