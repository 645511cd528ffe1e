/**
 * Every state of every page and mail, made by the code that makes them, in every window. The walks of the other files
 * show that a customer gets there; this shows how it looks, and that axe has nothing to say.
 */
import type { Page, Route } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderMailHtml } from '../../src/recovery/mail/mail-html.tsx';
import { fixedPages, paymentPage } from '../../src/recovery/page/page-answers.tsx';
import { pageHeaders } from '../../src/recovery/page/page-guard.ts';
import { fixedSetupPages, setupPage } from '../../src/recovery/setup-page/setup-answers.tsx';
import { factsOf } from '../../src/recovery/words/facts.ts';
import { textsFor } from '../../src/recovery/words/texts.ts';
import { LOOKS, openChromium, type Windows } from './chromium-window.ts';
import { FAILED_DEBIT, type Shown, STATES, shown as shownOf } from './gallery-states.ts';
import { type Album, expectAccessible, openAlbum } from './page-checks.ts';
import { SETUP_STATES } from './setup-states.ts';

const ORIGIN = 'https://pay.example.test';
const KEYS = [{ kid: 'k1', secret: 'a-link-secret-of-at-least-32-characters' }] as const;
const AGREEMENT = {
  scheme: 'au_becs_debit',
  bank: { name: null, last4: '3456' },
  mandate_reference: null,
  mandate_url: 'https://hooks.stripe.com/mandate/test_YWNjdF8xSlFxLF9OVGFGU1lJSE9FVlhWUEFD',
  amount_basis: 'What your meter counted in the month, at the price of your contract',
  frequency: 'recurring',
  agreed: null,
} as const;
const JUDGED = new Set(['320 light', '1280 dark']);
const LINK = `${ORIGIN}/r/v1.rec_${'a'.repeat(24)}.1.${'b'.repeat(43)}`;
const MAILS = ['opened', 'reminder_1', 'last_call', 'method_replaced'];

let windows: Windows;
let page: Page;
let pages: Album;
let mails: Album;
let setups: Album;

beforeAll(async () => {
  pages = openAlbum('pages');
  mails = openAlbum('mails');
  setups = openAlbum('setup-pages');
  windows = await openChromium();
  page = await windows.open();
});

afterAll(() => windows?.close());

/** Shows a page as our server sends it: the same policy, the same headers. */
async function show(html: string): Promise<void> {
  const serve = (route: Route) =>
    route.fulfill({
      headers: { ...pageHeaders(ORIGIN, null), 'content-type': 'text/html; charset=utf-8' },
      body: html,
    });
  await page.route(`${ORIGIN}/**`, serve, { times: 1 });
  await page.goto(`${ORIGIN}/r/page`);
}

/** In every window; axe looks at the narrowest by day and the widest by night: both layouts, both sets of colours. */
async function lookAround(album: Album, state: string, kind: 'page' | 'mail'): Promise<void> {
  for (const look of LOOKS) {
    await page.emulateMedia({ colorScheme: look.scheme });
    await page.setViewportSize({ width: look.width, height: 844 });
    await album.look(page, state, look);
    if (JUDGED.has(`${look.width} ${look.scheme}`)) await expectAccessible(page, kind);
  }
}

const merchantOf = (name: string) => ({ name, support_email: 'help@powerline.example' });

test.each(Object.entries(STATES))('the page of a payment: %s', async (state, { row, merchant, others }) => {
  const { html } = paymentPage([row, ...others], {
    merchant: merchantOf(merchant),
    keys: [...KEYS],
    door: row,
    path: (id) => `/r/page/${id}`,
    policy: { replacementSessionsMax: 5, confirmsMax: 8 },
    looks_again: true,
  });
  await show(html);
  await lookAround(pages, state, 'page');
});

test.each(Object.entries(fixedPages(merchantOf('Powerline'))))(
  'the page that is for everybody: %s',
  async (name, html) => {
    await show(html);
    await lookAround(pages, name, 'page');
  },
);

test.each(Object.entries(SETUP_STATES))('the page of a set-up: %s', async (state, { row, merchant }) => {
  const path = `/s/page/${row.id}`;
  await show(
    setupPage(row, {
      merchant: merchantOf(merchant),
      path,
      form_token: 'token',
      looks_again: true,
      notice: { sent_by: 'us', days: {} },
    }).html,
  );
  await lookAround(setups, state, 'page');
});

test.each(Object.entries(fixedSetupPages(merchantOf('Powerline'))))(
  'the set-up page that is for everybody: %s',
  async (name, html) => {
    await show(html);
    await lookAround(setups, name, 'page');
  },
);

const ofMails = [
  ...MAILS.flatMap((step) => Object.entries(mailsOf(step))),
  ...['en', 'de'].flatMap((locale) => Object.entries(mailsOfDebit(locale))),
];

test.each(ofMails)('the mail: %s', async (name, html) => {
  // What is shown keeps the policy of where it is shown, and a mail has none.
  await page.goto('about:blank');
  await page.setContent(html);
  await lookAround(mails, name, 'mail');
});

/** One step's mail as it goes out, to whoever has to confirm and whoever needs another card. */
function mailsOf(step: string): Record<string, string> {
  const kinds = ['authenticate', 'replace'] as const;
  const shown = step === 'opened' ? ['to_confirm', 'long-merchant-largest-sum'] : ['to_confirm'];
  return Object.fromEntries(
    kinds.flatMap((kind) =>
      shown.map((state) => [`${step}-${kind}-${state}`, mailOf(step, kind, STATES[state] as Shown)]),
    ),
  );
}

/** What is mailed of a debit: that it will be collected, that it failed, and that another account was entered. */
function mailsOfDebit(locale: string): Record<string, string> {
  const merchant = merchantOf('Powerline');
  const texts = textsFor(locale);
  const bank = { name: 'ING', last4: '3000' };
  const { row } = shownOf({ ...FAILED_DEBIT, locale });
  const facts = factsOf(texts, merchant, {
    ...row,
    card: null,
    bank,
    new_card: null,
    new_bank: { name: 'N26', last4: '1111' },
  });
  const notice = texts.notice(merchant, {
    ...row,
    collects_on: '2026-12-04',
    bank,
    mandate_reference: 'NTAFSYIHOEVXVPAC',
    creditor: null,
    creditor_id: null,
    is_changed: false,
  });
  const html = (said: ReturnType<typeof texts.notice>, link: string | null) =>
    renderMailHtml({ ...said, texts: said.words, link, lang: texts.lang });
  const mail = (step: string) => ({ words: texts.mail(step, facts), headline: facts });
  return {
    [`notice-${locale}`]: html(notice, null),
    [`agreement-${locale}`]: html(texts.setup.mandateMail(merchant, AGREEMENT), null),
    [`opened-debit-${locale}`]: html(mail('opened'), LINK),
    [`method_replaced-account-${locale}`]: html(mail('method_replaced'), null),
  };
}

function mailOf(step: string, kind: 'authenticate' | 'replace', { row, merchant }: Shown): string {
  const texts = textsFor(row.locale);
  const facts = factsOf(texts, merchantOf(merchant), {
    ...row,
    kind,
    card: { brand: 'visa', last4: '3184' },
    new_card: step === 'method_replaced' ? { brand: 'mastercard', last4: '4444' } : null,
  });
  const link = step === 'method_replaced' ? null : LINK;
  return renderMailHtml({ texts: texts.mail(step, facts), headline: facts, link, lang: texts.lang });
}

test('no page broke its own policy, or loaded anything besides itself', () => {
  expect(windows.complaints).toEqual([]);
});
