/** From saving a card to having paid, where the bank asks for its customer: in every window. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LOOKS, type Look } from './chromium-window.ts';
import { type Album, expectAccessible, openAlbum } from './page-checks.ts';
import { CARDS, openStreet, type Street, stateOf } from './street.ts';

const HOUR_S = 3_600;

let street: Street;
let album: Album;

beforeAll(async () => {
  album = openAlbum('pay-at-bank');
  street = await openStreet();
});

afterAll(() => street?.close());

test.each(LOOKS)(
  'saves a card, is charged while away, follows the mail and confirms: $width px, $scheme',
  async (look: Look) => {
    const page = await street.open(look);
    const buyer = await street.saveCard(page, CARDS.asks);
    const charge = await street.shop.charge(buyer.id, 4_299);
    await street.shop.charged(charge, 'requires_action');

    await street.read(page, await street.mail(buyer));
    await album.look(page, '1-mail', look);
    await page.getByRole('link', { name: 'Confirm €42.99' }).click();
    await page.waitForURL(/\/r\/page\//);
    expect(await stateOf(page)).toBe('to_confirm');
    await album.look(page, '2-to_confirm', look);
    await expectAccessible(page);

    await page.getByTestId('confirm').click();
    await page.waitForURL(/\/3ds\//);
    await expectAccessible(page);
    await page.getByTestId('3ds-complete').click();
    await page.waitForURL(/\/return$/);

    expect(await stateOf(page)).toBe('paid');
    await album.look(page, '3-paid', look);
    await expectAccessible(page);
    await street.shop.charged(charge, 'succeeded');
    expect(await street.takenOnce(charge)).toBe(true);
    await page.context().close();
  },
);

test('three unpaid bills of one customer: one mail, one page, three payments, each by its own press at the bank', async () => {
  const phone = { width: 390, scheme: 'light' } as const;
  const page = await street.open(phone);
  const buyer = await street.saveCard(page, CARDS.asks);
  const charges: string[] = [];
  const due_at = new Date(Date.now() + HOUR_S * 1_000).toISOString();
  for (const amount_minor of [4_299, 1_250, 8_800])
    charges.push(await street.shop.charge(buyer.id, amount_minor, { due_at }));
  await street.advance(2 * HOUR_S);
  for (const charge of charges) await street.shop.charged(charge, 'requires_action');

  const letter = await street.mail(buyer);
  for (const amount of ['42.99', '12.50', '88.00']) expect(letter.text).toContain(amount);
  await street.read(page, letter);
  await album.look(page, 'three-bills-mail', phone);
  await page.goto(letter.links.find((address) => address.includes('/r/')) ?? '');
  expect(await page.locator('[data-charge]').count()).toBe(3);
  await album.look(page, 'three-bills', phone);
  await expectAccessible(page);
  for (const [paid, charge] of charges.entries()) {
    const bill = page.locator(`[data-charge="${charge}"]`);
    await bill.getByTestId('confirm').click();
    await page.getByTestId('3ds-complete').click();
    await page.waitForURL(/\/return$/);
    expect(await bill.getByTestId('state').textContent()).toBe('paid');
    expect(await page.locator('[data-charge]').count()).toBe(3 - paid);
    await album.look(page, `three-bills-${paid + 1}-paid`, phone);
    await expectAccessible(page);
  }

  for (const charge of charges) expect(await street.takenOnce(charge)).toBe(true);
  expect(street.inbox.messages().filter(({ to }) => to === buyer.email)).toEqual([letter]);
});

test('no page broke its own policy, or loaded anything besides itself', () => {
  expect(street.complaints).toEqual([]);
});
