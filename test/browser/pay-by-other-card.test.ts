/** From saving a card to having paid with another one, because the first was declined for good: in every window. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LOOKS, type Look } from './chromium-window.ts';
import { type Album, expectAccessible, openAlbum } from './page-checks.ts';
import { CARDS, openStreet, type Street, stateOf } from './street.ts';

let street: Street;
let album: Album;

beforeAll(async () => {
  album = openAlbum('pay-by-other-card');
  street = await openStreet();
});

afterAll(() => street?.close());

test.each(LOOKS)(
  'saves a card that expires, follows the mail and pays with another: $width px, $scheme',
  async (look: Look) => {
    const page = await street.open(look);
    const buyer = await street.saveCard(page, CARDS.good);
    await street.expire(buyer);
    const charge = await street.shop.charge(buyer.id, 4_299);
    await street.shop.charged(charge, 'requires_action');

    await street.read(page, await street.mail(buyer));
    await album.look(page, '1-mail', look);
    await page.getByRole('link', { name: 'Pay €42.99' }).click();
    await page.waitForURL(/\/r\/page\//);
    expect(await stateOf(page)).toBe('to_confirm');
    expect(await page.getByTestId('confirm').count()).toBe(0);
    await album.look(page, '2-replace', look);
    await expectAccessible(page);

    await page.getByTestId('replace').click();
    await page.waitForURL(/\/c\/pay\//);
    await expectAccessible(page);
    await page.getByTestId('checkout-number').fill(CARDS.other);
    await page.getByTestId('checkout-pay').click();
    await page.waitForURL(/\/return$/);
    expect(await page.getByTestId('pay-replacement').textContent()).toBe('Pay €42.99 with •••• 4444');
    expect(await page.getByRole('checkbox').isChecked()).toBe(false);
    await album.look(page, '3-pay-replacement', look);
    await expectAccessible(page);

    await page.getByTestId('pay-replacement').click();
    await page.getByText('Thank you, this is paid').waitFor();
    expect(await stateOf(page)).toBe('paid');
    await album.look(page, '4-paid', look);
    expect(await street.takenOnce(charge)).toBe(true);
    await street.read(page, await street.mail(buyer, /A card was added/));
    await album.look(page, '5-mail-card-added', look);
    await page.context().close();
  },
);

test('no page broke its own policy, or loaded anything besides itself', () => {
  expect(street.complaints).toEqual([]);
});
