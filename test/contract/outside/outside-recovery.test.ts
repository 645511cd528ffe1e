/** Bringing the customer back, as the customer sees it: a mail, a link, our page, the bank's page, Checkout. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, has, openBrowser, type Page, stateOf } from './outside-customer.ts';
import { waiting } from './outside-mail.ts';
import { chargeWhen, readCharge } from './outside-merchant.ts';
import { eventually, openWorld, type World } from './outside-world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.close());

async function atBank(browser: Browser, link: string): Promise<Page> {
  const page = await browser.open(link);
  expect([page.status, stateOf(page)]).toEqual([200, 'to_confirm']);
  const bank = await browser.press(page, 'confirm');
  expect(bank.url.origin).toBe(new URL(world.ready.stripe_url).origin);
  return bank;
}

describe('confirming with the bank', () => {
  test('pays the same PaymentIntent, and the link shows it afterwards without a form', async () => {
    const { id, link } = await waiting(world, ['authentication_required'], 'pm_card_authenticationRequired');
    const before = await readCharge(world, id);
    const browser = openBrowser();
    const bank = await atBank(browser, link);
    await chargeWhen(world, id, 'requires_action');
    const during = await readCharge(world, id);
    expect(during.attempts.at(-1)).toMatchObject({ kind: 'on_session', status: 'awaiting_customer' });
    const back = await browser.press(bank, '3ds-complete');
    expect([back.status, stateOf(back)]).toEqual([200, 'paid']);
    expect(back.url.search).toBe('');
    const paid = await chargeWhen(world, id, 'succeeded');
    expect(paid.stripe_payment_intent_id).toBe(before.stripe_payment_intent_id);
    expect(paid.attempts.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
      'off_session authentication_required',
      'on_session succeeded',
    ]);
    expect(paid.recovery).toMatchObject({ status: 'completed', kind: 'authenticate' });

    const again = await openBrowser().open(link);
    expect([again.status, stateOf(again), again.html.includes('<form')]).toEqual([200, 'paid', false]);
  });

  test('that fails at the bank leaves the link good', async () => {
    const { id, link } = await waiting(world, ['authentication_required'], 'pm_card_authenticationRequired');
    const browser = openBrowser();
    const back = await browser.press(await atBank(browser, link), '3ds-fail');
    expect(stateOf(back)).toBe('failed_try');
    await chargeWhen(world, id, 'requires_action');
    const second = await openBrowser().open(link);
    const retry = await browser.press(await browser.press(second, 'confirm'), '3ds-complete');
    expect(stateOf(retry)).toBe('paid');
    await chargeWhen(world, id, 'succeeded');
  });

  test('left open is told as such, and a second press goes to the same bank page', async () => {
    const { link } = await waiting(world, ['authentication_required'], 'pm_card_authenticationRequired');
    const browser = openBrowser();
    const page = await browser.open(link);
    const bank = await browser.press(page, 'confirm');
    expect(stateOf(await browser.open(link))).toBe('at_bank');
    const twice = await browser.press(page, 'confirm');
    expect(twice.url.href).toBe(bank.url.href);
  });
});

test('a debit on its way is told as processing', async () => {
  const { link, id } = await waiting(world, ['authentication_required', 'processing']);
  const browser = openBrowser();
  const page = await browser.press(await browser.open(link), 'confirm');
  expect(stateOf(page)).toBe('processing');
  await chargeWhen(world, id, 'processing', 'debit_pending');
});

describe('using another card', () => {
  test('saves it at Checkout and pays with one more press', async () => {
    const { id, link, method } = await waiting(world, ['lost_card']);
    const browser = openBrowser();
    const page = await browser.open(link);
    expect([page.status, stateOf(page)]).toEqual([200, 'to_confirm']);
    const checkout = await browser.press(page, 'replace');
    expect(checkout.url.origin).toBe(new URL(world.ready.stripe_url).origin);
    const back = await browser.press(checkout, 'checkout-pay', {
      number: '4242424242424242',
      name: 'A',
      email: 'a@example.com',
    });
    const offered = has(back, 'pay-replacement')
      ? back
      : await eventually(
          () => browser.open(back.url),
          (each) => has(each, 'pay-replacement'),
        );
    expect(offered.html).toContain('4242');
    const paid = await browser.press(offered, 'pay-replacement');
    expect(stateOf(paid)).toBe('paid');
    const charge = await chargeWhen(world, id, 'succeeded');
    expect(charge.attempts.at(-1)).toMatchObject({ kind: 'on_session', status: 'succeeded' });
    expect(charge.attempts.at(-1)?.payment_method).not.toBe(method);
    expect(charge.recovery).toMatchObject({ kind: 'replace', status: 'completed' });
  });
});
