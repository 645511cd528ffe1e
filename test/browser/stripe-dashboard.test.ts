/** The simulator's dashboard in a real browser: a person refunds, disputes and renews with mouse and keyboard alone. */
import { Stripe } from 'stripe';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../simulator/index.ts';
import { openChromium, type Windows } from './chromium-window.ts';
import { type Album, expectAccessible, openAlbum } from './page-checks.ts';

const LOOKS = [1_280, 390].map((width) => ({ width, scheme: 'light' as const }));
let simulator: Simulator;
let windows: Windows;
let album: Album;
let paid: string;
let customer: string;

beforeAll(async () => {
  album = openAlbum('stripe-dashboard');
  simulator = await startSimulator();
  windows = await openChromium();
  const stripe = new Stripe('sk_test_dashboard', { ...simulator.stripeOptions, telemetry: false });
  const email = 'ada.park@a-long-domain-of-some-provider.example';
  ({ id: customer } = await stripe.customers.create({ email, name: 'Ada Park' }));
  const { id: payment_method } = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  for (let month = 1; month <= 4; month += 1) {
    const intent = await stripe.paymentIntents.create({
      amount: 4_200 * month,
      currency: month === 3 ? 'jpy' : 'eur',
      customer,
      payment_method,
      allowed_payment_method_types: ['card'],
      description: `Power, month ${month}`,
      metadata: {
        dc_charge: `chg_hnexh2rbhgrr6xcuukyxjcp${month}`,
        dc_instance: 'inst_4mh2rbhgrr6xcuukyxjcp',
      },
    });
    if (month === 4) break;
    await stripe.paymentIntents.confirm(intent.id, { off_session: true });
    paid = intent.id;
  }
});

afterAll(async () => {
  await windows?.close();
  await simulator?.close();
});

test('every page fits a desk and a phone, and axe finds nothing', async () => {
  for (const look of LOOKS) {
    const page = await windows.open(look);
    await page.goto(`${simulator.url}/dashboard`);
    await page.getByRole('heading', { name: 'Payments', level: 1 }).waitFor();
    await album.look(page, 'payments', look);
    await expectAccessible(page);
    await page.locator(`a[href$="${paid}"]`).click();
    await page.getByRole('heading', { name: 'Payment of 12600 JPY' }).waitFor();
    await album.look(page, 'payment', look);
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Customers' }).click();
    await page.getByRole('heading', { name: 'Customers', level: 1 }).waitFor();
    await album.look(page, 'customers', look);
    await expectAccessible(page);
    await page.locator(`a[href$="${customer}"]`).first().click();
    await page.getByRole('button', { name: 'Renew card' }).waitFor();
    await album.look(page, 'customer', look);
    await expectAccessible(page);
    await page.close();
  }
  expect(windows.complaints).toEqual([]);
});

test('a payment is refunded in part, disputed and lost, and a card is renewed', async () => {
  const [, look] = LOOKS as [(typeof LOOKS)[0], (typeof LOOKS)[0]];
  const page = await windows.open(look);
  await page.goto(`${simulator.url}/dashboard`);
  await page.locator('td a', { hasText: '84.00 EUR' }).click();
  await page.getByLabel('Amount in EUR, at most 84.00').fill('a lot');
  await page.getByRole('button', { name: 'Refund' }).press('Enter');
  expect(await page.getByRole('alert').textContent()).toContain('no amount');
  await album.look(page, 'refused', look);
  await expectAccessible(page);
  await page.getByLabel('Amount in EUR, at most 84.00').fill('10.50');
  await page.getByRole('button', { name: 'Refund' }).click();
  expect(await page.getByRole('status').textContent()).toBe('The refund was made.');
  await page.getByRole('button', { name: 'Open dispute' }).click();
  await page.getByLabel('The bank finds it').selectOption('lost');
  await page.getByRole('button', { name: 'Close the dispute' }).click();
  await page.getByText('dispute lost').waitFor();
  await album.look(page, 'lost', look);
  await expectAccessible(page);
  await page.getByRole('link', { name: 'ada.park@' }).click();
  await page.getByLabel('Year of expiry').fill('2039');
  await page.getByRole('button', { name: 'Renew card' }).click();
  expect(await page.getByRole('status').textContent()).toBe('The card was renewed.');
  const { accounts, sound } = await simulator.control.state();
  expect([accounts[0]?.refunds, accounts[0]?.disputes, sound]).toEqual([1, 1, true]);
  expect(windows.complaints).toEqual([]);
});
