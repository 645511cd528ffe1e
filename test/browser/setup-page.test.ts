/** Our own set-up page: read, agreed to, on to Checkout, back to the merchant, and charged later. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './page-checks.ts';
import { CARDS, openStreet, type Street, stateOf } from './street.ts';

const TERMS = {
  scope: 'off_session',
  frequency: 'recurring',
  amount_basis: 'What your meter counted in the month',
  text: 'I allow Powerline to charge my card each month for the power I used.',
  version: '2026-11',
  collect: true,
} as const;

let street: Street;

beforeAll(async () => {
  street = await openStreet();
});

afterAll(() => street?.close());

/** A customer who is to agree on our page, and its address as the merchant gets it. */
async function invited(email: string) {
  const { body: customer } = await street.api.post('/v1/customers', { email });
  const setup = { customer: customer.id, return_url: street.site_url, consent: TERMS };
  const { status, body } = await street.api.post('/v1/setups', setup);
  expect(status).toBe(202);
  return { customer: customer.id, setup: body.id, url: String(body.url) };
}

test('a customer reads what they agree to, agrees by keyboard, saves a card and is charged later', async () => {
  const { customer, setup, url } = await invited('reader@example.test');
  const page = await street.open({ width: 320, scheme: 'dark' });
  await page.goto(url);
  expect(await stateOf(page)).toBe('to_accept');
  expect(await page.getByTestId('consent-text').textContent()).toBe(TERMS.text);
  await page.getByText(TERMS.amount_basis).waitFor();
  await expectAccessible(page);

  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.getAttribute('data-testid'))).toBe('accept');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/c\/pay\//);
  await page.getByTestId('checkout-number').fill(CARDS.asks);
  await page.getByTestId('checkout-pay').click();
  await page.getByTestId('3ds-complete').click();
  await page.waitForURL(/\/return$/);
  await street.shop.saved({ id: customer, email: '', setup });
  await page.reload();
  expect(await stateOf(page)).toBe('saved');
  await expectAccessible(page);
  await page.getByTestId('back').click();
  await page.waitForURL(`${street.site_url}**`);

  const charge = await street.shop.charge(customer, 4_299);
  await street.shop.charged(charge, 'requires_action');
});

test('without JavaScript a customer agrees, leaves Checkout, comes back by the link and saves a card', async () => {
  const { customer, setup, url } = await invited('hesitant@example.test');
  const page = await street.open({ width: 390 }, { javaScriptEnabled: false });
  await page.goto(url);
  await page.getByTestId('accept').click();
  await page.waitForURL(/\/c\/pay\//);

  await page.goto(url);
  expect(await stateOf(page)).toBe('to_save');
  await page.getByTestId('continue').click();
  await page.getByTestId('checkout-number').fill(CARDS.good);
  await page.getByTestId('checkout-pay').click();
  await page.waitForURL(/\/return$/);
  await street.shop.saved({ id: customer, email: '', setup });

  const charge = await street.shop.charge(customer, 4_299);
  await street.shop.charged(charge, 'succeeded');
  expect(await street.takenOnce(charge)).toBe(true);
});

test('no page broke its own policy, or loaded anything besides itself', () => {
  expect(street.complaints).toEqual([]);
});
