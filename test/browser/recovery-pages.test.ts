/**
 * The customer's pages in a real Chromium: what only a browser decides, such as the Origin it sends under
 * `no-referrer`, redirects under `form-action`, and whether anything is wider than a phone.
 *
 * `SCREENSHOTS=folder` keeps a picture of every state in three widths, light and dark.
 */
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { chromiumPath } from '../../sandbox/chromium.ts';
import { createRecoveryWorld, type RecoveryWorld } from '../integration/recovery-world.ts';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const WIDTHS = [320, 390, 1_280];
const CHALLENGED = 'pm_card_authenticationRequired';

// A screenshot of a state in six variants takes seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

let world: RecoveryWorld;
let browser: Browser;
const complaints: string[] = [];

beforeAll(async () => {
  world = await createRecoveryWorld();
  browser = await chromium.launch({ executablePath: chromiumPath() ?? '', args: ARGUMENTS });
});

afterAll(async () => {
  await browser?.close();
  await world?.close();
});

async function open(link: string, options: { javaScriptEnabled?: boolean } = {}): Promise<Page> {
  const context: BrowserContext = await browser.newContext(options);
  const page = await context.newPage();
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) complaints.push(message.text());
  });
  await page.goto(link);
  return page;
}

const state = (page: Page): Promise<string | null> => page.getByTestId('state').textContent();

/** Nothing may be wider than the window, in any width or colour scheme. */
async function fits(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      const content = await page.locator('html').evaluate((html) => html.scrollWidth);
      expect({ name, width, content }).toEqual({ name, width, content: width });
      const folder = process.env.SCREENSHOTS;
      if (folder)
        await page.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}.png`, fullPage: true });
    }
  }
}

test('a customer confirms with their bank, fails once, tries again and has paid', async () => {
  const { link } = await world.asked(CHALLENGED);
  const page = await open(link);
  await fits(page, 'to_confirm');

  await page.getByTestId('confirm').click();
  await page.waitForURL(/\/3ds\//);
  const second = await open(link);
  expect(await state(second)).toBe('at_bank');
  await fits(second, 'at_bank');
  await page.getByTestId('3ds-fail').click();
  await page.waitForURL(/\/return$/);
  expect(await state(page)).toBe('failed_try');
  await fits(page, 'failed_try');
  await page.getByTestId('confirm').click();
  await page.getByTestId('3ds-complete').click();
  await page.waitForURL(/\/return$/);

  expect(await state(page)).toBe('paid');
  await fits(page, 'paid');
});

test('a customer enters another card at Checkout and pays with it', async () => {
  const { link } = await world.asked('pm_card_visa', ['expired_card']);
  const page = await open(link);
  await fits(page, 'replace');

  await page.getByTestId('replace').click();
  await page.waitForURL(/\/c\/pay\//);
  await page.getByTestId('checkout-number').fill('5555555555554444');
  await page.getByTestId('checkout-pay').click();
  await page.waitForURL(/\/return$/);
  expect(await page.getByTestId('pay-replacement').textContent()).toBe('Pay €42.99 with •••• 4444');
  expect(await page.getByRole('checkbox').isChecked()).toBe(false);
  await fits(page, 'pay_replacement');
  await page.getByTestId('pay-replacement').click();

  await expect.poll(() => state(page)).toBe('paid');
});

test('the keyboard alone is enough: the first stop is the button that pays', async () => {
  const { link } = await world.asked(CHALLENGED);
  const page = await open(link);

  await page.keyboard.press('Tab');
  const focused = await page.locator(':focus').getAttribute('data-testid');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/3ds\//);

  expect(focused).toBe('confirm');
});

test('nothing needs JavaScript', async () => {
  const { link } = await world.asked(CHALLENGED);
  const page = await open(link, { javaScriptEnabled: false });

  await page.getByTestId('confirm').click();
  await page.getByTestId('3ds-complete').click();
  await page.waitForURL(/\/return$/);

  expect(await state(page)).toBe('paid');
});

test('a bad link offers a fresh mail, and closed payments say how they ended', async () => {
  const bad = await open(`${world.url}/r/nonsense`);
  await fits(bad, 'bad_link');
  await bad.getByTestId('fresh-mail').click();
  await bad.getByText('Look in your inbox').first().waitFor();
  await fits(bad, 'mail_asked');

  const { charge, link } = await world.asked(CHALLENGED);
  const page = await open(link);
  await world.cancel(charge);
  await page.reload();
  expect(await state(page)).toBe('processing');
  await fits(page, 'processing');
  await world.work();
  await page.reload();
  expect(await state(page)).toBe('canceled');
  await fits(page, 'canceled');
});

test('the mail fits a phone, and its button leads to the page', async () => {
  const { customer, link } = await world.asked(CHALLENGED);
  const [mail] = world.mailsTo(customer.customer_id);
  const page = await (await browser.newContext()).newPage();
  await page.setContent(mail?.html ?? '');
  await fits(page, 'mail');

  await page.getByRole('link', { name: 'Confirm €42.99' }).click();
  await page.waitForURL(/\/r\/page\//);

  expect(await state(page)).toBe('to_confirm');
  expect(page.url()).not.toContain(link.split('/').at(-1));
});

test('no page broke its own policy', () => {
  expect(complaints).toEqual([]);
});
