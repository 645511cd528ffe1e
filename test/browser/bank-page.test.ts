/** The bank's page is not ours: it is failed, left, come back to, and open twice. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Album, openAlbum } from './page-checks.ts';
import { openStreet, type Street, stateOf } from './street.ts';

const PHONE = { width: 390, scheme: 'light' } as const;

let street: Street;
let album: Album;

beforeAll(async () => {
  album = openAlbum('bank-page');
  street = await openStreet();
});

afterAll(() => street?.close());

test('failed: the page says that nothing was charged, and the second try pays', async () => {
  const { page, charge } = await street.asked(PHONE);
  await page.getByTestId('confirm').click();
  await page.getByTestId('3ds-fail').click();
  await page.waitForURL(/\/return$/);
  expect(await stateOf(page)).toBe('failed_try');
  await album.look(page, 'failed_try', PHONE);

  await page.getByTestId('confirm').click();
  await page.getByTestId('3ds-complete').click();
  await page.waitForURL(/\/return$/);

  expect(await stateOf(page)).toBe('paid');
  expect(await street.takenOnce(charge)).toBe(true);
});

test('failed: another card pays instead', async () => {
  const { page, charge } = await street.asked(PHONE);
  await page.getByTestId('confirm').click();
  await page.getByTestId('3ds-fail').click();
  await page.waitForURL(/\/return$/);

  await page.getByTestId('replace').click();
  await page.getByTestId('checkout-number').fill('5555555555554444');
  await page.getByTestId('checkout-pay').click();
  await page.getByTestId('pay-replacement').click();
  await page.getByText('Thank you, this is paid').waitFor();

  expect(await street.takenOnce(charge)).toBe(true);
});

test('left by the back button: the page leads on where the customer was', async () => {
  const { page, charge } = await street.asked(PHONE);
  await page.getByTestId('confirm').click();
  await page.waitForURL(/\/3ds\//);
  const bank = page.url();

  await page.goBack();
  expect(await stateOf(page)).toBe('at_bank');
  await album.look(page, 'at_bank', PHONE);
  await page.getByTestId('confirm').click();
  await page.waitForURL(/\/3ds\//);
  expect(page.url()).toBe(bank);
  await page.getByTestId('3ds-complete').click();
  await page.waitForURL(/\/return$/);

  expect(await stateOf(page)).toBe('paid');
  expect(await street.takenOnce(charge)).toBe(true);
});

test('abandoned: the window is closed, and days later the mail still leads to having paid', async () => {
  const { page, buyer, charge } = await street.asked(PHONE);
  await page.getByTestId('confirm').click();
  await page.waitForURL(/\/3ds\//);
  await page.context().close();
  await street.advance(31 * 60);
  await street.shop.shown(`/v1/charges/${charge}`, ({ attempts }) =>
    (attempts as { status: string }[]).some(({ status }) => status === 'abandoned'),
  );
  await street.advance(2 * 86_400);
  const reminder = await street.mail(buyer, /^Reminder/);

  const later = await street.open(PHONE);
  await street.read(later, reminder);
  await later.getByRole('link', { name: 'Confirm €42.99' }).click();
  await later.waitForURL(/\/r\/page\//);
  expect(await stateOf(later)).toBe('unfinished');
  await later.getByTestId('confirm').click();
  await later.getByTestId('3ds-complete').click();
  await later.waitForURL(/\/return$/);

  expect(await stateOf(later)).toBe('paid');
  expect(await street.takenOnce(charge)).toBe(true);
});

test('passed in another tab: the first tab finds it paid, whatever is pressed there', async () => {
  const { page, charge, link } = await street.asked(PHONE);
  const second = await page.context().newPage();
  const third = await page.context().newPage();
  await third.goto(link);
  await page.getByTestId('confirm').click();
  await page.waitForURL(/\/3ds\//);
  await second.goto(link);
  expect(await stateOf(second)).toBe('at_bank');
  await second.getByTestId('confirm').click();
  await second.getByTestId('3ds-complete').click();
  await second.waitForURL(/\/return$/);
  expect(await stateOf(second)).toBe('paid');

  await page.getByTestId('3ds-complete').click();
  await page.getByRole('link', { name: 'Back to the merchant' }).click();
  await page.waitForURL(/\/return$/);
  expect(await stateOf(page)).toBe('paid');
  await third.getByTestId('confirm').click();
  await third.getByText('Thank you, this is paid').waitFor();

  expect(await street.takenOnce(charge)).toBe(true);
});

test('no page broke its own policy, or loaded anything besides itself', () => {
  expect(street.complaints).toEqual([]);
});
