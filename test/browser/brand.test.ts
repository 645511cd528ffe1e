/** A merchant's logo and colours on pages and in mails: colours that are hard to read on, a logo that is wide, one that is away. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderMailHtml } from '../../src/recovery/mail/mail-html.tsx';
import { paymentPage } from '../../src/recovery/page/page-answers.tsx';
import { pageHeaders } from '../../src/recovery/page/page-guard.ts';
import { setupPage } from '../../src/recovery/setup-page/setup-answers.tsx';
import { factsOf, type Merchant } from '../../src/recovery/words/facts.ts';
import { textsFor } from '../../src/recovery/words/texts.ts';
import { LOOKS, openChromium, type Windows } from './chromium-window.ts';
import { LONG_MERCHANT, type Shown, STATES } from './gallery-states.ts';
import { type Album, expectAccessible, openAlbum } from './page-checks.ts';
import { SETUP_STATES, type SetupShown } from './setup-states.ts';

const ORIGIN = 'https://pay.example.test';
const LOGO_URL = 'https://cdn.example.test/logo.svg';
const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="72" viewBox="0 0 300 72"><rect width="72" height="72" rx="36" fill="#b3261e"/>' +
  '<text x="88" y="52" font-family="Georgia" font-size="36" fill="#1b1b1b">power line</text></svg>';
const KEYS = [{ kid: 'k1', secret: 'a-link-secret-of-at-least-32-characters' }] as const;

const merchant: Merchant = { name: 'Powerline', support_email: 'help@powerline.example' };
/** Yellow wants black, crimson white; what is nearly white, or nearly black, is hard to tell from what it lies on. */
const BRANDS: Readonly<Record<string, Merchant>> = {
  yellow: { ...merchant, color: '#ffd400', logo_url: LOGO_URL },
  crimson: { ...merchant, color: '#a6032f', logo_url: null },
  pale: { ...merchant, color: '#fafafa', logo_url: LOGO_URL, name: LONG_MERCHANT },
  night: { ...merchant, color: '#0b0b14', logo_url: `${LOGO_URL}?away` },
};

let windows: Windows;
let page: Page;
let album: Album;

beforeAll(async () => {
  album = openAlbum('brands');
  windows = await openChromium();
  page = await windows.open();
  await page.route('https://cdn.example.test/**', (route) =>
    route.request().url().includes('away')
      ? route.fulfill({ status: 404 })
      : route.fulfill({ contentType: 'image/svg+xml', body: LOGO }),
  );
});

afterAll(() => windows?.close());

async function show(html: string, brand: Merchant): Promise<void> {
  await page.route(
    `${ORIGIN}/**`,
    (route) =>
      route.fulfill({
        headers: { ...pageHeaders(ORIGIN, null, brand), 'content-type': 'text/html; charset=utf-8' },
        body: html,
      }),
    { times: 1 },
  );
  await page.goto(`${ORIGIN}/r/page`);
}

async function lookAround(state: string, kind: 'page' | 'mail'): Promise<void> {
  for (const look of LOOKS) {
    await page.emulateMedia({ colorScheme: look.scheme });
    await page.setViewportSize({ width: look.width, height: 844 });
    await album.look(page, state, look);
    if (look.width !== 390) await expectAccessible(page, kind);
  }
}

function paymentOf(brand: Merchant): string {
  const { row, others } = STATES['to_confirm-of-three'] as Shown;
  return paymentPage([row, ...others], {
    merchant: brand,
    keys: [...KEYS],
    door: row,
    path: (id) => `/r/page/${id}`,
    policy: { replacementSessionsMax: 5, confirmsMax: 8 },
    looks_again: true,
  }).html;
}

test.each(Object.entries(BRANDS))('the page of a payment in %s', async (name, brand) => {
  await show(paymentOf(brand), brand);
  const pictures = await page.evaluate(() =>
    [...document.querySelectorAll('header img')].map((image) => (image as HTMLImageElement).naturalWidth > 0),
  );
  expect(pictures).toEqual(brand.logo_url == null ? [] : [name !== 'night']);
  await lookAround(`payment-${name}`, 'page');
});

test.each(Object.entries(BRANDS))('the page of a set-up in %s', async (name, brand) => {
  const { row } = SETUP_STATES.to_accept as SetupShown;
  const { html } = setupPage(row, {
    merchant: brand,
    path: `/s/page/${row.id}`,
    form_token: 'token',
    looks_again: true,
    notice: { sent_by: 'us', days: {} },
  });
  await show(html, brand);
  await lookAround(`setup-${name}`, 'page');
});

test.each(Object.entries(BRANDS))('the mail that asks, in %s', async (name, brand) => {
  const { row } = STATES.to_confirm as Shown;
  const texts = textsFor('en');
  const facts = factsOf(texts, brand, { ...row, card: { brand: 'visa', last4: '3184' }, new_card: null });
  const link = `${ORIGIN}/r/v1.${row.id}.1.${'b'.repeat(43)}`;
  await page.goto('about:blank');
  await page.setContent(
    renderMailHtml({ texts: texts.mail('opened', facts), headline: facts, link, lang: texts.lang, brand }),
  );
  await lookAround(`mail-${name}`, 'mail');
});

test('the receipt, in yellow', async () => {
  const texts = textsFor('en');
  const brand = BRANDS.yellow as Merchant;
  const { words, headline } = texts.receipt(brand, {
    amount_minor: 4_299,
    currency: 'eur',
    description: 'Power in October',
    reference: 'order-17',
    document: { number: 'INV-7', date: '2026-10-31', url: 'https://powerline.example/invoices/7' },
    paid_on: '2026-11-30',
    card: { brand: 'visa', last4: '3184' },
    bank: null,
  });
  await page.goto('about:blank');
  await page.setContent(renderMailHtml({ texts: words, headline, link: null, lang: 'en', brand }));
  await lookAround('receipt-yellow', 'mail');
});

test('nothing but the logo was loaded, and an image of any other origin is refused', async () => {
  expect(windows.complaints.filter((one) => !one.endsWith(' loads a image'))).toEqual([]);
  const brand = BRANDS.yellow as Merchant;
  await show(paymentOf(brand), brand);
  await page.evaluate(() => {
    document.body.append(Object.assign(new Image(), { src: 'https://elsewhere.example.test/pixel.png' }));
  });
  await expect.poll(() => windows.complaints.filter((one) => one.includes('img-src')).length).toBe(1);
});
