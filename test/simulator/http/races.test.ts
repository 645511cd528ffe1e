import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { returnUrl, savedCard, unconfirmed } from '../stage/flows.ts';
import { type Account, eventually, openSimulator } from '../stage/open-simulator.ts';

const opened = openSimulator();

type Ended = string;

/** A call's end: the status it answered, or the code it was refused with. */
function end(call: Promise<{ status: string }>): Promise<Ended> {
  return call.then(
    (each) => each.status,
    (error: Stripe.errors.StripeError) => error.code ?? 'no code',
  );
}

/** Holds the next request to this PaymentIntent for a moment, in the middle of its execution. */
async function hold(id: string): Promise<{ begun: () => Promise<unknown> }> {
  const fault = await opened.sim.control.faults({
    match: { id },
    action: { type: 'delay', ms: 1_000 },
    times: 1,
  });
  const begun = () =>
    eventually('the held request', async () => {
      const listed = await opened.sim.control.listFaults();
      return listed.some((each) => each.id === fault.id && each.fired === 1) || undefined;
    });
  return { begun };
}

async function atTheBank(): Promise<Account & { id: string; payment_method: string }> {
  const account = opened.account();
  const saved = await savedCard(account.stripe, opened.sim, 'pm_card_authenticationRequired');
  const intent = await unconfirmed(account.stripe, saved, { confirm: true, return_url: returnUrl });
  expect(intent.status).toBe('requires_action');
  return { ...account, id: intent.id, payment_method: saved.payment_method };
}

async function expectOneSuccess({ key }: Account): Promise<void> {
  const { payment_intents } = await opened.sim.control.ledger(key);
  expect(payment_intents.map((each) => each.successes)).toEqual([1]);
}

describe('what happens while a request is being executed', () => {
  it('counts: a confirm held up while the customer passes the bank finds the money taken', async () => {
    const account = await atTheBank();
    const { stripe, id } = account;
    const { begun } = await hold(id);
    const confirm = end(
      stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa', return_url: returnUrl }),
    );
    await begun();
    await opened.sim.control.authenticate(id, 'succeed');
    expect(await confirm).toBe('payment_intent_unexpected_state');
    await expectOneSuccess(account);
  });

  it('counts: a cancel held up while the customer passes the bank comes too late', async () => {
    const account = await atTheBank();
    const { begun } = await hold(account.id);
    const cancel = end(account.stripe.paymentIntents.cancel(account.id));
    await begun();
    await opened.sim.control.authenticate(account.id, 'succeed');
    expect(await cancel).toBe('payment_intent_unexpected_state');
    await expectOneSuccess(account);
  });

  it('locks: a second change of the same PaymentIntent is refused meanwhile, a read is not', async () => {
    const account = await atTheBank();
    const { stripe, id } = account;
    const { begun } = await hold(id);
    const confirm = end(
      stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa', return_url: returnUrl }),
    );
    await begun();
    expect(await end(stripe.paymentIntents.cancel(id))).toBe('lock_timeout');
    expect(await end(stripe.paymentIntents.update(id, { amount: 5000 }))).toBe('lock_timeout');
    expect(await end(stripe.paymentIntents.retrieve(id))).toBe('requires_action');
    expect(await confirm).toBe('succeeded');
    await expectOneSuccess(account);
  });

  it('of two presses at the bank only one moves the PaymentIntent', async () => {
    const account = await atTheBank();
    const press = (outcome: 'succeed' | 'fail') =>
      opened.sim.control.authenticate(account.id, outcome).then(
        () => 'moved',
        () => 'refused',
      );
    const ended = await Promise.all([press('succeed'), press('fail'), press('succeed')]);
    expect(ended.sort()).toEqual(['moved', 'refused', 'refused']);
    await expectOneSuccess(account);
  });

  it('two creates at once under one key make one object', async () => {
    const { stripe } = opened.account();
    const create = () =>
      end(
        stripe.paymentIntents.create({ amount: 1000, currency: 'eur' }, { idempotencyKey: 'both-at-once' }),
      );
    await opened.sim.control.faults({ match: { key: 'both-at-once' }, action: { type: 'delay', ms: 1_000 } });
    const ended = await Promise.all([create(), create(), create()]);
    expect(ended.sort()).toEqual([
      'idempotency_key_in_use',
      'idempotency_key_in_use',
      'requires_payment_method',
    ]);
    expect((await stripe.paymentIntents.list()).data).toHaveLength(1);
  });
});
