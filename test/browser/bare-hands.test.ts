/** Without a mouse, without scripts, and without a link that works. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../harness/until.ts';
import { type Album, expectAccessible, openAlbum } from './page-checks.ts';
import { CARDS, openStreet, type Street, stateOf } from './street.ts';

const PHONE = { width: 320, scheme: 'dark' } as const;
const DESK = { width: 1_280, scheme: 'light' } as const;

let street: Street;
let album: Album;

beforeAll(async () => {
  album = openAlbum('bare-hands');
  street = await openStreet();
});

afterAll(() => street?.close());

type Stop = { readonly name: string; readonly top: number; readonly outline_px: number };

/** Where Tab stops from the top of the page to its end, and what is seen of it there. */
async function stops(page: Page): Promise<Stop[]> {
  const seen: Stop[] = [];
  for (;;) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return null;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return {
        name: element.getAttribute('data-testid') ?? element.getAttribute('name') ?? element.tagName,
        top: element.getBoundingClientRect().top + scrollY,
        outline_px: outlineStyle === 'none' ? 0 : Number.parseFloat(outlineWidth),
      };
    });
    if (stop === null || stop.name === seen[0]?.name) return seen;
    seen.push(stop);
  }
}

/** Presses Tab until the focus is there. */
async function tabTo(page: Page, testid: string): Promise<void> {
  for (let pressed = 0; pressed < 12; pressed += 1) {
    const focused = await page.evaluate(() => document.activeElement?.getAttribute('data-testid'));
    if (focused === testid) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never stops at ${testid}`);
}

test('the keyboard alone confirms: every stop is seen, from top to bottom', async () => {
  const { page, charge } = await street.asked(DESK);
  const found = await stops(page);
  expect(found.map(({ name }) => name)).toEqual(['confirm', 'replace', 'A']);
  expect(found.filter(({ outline_px }) => outline_px < 2)).toEqual([]);
  expect(found.map(({ top }) => top)).toEqual(found.map(({ top }) => top).sort((a, b) => a - b));

  await page.reload();
  await page.keyboard.press('Tab');
  await album.look(page, 'focus-on-confirm', DESK);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/3ds\//);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/return$/);

  expect(await stateOf(page)).toBe('paid');
  expect(await street.takenOnce(charge)).toBe(true);
});

test('the keyboard alone pays with another card, and ticks the box for later', async () => {
  const { page, charge, buyer } = await street.asked(DESK);
  await tabTo(page, 'replace');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/c\/pay\//);
  await tabTo(page, 'checkout-number');
  await page.keyboard.type(CARDS.other);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/return$/);

  expect((await stops(page)).map(({ name }) => name)).toEqual([
    'future_use',
    'pay-replacement',
    'replace',
    'A',
  ]);
  await page.reload();
  await page.keyboard.press('Tab');
  await album.look(page, 'focus-on-box', DESK);
  await page.keyboard.press('Space');
  expect(await page.getByRole('checkbox').isChecked()).toBe(true);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('Thank you, this is paid').waitFor();

  expect(await street.takenOnce(charge)).toBe(true);
  const methods = await until('the new card is the default', async () => {
    const { body } = await street.api.get(`/v1/customers/${buyer.id}/payment_methods`);
    const rows = body.data as { default: boolean; card: { last4: string } }[];
    return rows.some((row) => row.default && row.card.last4 === '4444') ? rows : null;
  });
  expect(methods.length).toBeGreaterThan(0);
});

test('without JavaScript a customer saves, confirms, and pays with another card', async () => {
  const { page, charge } = await street.asked(PHONE, { javaScriptEnabled: false });
  await page.getByTestId('confirm').click();
  await page.getByTestId('3ds-fail').click();
  await page.waitForURL(/\/return$/);
  expect(await stateOf(page)).toBe('failed_try');

  await page.getByTestId('replace').click();
  await page.getByTestId('checkout-number').fill(CARDS.other);
  await page.getByTestId('checkout-pay').click();
  await page.waitForURL(/\/return$/);
  await page.getByTestId('pay-replacement').click();
  await page.getByText('Thank you, this is paid').waitFor();

  expect(await stateOf(page)).toBe('paid');
  expect(await street.takenOnce(charge)).toBe(true);
});

test('a link that a newer one replaced offers a fresh mail, whose link works', async () => {
  const { page, buyer, charge, link } = await street.asked(PHONE);
  await street.api.post(`/v1/charges/${charge}/recovery/resend`, { revoke_earlier: true });
  await page.goto(link);
  await album.look(page, 'unusable_link', PHONE);
  await expectAccessible(page);
  await page.getByTestId('fresh-mail').click();
  await page.getByRole('heading', { name: 'Look in your inbox' }).waitFor();
  await album.look(page, 'mail_asked', PHONE);
  await expectAccessible(page);

  const fresh = await until('a mail with another link', async () => {
    const newest = await street.shop.link(buyer.email);
    return newest === link ? null : newest;
  });
  await page.goto(fresh);

  expect(await stateOf(page)).toBe('to_confirm');
});

test('a payment that was cancelled, or whose time is over, says so and asks for nothing', async () => {
  const canceled = await street.asked(PHONE);
  const late = await street.asked(PHONE);
  await street.api.post(`/v1/charges/${canceled.charge}/cancel`);
  await street.shop.charged(canceled.charge, 'canceled');
  await canceled.page.reload();
  expect(await stateOf(canceled.page)).toBe('canceled');

  await street.advance(6.5 * 86_400);
  const last_call = await street.mail(late.buyer, /^Last call/);
  await street.advance(2 * 86_400);
  await street.shop.charged(late.charge, 'failed');
  await street.read(late.page, last_call);
  await late.page.getByRole('link', { name: 'Confirm €42.99' }).click();
  await late.page.getByTestId('state').waitFor({ state: 'attached' });

  for (const [page, state] of [
    [canceled.page, 'canceled'],
    [late.page, 'expired'],
  ] as const) {
    expect(await stateOf(page)).toBe(state);
    expect(await page.locator('form').count()).toBe(0);
    await album.look(page, state, PHONE);
    await expectAccessible(page);
  }
});

test('no page broke its own policy, or loaded anything besides itself', () => {
  expect(street.complaints).toEqual([]);
});
