/** Confirms under every fault of the simulator: what we hear, and that the card is charged once. */
import { describe, expect, it } from 'vitest';
import { afterEarlierSending } from '../../../src/stripe/answer.ts';
import { confirmPaymentIntent, retrievePaymentIntent } from '../../../src/stripe/payment-intents.ts';
import { done, ledgerOf, openAccount, startCharge } from './stripe-account.ts';

const account = openAccount();
const CONFIRM_ROUTE = '/v1/payment_intents/{id}/confirm';

describe('a fault on the way', () => {
  it.each(['reset_before', 'reset_after'] as const)(
    '%s: the SDK sends again, and it charges once',
    async (action) => {
      const { intent, attempt } = await startCharge(account);
      await account.sim.control.faults({ match: { id: intent.id, route: CONFIRM_ROUTE }, action });
      const answer = await confirmPaymentIntent(account.stripe, attempt);
      expect(answer).toMatchObject({ kind: 'ok', replayed: action === 'reset_after' });
      expect(await ledgerOf(account, intent.id)).toMatchObject({ successes: 1 });
    },
  );

  it.each([
    ['hang_after', 'timeout'],
    ['partial_body', 'connection'],
  ] as const)('%s is indeterminate, and the same key then tells that it was done', async (action, reason) => {
    const { intent, attempt } = await startCharge(account);
    await account.sim.control.faults({ match: { id: intent.id, route: CONFIRM_ROUTE }, action });
    expect(await confirmPaymentIntent(account.stripe, attempt)).toMatchObject({
      kind: 'indeterminate',
      reason,
    });
    expect(await confirmPaymentIntent(account.stripe, attempt)).toMatchObject({ kind: 'ok', replayed: true });
    expect(await ledgerOf(account, intent.id)).toMatchObject({ successes: 1, confirms: 1 });
  });

  it('a 500 after execution stays indeterminate under its key, and the object tells the truth', async () => {
    const { intent, attempt } = await startCharge(account);
    await account.sim.control.faults({
      match: { id: intent.id, route: CONFIRM_ROUTE },
      action: { type: 'status', status: 500, effect: 'commit' },
    });
    const first = await confirmPaymentIntent(account.stripe, attempt);
    expect(first).toMatchObject({
      kind: 'indeterminate',
      reason: 'server_error',
      status: 500,
      replayed: false,
    });
    const second = await confirmPaymentIntent(account.stripe, attempt);
    expect(second).toMatchObject({
      kind: 'indeterminate',
      reason: 'server_error',
      status: 500,
      replayed: true,
    });
    const read = await done(retrievePaymentIntent(account.stripe, intent.id));
    expect(read).toMatchObject({ status: 'succeeded', amount_received_minor: 1299 });
  });

  it.each([
    ['rate_limit', { kind: 'not_executed', reason: 'rate_limited' }],
    ['lock_timeout', { kind: 'not_executed', reason: 'locked' }],
    ['html_502', { kind: 'indeterminate', reason: 'server_error', status: 502 }],
  ] as const)('%s is told apart, and the same key then charges', async (action, heard) => {
    const { intent, attempt } = await startCharge(account);
    await account.sim.control.faults({ match: { id: intent.id, route: CONFIRM_ROUTE }, action });
    const answer = await confirmPaymentIntent(account.stripe, attempt);
    expect(answer).toMatchObject(heard);
    expect(afterEarlierSending(answer).kind).toBe('indeterminate');
    expect((await confirmPaymentIntent(account.stripe, attempt)).kind).toBe('ok');
    expect(await ledgerOf(account, intent.id)).toMatchObject({ successes: 1 });
  });

  it('an answer to a second sending that was not executed says nothing of the first', async () => {
    const { intent, attempt } = await startCharge(account);
    const match = { id: intent.id, route: CONFIRM_ROUTE };
    await account.sim.control.faults({ match, action: 'reset_after' });
    await account.sim.control.faults({ match, action: 'rate_limit' });
    expect(await confirmPaymentIntent(account.stripe, attempt)).toMatchObject({
      kind: 'indeterminate',
      reason: 'earlier_sending',
    });
    expect(await ledgerOf(account, intent.id)).toMatchObject({ successes: 1 });
  });
});
