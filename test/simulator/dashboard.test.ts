import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { chargeOffSession, eventTypes, savedCard, unconfirmed } from './stage/flows.ts';
import { openSimulator, refusal } from './stage/open-simulator.ts';
import { openPage, press } from './stage/page.ts';

const opened = openSimulator();

/** An address in the account's part of the dashboard. The account's id stands in what refusals name. */
async function dashboardOf(stripe: Stripe, path = ''): Promise<string> {
  const { raw } = await refusal(stripe.customers.retrieve('cus_none'));
  const id = /acct_\w+/.exec((raw as { request_log_url: string }).request_log_url)?.[0];
  return `${opened.sim.url}/dashboard/${id}${path}`;
}

async function paidPage(stripe: Stripe, more: Partial<Stripe.PaymentIntentCreateParams> = {}) {
  const saved = await savedCard(stripe, opened.sim);
  const intent = await chargeOffSession(stripe, saved, more);
  const page = await openPage(await dashboardOf(stripe, `/payments/${intent.id}`));
  expect(page.status).toBe(200);
  return { saved, intent, page };
}

describe('the dashboard', () => {
  it('names accounts by id, and never shows a key', async () => {
    const [one, two] = [opened.account(), opened.account()];
    const addresses = [await dashboardOf(one.stripe), await dashboardOf(two.stripe)];
    const { html } = await openPage(`${opened.sim.url}/dashboard`);
    for (const address of addresses) expect(html).toContain(`href="${new URL(address).pathname}"`);
    expect(html).not.toContain('sk_test_');
  });

  it('lists payments, newest first, with customer, description and metadata, as text', async () => {
    const { stripe, key } = opened.account();
    const metadata = { dc_charge: 'chg_<i>1</i>' };
    const saved = await savedCard(stripe, opened.sim);
    await chargeOffSession(stripe, saved, { description: '<b>Power</b> & light', metadata });
    await unconfirmed(stripe, saved, { amount: 700, currency: 'jpy' });
    const { status, html } = await openPage(await dashboardOf(stripe));
    expect(status).toBe(200);
    expect(html).toContain('&lt;b&gt;Power&lt;/b&gt; &amp; light');
    expect(html).toContain('<b>dc_charge</b> chg_&lt;i&gt;1&lt;/i&gt;');
    expect(html).toContain('jenny@example.com');
    expect(html.indexOf('700 JPY')).toBeGreaterThan(0);
    expect(html.indexOf('700 JPY')).toBeLessThan(html.indexOf('20.00 EUR'));
    expect(html).not.toMatch(/<script/i);
    expect(html).not.toContain(key);
    expect(html).toMatch(/<html[^>]* lang="/);
  });

  it('shows fifty payments a page, and leads on and back', async () => {
    const { stripe } = opened.account();
    for (let n = 0; n < 53; n += 1) await stripe.paymentIntents.create({ amount: 1000 + n, currency: 'eur' });
    const first = await openPage(await dashboardOf(stripe));
    const amounts = (html: string) => [...html.matchAll(/>(\d+\.\d\d) EUR</g)].map(([, amount]) => amount);
    expect(amounts(first.html)).toHaveLength(50);
    expect(amounts(first.html)[0]).toBe('10.52');
    const older = /href="([^"]+)" rel="next"/.exec(first.html)?.[1] ?? '';
    const second = await openPage(`${opened.sim.url}${older}`);
    expect(amounts(second.html)).toEqual(['10.02', '10.01', '10.00']);
    const newer = /href="([^"]+)" rel="prev"/.exec(second.html)?.[1] ?? '';
    expect(amounts((await openPage(`${opened.sim.url}${newer}`)).html)).toEqual(amounts(first.html));
  });

  it('has no page for what is not there', async () => {
    const { stripe } = opened.account();
    for (const path of ['/payments/pi_none', '/customers/cus_none', '/weather', '?starting_after=pi_none'])
      expect((await openPage(await dashboardOf(stripe, path))).status).toBe(404);
    expect((await openPage(`${opened.sim.url}/dashboard/acct_none`)).status).toBe(404);
  });

  it('refuses a form that another site sends', async () => {
    const { stripe } = opened.account();
    const { intent, page } = await paidPage(stripe);
    const headers = { 'sec-fetch-site': 'cross-site' };
    const body = new URLSearchParams({ action: 'refund', amount: '20.00', reason: 'duplicate' });
    const answer = await fetch(page.url, { method: 'POST', headers, body, redirect: 'manual' });
    expect(answer.status).toBe(403);
    expect((await stripe.refunds.list({ payment_intent: intent.id })).data).toEqual([]);
  });
});

describe('a payment on the dashboard', () => {
  it('is refunded in part and then wholly, with the events and the balance of a refund by the API', async () => {
    const { stripe } = opened.account();
    const { intent, page } = await paidPage(stripe);
    const reason = { reason: 'requested_by_customer' };
    const part = await press(page, 'refund', { amount: '5,50', ...reason });
    expect([part.status, part.location]).toEqual([303, `${new URL(page.url).pathname}?done=refund`]);
    const after = await openPage(`${opened.sim.url}${part.location}`);
    expect(after.html).toContain('The refund was made.');
    expect(after.html).toContain('partly refunded');
    await press(after, 'refund', reason);
    const { data } = await stripe.refunds.list({ payment_intent: intent.id });
    expect(data.map(({ amount, reason: why }) => [amount, why])).toEqual([
      [1450, 'requested_by_customer'],
      [550, 'requested_by_customer'],
    ]);
    const types = await eventTypes(stripe, intent.id);
    expect(types.filter((type) => type === 'refund.created')).toHaveLength(2);
    const [event] = (await stripe.events.list({ type: 'refund.created' })).data;
    expect(event?.request).toEqual({ id: null, idempotency_key: null });
    expect((await openPage(page.url)).html).not.toContain('data-testid="refund"');
  });

  it.each([
    ['25.00', 'greater than unrefunded amount'],
    ['a lot', 'no amount'],
    ['1.234', 'no amount'],
  ])('says what is wrong with a refund of %s, and makes none', async (amount, said) => {
    const { stripe } = opened.account();
    const { intent, page } = await paidPage(stripe);
    const answer = await press(page, 'refund', { amount, reason: 'duplicate' });
    expect(answer.status).toBe(400);
    expect(answer.html).toMatch(new RegExp(`role="alert"[^>]*>[^<]*${said}`));
    expect((await stripe.refunds.list({ payment_intent: intent.id })).data).toEqual([]);
  });

  it('is disputed, and the dispute closed as the bank finds', async () => {
    const { stripe } = opened.account();
    const { intent, page } = await paidPage(stripe);
    await press(page, 'dispute', { reason: 'product_not_received', kind: 'dispute' });
    const list = () => stripe.disputes.list({ payment_intent: intent.id });
    expect((await list()).data).toMatchObject([{ reason: 'product_not_received', status: 'needs_response' }]);
    const disputed = await openPage(page.url);
    expect(disputed.html).not.toContain('data-testid="refund"');
    await press(disputed, 'close_dispute', { outcome: 'lost' });
    expect((await list()).data).toMatchObject([{ status: 'lost' }]);
    const types = await eventTypes(stripe, intent.id);
    expect(types).toContain('charge.dispute.funds_withdrawn');
    expect(types).toContain('charge.dispute.closed');
  });

  it('is asked about: an inquiry, closed without a verdict', async () => {
    const { stripe } = opened.account();
    const { intent, page } = await paidPage(stripe);
    await press(page, 'dispute', { reason: 'general', kind: 'inquiry' });
    await press(await openPage(page.url), 'close_dispute');
    const { data } = await stripe.disputes.list({ payment_intent: intent.id });
    expect(data).toMatchObject([{ status: 'warning_closed', balance_transactions: [] }]);
  });

  it('is warned about', async () => {
    const { stripe } = opened.account();
    const { intent, page } = await paidPage(stripe);
    await press(page, 'fraud_warning', { fraud_type: 'made_with_lost_card' });
    const { data } = await stripe.radar.earlyFraudWarnings.list({ payment_intent: intent.id });
    expect(data).toMatchObject([{ fraud_type: 'made_with_lost_card' }]);
  });

  it('that is not paid gets another amount, and is cancelled', async () => {
    const { stripe } = opened.account();
    const { id } = await unconfirmed(stripe, await savedCard(stripe, opened.sim));
    const page = await openPage(await dashboardOf(stripe, `/payments/${id}`));
    expect(page.html).not.toContain('data-testid="refund"');
    await press(page, 'change_amount', { amount: '31.5' });
    expect((await stripe.paymentIntents.retrieve(id)).amount).toBe(3150);
    await press(page, 'cancel', { cancellation_reason: 'abandoned' });
    const canceled = await stripe.paymentIntents.retrieve(id);
    expect(canceled).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' });
    const late = await press(page, 'change_amount', { amount: '31.5' });
    expect([late.status, late.html.includes('status of canceled')]).toEqual([400, true]);
    expect((await openPage(page.url)).html).toContain('Nothing can be done to it');
  });
});

describe('a customer on the dashboard', () => {
  it('is listed with the methods, which are renewed by the network and detached', async () => {
    const { stripe } = opened.account();
    const saved = await savedCard(stripe, opened.sim);
    const list = await openPage(await dashboardOf(stripe, '/customers'));
    expect(list.html).toContain('visa •••• 4242');
    const page = await openPage(await dashboardOf(stripe, `/customers/${saved.customer}`));
    await press(page, 'renew', { exp_month: '2', exp_year: '2035', number: '5555555555554444' });
    const renewed = await stripe.paymentMethods.retrieve(saved.payment_method);
    expect(renewed.card).toMatchObject({ exp_month: 2, exp_year: 2035, brand: 'mastercard', last4: '4444' });
    const wrong = await press(page, 'renew', { exp_month: '0', exp_year: '2035', number: '' });
    expect([wrong.status, wrong.html.includes('exp_month')]).toEqual([400, true]);
    await press(page, 'detach');
    expect((await stripe.paymentMethods.retrieve(saved.payment_method)).customer).toBeNull();
    const types = (await stripe.events.list({ limit: 100 })).data.map(({ type }) => type);
    expect(types).toContain('payment_method.automatically_updated');
    expect(types).toContain('payment_method.detached');
    const again = await press(page, 'detach');
    expect([again.status, again.html.includes('no such method')]).toEqual([400, true]);
  });

  it('is deleted', async () => {
    const { stripe } = opened.account();
    const { customer } = await savedCard(stripe, opened.sim);
    const page = await openPage(await dashboardOf(stripe, `/customers/${customer}`));
    await press(page, 'delete');
    expect(await stripe.customers.retrieve(customer)).toMatchObject({ deleted: true });
    const after = await openPage(page.url);
    expect(after.html).toContain('(deleted)');
    expect(after.html).not.toContain('data-testid="delete"');
  });
});
