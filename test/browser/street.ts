/**
 * A merchant with a shop on a stack of real processes, and customers with a real browser: they save a card at Checkout,
 * are charged while away, and follow the mail.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import type { InboxMessage } from '../../sandbox/inbox.ts';
import { type Buyer, shopOf } from '../harness/shop.ts';
import { startStack } from '../harness/stack.ts';
import { until } from '../harness/until.ts';
import { type Look, openChromium } from './chromium-window.ts';

/** Cards by what their banks do with them. */
export const CARDS = {
  /** Asks the customer each time: when the card is saved, and whenever it is charged. */
  asks: '4000002760003184',
  good: '4242424242424242',
  other: '5555555555554444',
} as const;

const MAIL_MS = 60_000;

export type Street = Awaited<ReturnType<typeof openStreet>>;

/** Starts it all; close it after the file. */
export async function openStreet() {
  const [stack, site, windows] = await Promise.all([
    startStack({ env: { MERCHANT_NAME: 'Powerline' } }),
    openMerchantSite(),
    openChromium(),
  ]);
  await Promise.all([stack.startApi(), stack.startWorker()]);
  const shop = shopOf(stack);
  let customers = 0;

  /** A customer whose card was saved through Checkout in this window. */
  async function saveCard(page: Page, number: string): Promise<Buyer> {
    customers += 1;
    const about = { via: 'checkout', return_url: site.url } as const;
    const buyer = await shop.begin(`customer-${customers}@example.test`, about);
    const { url } = await shop.shown(`/v1/setups/${buyer.setup}`, (seen) => seen.url !== null);
    await page.goto(String(url));
    await page.getByTestId('checkout-number').fill(number);
    await page.getByTestId('checkout-pay').click();
    if (number === CARDS.asks) await page.getByTestId('3ds-complete').click();
    await page.waitForURL(`${site.url}**`);
    await shop.saved(buyer);
    return buyer;
  }

  /** The newest mail to a customer, once the worker has written down that it went out: the grace counts from there. */
  async function mail(buyer: Buyer, subject: RegExp = /./): Promise<InboxMessage> {
    const found = await until(
      `a mail to ${buyer.email} on ${subject}`,
      () => stack.inbox.messages().find((one) => one.to === buyer.email && subject.test(one.subject)),
      { most_ms: MAIL_MS },
    );
    await until(
      'no mail to be on its way',
      async () => (await stack.sql`select 1 from messages where state = 'sending'`).length === 0,
    );
    return found;
  }

  return {
    ...stack,
    ...windows,
    shop,
    saveCard,
    mail,
    site_url: site.url,
    /** From now on the customer's saved card is declined as expired. */
    async expire(buyer: Buyer): Promise<void> {
      const { payment_method } = await shop.saved(buyer);
      await stack.simulator.control.script(String(payment_method), ['expired_card']);
    },
    /** Opens a mail as a reader shows it. */
    async read(page: Page, letter: InboxMessage): Promise<void> {
      await page.goto('about:blank');
      await page.setContent(letter.html);
    },
    /** A customer charged while away whose bank wants them, at the page behind the mail's button. */
    async asked(look: Partial<Look> = {}, options: Parameters<typeof windows.open>[1] = {}) {
      const page = await windows.open(look, options);
      const buyer = await saveCard(page, CARDS.asks);
      const charge = await shop.charge(buyer.id, 4_299);
      await shop.charged(charge, 'requires_action');
      const link = await shop.link(buyer.email);
      await page.goto(link);
      return { page, buyer, charge, link };
    },
    /** Whether the charge took its money once, by one PaymentIntent. */
    async takenOnce(charge: string): Promise<boolean> {
      const intents = await stack.ledger(charge);
      return intents.length === 1 && intents[0]?.status === 'succeeded' && intents[0].successes === 1;
    },
    async close(): Promise<void> {
      await windows.close();
      await stack.close();
      await site.close();
    },
  };
}

/** The state that the customer's page tells. */
export async function stateOf(page: Page): Promise<string | null> {
  return page.getByTestId('state').textContent();
}

/** Where the merchant's customers come back to from Checkout. */
async function openMerchantSite() {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end('<!doctype html><html lang="en"><title>Saved</title><h1>Your card is saved</h1></html>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/saved`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
