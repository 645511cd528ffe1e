/** Our calls about PaymentIntents against the simulator: what each answer becomes. */
import { describe, expect, it } from 'vitest';
import { classifyDecline } from '../../../src/domain/decline/declines.ts';
import { confirmBody } from '../../../src/stripe/form.ts';
import { readList } from '../../../src/stripe/pages.ts';
import {
  cancelPaymentIntent,
  confirmPaymentIntent,
  paymentIntentsIn,
  retrievePaymentIntent,
  retrieveRedirect,
} from '../../../src/stripe/payment-intents.ts';
import {
  done,
  ledgerOf,
  offSession,
  openAccount,
  RETURN_URL,
  type Saved,
  savedCard,
  startCharge,
  unconfirmed,
} from './stripe-account.ts';

const account = openAccount();
describe('a confirm', () => {
  it('charges the card once and says how much came in', async () => {
    const { saved, intent, attempt } = await startCharge(account);
    const { snapshot, redirect_url } = await done(confirmPaymentIntent(account.stripe, attempt));
    expect(redirect_url).toBeNull();
    expect(snapshot).toMatchObject({
      id: intent.id,
      status: 'succeeded',
      amount_minor: 1299,
      amount_received_minor: 1299,
      currency: 'eur',
      customer: saved.customer,
      livemode: false,
      payment_method: saved.payment_method,
      metadata: { dc_charge: intent.charge, dc_instance: 'shop' },
      last_error: null,
    });
    expect(snapshot.latest_charge).toMatch(/^ch_/);
    expect(await ledgerOf(account, intent.id)).toMatchObject({ successes: 1, confirms: 1 });
  });

  it('sent again with the same key and bytes is answered from memory', async () => {
    const { intent, attempt } = await startCharge(account);
    const first = await confirmPaymentIntent(account.stripe, attempt);
    const second = await confirmPaymentIntent(account.stripe, attempt);
    expect(first).toMatchObject({ kind: 'ok', replayed: false });
    expect(second).toMatchObject({ kind: 'ok', replayed: true });
    expect(await ledgerOf(account, intent.id)).toMatchObject({ successes: 1, confirms: 1 });
  });

  it('under a new key after the success is refused, with the PaymentIntent that is already paid', async () => {
    const { saved, intent, attempt } = await startCharge(account);
    await done(confirmPaymentIntent(account.stripe, attempt));
    const again = await confirmPaymentIntent(account.stripe, offSession(intent, saved.payment_method, 2));
    expect(again).toMatchObject({
      kind: 'refused',
      reason: 'unexpected_state',
      payment_intent: { id: intent.id, status: 'succeeded' },
    });
  });

  it('under a used key with another body is a mismatch', async () => {
    const { attempt } = await startCharge(account);
    await done(confirmPaymentIntent(account.stripe, attempt));
    const other = { ...attempt, body: `${attempt.body}&receipt_email=` };
    expect(await confirmPaymentIntent(account.stripe, other)).toMatchObject({
      kind: 'refused',
      reason: 'idempotency_mismatch',
    });
  });
});

describe('a decline', () => {
  it('tells its codes, its charge and the method it was about, and replays', async () => {
    const { saved, intent, attempt } = await startCharge(account, 'pm_card_chargeCustomerFail');
    const answer = await confirmPaymentIntent(account.stripe, attempt);
    expect(answer).toMatchObject({
      kind: 'declined',
      replayed: false,
      error: { code: 'card_declined', decline_code: 'generic_decline', payment_method: saved.payment_method },
      payment_intent: { id: intent.id, status: 'requires_payment_method', payment_method: null },
    });
    if (answer.kind === 'declined') {
      expect(answer.error.charge).toBe(answer.payment_intent?.latest_charge);
      expect(answer.payment_intent?.last_error).toEqual(answer.error);
    }
    expect(await confirmPaymentIntent(account.stripe, attempt)).toMatchObject({
      kind: 'declined',
      replayed: true,
    });
  });

  it('that asks for the customer is cured on the same PaymentIntent at the bank', async () => {
    const { saved, intent, attempt } = await startCharge(account, 'pm_card_authenticationRequired');
    const declined = await confirmPaymentIntent(account.stripe, attempt);
    if (declined.kind !== 'declined') throw new Error(`expected a decline, heard ${declined.kind}`);
    expect(classifyDecline(declined.error).class).toBe('authenticate');

    const press = {
      ...offSession(intent, saved.payment_method, 2),
      body: confirmBody({ kind: 'on_session', payment_method: saved.payment_method, return_url: RETURN_URL }),
    };
    const pressed = await done(confirmPaymentIntent(account.stripe, press));
    expect(pressed.snapshot.status).toBe('requires_action');
    expect(pressed.redirect_url).toMatch(/^http/);
    const read = await done(retrieveRedirect(account.stripe, intent.id));
    expect(read.redirect_url).toBe(pressed.redirect_url);

    await account.sim.control.authenticate(intent.id, 'succeed');
    const paid = await done(retrieveRedirect(account.stripe, intent.id));
    expect(paid).toMatchObject({
      redirect_url: null,
      snapshot: { status: 'succeeded', amount_received_minor: 1299 },
    });
    expect(await ledgerOf(account, intent.id)).toMatchObject({ successes: 1 });
  });

  it('at the bank reads as a failed authentication', async () => {
    const { saved, intent, attempt } = await startCharge(account, 'pm_card_authenticationRequired');
    await confirmPaymentIntent(account.stripe, attempt);
    const body = confirmBody({
      kind: 'on_session',
      payment_method: saved.payment_method,
      return_url: RETURN_URL,
    });
    await done(confirmPaymentIntent(account.stripe, { ...offSession(intent, '', 2), body }));
    await account.sim.control.authenticate(intent.id, 'fail');
    const { last_error } = await done(retrievePaymentIntent(account.stripe, intent.id));
    expect(last_error?.code).toBe('payment_intent_authentication_failure');
  });
});

describe('a refusal about the payment method', () => {
  async function confirmWith(payment_method: string, saved: Saved) {
    const intent = await unconfirmed(account, saved);
    return confirmPaymentIntent(account.stripe, offSession(intent, payment_method));
  }

  it('that is unknown or another customer’s is told apart from every other', async () => {
    const saved = await savedCard(account);
    const other = await savedCard(account);
    for (const method of ['pm_unknown', other.payment_method]) {
      expect(await confirmWith(method, saved)).toMatchObject({
        kind: 'refused',
        reason: 'payment_method_unusable',
      });
    }
  });

  it('that was detached says nothing of itself', async () => {
    const saved = await savedCard(account);
    const detached = await savedCard(account);
    await account.request('POST', `/v1/payment_methods/${detached.payment_method}/detach`);
    expect(await confirmWith(detached.payment_method, saved)).toMatchObject({
      kind: 'refused',
      reason: 'invalid_request',
      code: null,
      param: null,
      payment_intent: { status: 'requires_payment_method' },
    });
  });

  it('is not what a wrong parameter is', async () => {
    const { attempt } = await startCharge(account);
    const wrong = { ...attempt, body: `${attempt.body}&payment_method_types[0]=card` };
    expect(await confirmPaymentIntent(account.stripe, wrong)).toMatchObject({
      kind: 'refused',
      reason: 'invalid_request',
      code: 'payment_method_types_no_longer_supported',
    });
  });
});

describe('a cancellation', () => {
  const cancel = (intent: { id: string; charge: string }) =>
    cancelPaymentIntent(account.stripe, {
      id: intent.id,
      key: `dc1:${intent.charge}:cancel:1`,
      reason: 'abandoned',
    });

  it('is proof, and the confirm that follows is refused', async () => {
    const { intent, attempt } = await startCharge(account);
    expect(await done(cancel(intent))).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'abandoned',
    });
    expect(await confirmPaymentIntent(account.stripe, attempt)).toMatchObject({
      kind: 'refused',
      reason: 'unexpected_state',
      payment_intent: { status: 'canceled' },
    });
  });

  it('of a paid one is refused, with the success', async () => {
    const { intent, attempt } = await startCharge(account);
    await done(confirmPaymentIntent(account.stripe, attempt));
    expect(await cancel(intent)).toMatchObject({
      kind: 'refused',
      reason: 'unexpected_state',
      payment_intent: { status: 'succeeded', amount_received_minor: 1299 },
    });
  });
});

describe('a reading', () => {
  it('of nothing is a missing resource', async () => {
    expect(await retrievePaymentIntent(account.stripe, 'pi_unknown')).toMatchObject({
      kind: 'refused',
      reason: 'resource_missing',
      status: 404,
    });
  });

  it('of a customer’s window lists its PaymentIntents, newest first, and no other’s', async () => {
    const saved = await savedCard(account);
    await unconfirmed(account, await savedCard(account));
    const older = await unconfirmed(account, saved);
    const { now } = await account.sim.control.clock({ advance: 60 });
    const newer = await unconfirmed(account, saved);
    const window = { customer: saved.customer, created_gte_s: 0 };
    const all = await done(readList(account.stripe, paymentIntentsIn(window)));
    expect(all.map(({ metadata }) => metadata.dc_charge)).toEqual([newer.charge, older.charge]);
    const late = await done(readList(account.stripe, paymentIntentsIn({ ...window, created_gte_s: now })));
    expect(late.map(({ id }) => id)).toEqual([newer.id]);
  });

  it('of a long list goes on to its last page', async () => {
    const saved = await savedCard(account);
    const made: string[] = [];
    for (let count = 0; count < 105; count += 1) made.unshift((await unconfirmed(account, saved)).id);
    const window = paymentIntentsIn({ customer: saved.customer, created_gte_s: 0 });
    const all = await done(readList(account.stripe, window));
    expect(all.map(({ id }) => id)).toEqual(made);
  });
});
