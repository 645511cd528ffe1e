import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { returnUrl, savedCard, unconfirmed } from '../stage/flows.ts';
import { openSimulator } from '../stage/open-simulator.ts';
import { openPage, press } from '../stage/page.ts';

const opened = openSimulator();

type Challenged = { id: string; client_secret: string | null; url: string };

async function payment(stripe: Stripe, token = 'pm_card_authenticationRequired'): Promise<Challenged> {
  const saved = await savedCard(stripe, opened.sim, token);
  const params = { confirm: true, return_url: `${returnUrl}?order=7`, description: '<b>"Room" & board</b>' };
  return challenged(await unconfirmed(stripe, saved, params));
}

async function setup(stripe: Stripe): Promise<Challenged> {
  return challenged(
    await stripe.setupIntents.create({
      payment_method: 'pm_card_authenticationRequired',
      confirm: true,
      return_url: returnUrl,
    }),
  );
}

function challenged(intent: Stripe.PaymentIntent | Stripe.SetupIntent): Challenged {
  const url = intent.next_action?.redirect_to_url?.url;
  if (typeof url !== 'string') throw new Error(`no bank page for ${intent.id}`);
  return { id: intent.id, client_secret: intent.client_secret, url };
}

describe("the bank's page", () => {
  it('says what is paid and with which card, and works without JavaScript', async () => {
    const { stripe } = opened.account();
    const { url } = await payment(stripe);
    const page = await openPage(url);
    expect(page.status).toBe(200);
    expect(page.html).toMatch(/<html[^>]* lang="/);
    expect(page.html).toContain('•••• 3184');
    expect(page.html).toMatch(/20[.,]00/);
    expect(page.html).not.toMatch(/<script/i);
    expect(page.html).not.toContain('<b>"Room"');
    for (const testid of ['3ds-complete', '3ds-fail', '3ds-cancel']) {
      expect(page.html).toMatch(new RegExp(`<button[^>]*data-testid="${testid}"`));
    }
  });

  it('changes nothing by being looked at', async () => {
    const { stripe } = opened.account();
    const { id, url } = await payment(stripe);
    for (let n = 0; n < 5; n += 1) await openPage(url);
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('requires_action');
  });

  it.each([
    ['3ds-complete', 'succeeded', 'succeeded'],
    ['3ds-fail', 'failed', 'requires_payment_method'],
    ['3ds-cancel', 'failed', 'requires_payment_method'],
  ])('pressed at %s brings the customer back with redirect_status=%s', async (testid, redirect, status) => {
    const { stripe } = opened.account();
    const { id, client_secret, url } = await payment(stripe);
    const after = await press(await openPage(url), testid);
    expect(after.status).toBe(303);
    const back = new URL(after.location ?? '');
    expect(`${back.origin}${back.pathname}`).toBe(returnUrl);
    expect(Object.fromEntries(back.searchParams)).toEqual({
      order: '7',
      payment_intent: id,
      payment_intent_client_secret: client_secret,
      redirect_status: redirect,
    });
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe(status);
  });

  it('does the same for a SetupIntent', async () => {
    const { stripe } = opened.account();
    const { id, client_secret, url } = await setup(stripe);
    const after = await press(await openPage(url), '3ds-complete');
    expect(Object.fromEntries(new URL(after.location ?? '').searchParams)).toEqual({
      setup_intent: id,
      setup_intent_client_secret: client_secret,
      redirect_status: 'succeeded',
    });
    expect((await stripe.setupIntents.retrieve(id)).status).toBe('succeeded');
  });

  it('passed, may still end in a decline', async () => {
    const { stripe } = opened.account();
    const { id, url } = await payment(
      stripe,
      'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds',
    );
    const after = await press(await openPage(url), '3ds-complete');
    expect(new URL(after.location ?? '').searchParams.get('redirect_status')).toBe('failed');
    const intent = await stripe.paymentIntents.retrieve(id);
    expect(intent).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { decline_code: 'insufficient_funds' },
    });
  });

  it('shows the state and a way back when visited again, and moves nothing twice', async () => {
    const { stripe, key } = opened.account();
    const { id, url } = await payment(stripe);
    const first = await openPage(url);
    await press(first, '3ds-complete');
    const again = await openPage(url);
    expect(again.status).toBe(200);
    expect(again.html).not.toContain('3ds-complete');
    expect(again.html).toContain(`href="${returnUrl}`);
    // The stale page of another tab.
    await press(first, '3ds-fail');
    await press(first, '3ds-complete');
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('succeeded');
    const { payment_intents } = await opened.sim.control.ledger(key);
    expect(payment_intents).toMatchObject([{ id, successes: 1 }]);
  });

  it.each([
    ['a wrong secret', (url: string) => `${url}x`],
    ['no secret', (url: string) => url.replace(/\?.*/, '')],
    ['an unknown intent', (url: string) => url.replace(/pi_\w+\?/, 'pi_none?')],
  ])('is not there with %s', async (_name, change) => {
    const { stripe } = opened.account();
    const { id, url } = await payment(stripe);
    const page = await openPage(change(url));
    expect(page.status).toBeGreaterThanOrEqual(400);
    expect(page.status).toBeLessThan(500);
    expect(page.html).not.toContain('3ds-complete');
    const posted = await fetch(change(url), {
      method: 'POST',
      body: new URLSearchParams({ outcome: 'complete' }),
      redirect: 'manual',
    });
    expect(posted.status).toBeGreaterThanOrEqual(400);
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('requires_action');
  });
});
