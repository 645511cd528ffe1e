/**
 * What a press answers when things are slow, unknown or impossible, on a phone: each page says what is known, and leads
 * on by itself, without a script.
 */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Album, expectAccessible, openAlbum } from './page-checks.ts';
import { openStreet, type Street, stateOf } from './street.ts';

const PHONE = { width: 390, scheme: 'light' } as const;
const CONFIRMS = { method: 'POST', route: '/v1/payment_intents/:id/confirm' };
const EVENTS = { method: 'GET', route: '/v1/events' };
const SESSIONS = { method: 'POST', route: '/v1/checkout/sessions' };
/** Stripe for as long as nobody gets through to it. */
const AWAY = { type: 'status', status: 503, effect: 'none' } as const;
const WITHOUT_SCRIPT = { javaScriptEnabled: false };

let street: Street;
let album: Album;

beforeAll(async () => {
  album = openAlbum('press-answers');
  street = await openStreet();
});

afterEach(async () => {
  const { control } = street.simulator;
  for (const { id } of await control.listFaults()) await control.removeFault(id);
  await street.sql`update instance set charging_enabled = true`;
});

afterAll(() => street?.close());

/** Through most of the looks that a page takes by itself: on a busy machine what it waits for may miss the early ones. */
const PATIENCE_MS = 300_000;

const heading = (page: Page, words: string) =>
  page.getByRole('heading', { name: words }).waitFor({ timeout: PATIENCE_MS });

async function look(page: Page, state: string): Promise<void> {
  await album.look(page, state, PHONE);
  await expectAccessible(page);
}

/**
 * What became of a confirm stays unknown until the function that this returns is called: a page that goes on by itself
 * would otherwise be gone, on a busy machine, before the test has looked at it.
 */
async function hearNothing(): Promise<() => Promise<void>> {
  const { control } = street.simulator;
  await control.webhooks({ paused: true });
  const faults = await Promise.all(
    [CONFIRMS, EVENTS].map((match) => control.faults({ match, action: AWAY, times: 100_000 })),
  );
  return async () => {
    for (const { id } of faults) await control.removeFault(id);
    await control.webhooks({ paused: false });
  };
}

test('clicked twice on a slow day: at the bank, once, and then paid', async () => {
  const { page, charge } = await street.asked(PHONE);
  await street.simulator.control.faults({ match: CONFIRMS, action: { type: 'delay', ms: 800 }, times: 1 });

  await page.getByTestId('confirm').dblclick({ noWaitAfter: true });
  // Where even the twin's wait is too short, the page that looks again by itself leads there.
  const again = page.getByRole('heading', { name: 'Please continue at your bank' });
  await page.getByTestId('3ds-complete').or(again).waitFor({ timeout: PATIENCE_MS });
  if (await again.isVisible()) await page.getByTestId('confirm').click();
  await page.getByTestId('3ds-complete').click();
  await page.waitForURL(/\/return$/);

  expect(await stateOf(page)).toBe('paid');
  await look(page, 'paid');
  expect(await street.takenOnce(charge)).toBe(true);
});

test(
  'an answer that is lost: the page says that it is checked, and goes on by itself to the bank',
  async () => {
    const { page, charge } = await street.asked(PHONE, WITHOUT_SCRIPT);
    await street.simulator.control.faults({ match: CONFIRMS, action: { type: 'partial_body' }, times: 1 });
    const hearAgain = await hearNothing();

    await page.getByTestId('confirm').click();
    await heading(page, 'We are checking your payment');
    await album.look(page, 'processing', PHONE);
    await hearAgain();
    await heading(page, 'Please continue at your bank');
    await album.look(page, 'at_bank', PHONE);
    await page.getByTestId('confirm').click();
    await page.getByTestId('3ds-complete').click();
    await page.waitForURL(/\/return$/);

    expect(await stateOf(page)).toBe('paid');
    expect(await street.takenOnce(charge)).toBe(true);
  },
  2 * PATIENCE_MS,
);

test('charging is switched off: nothing was sent, and the page with its button comes back by itself', async () => {
  const { page, charge } = await street.asked(PHONE, WITHOUT_SCRIPT);
  await street.sql`update instance set charging_enabled = false`;

  await page.getByTestId('confirm').click();
  await heading(page, 'One moment, please');
  await album.look(page, 'unsent', PHONE);
  await heading(page, 'Please confirm this payment');

  expect((await street.ledger(charge))[0]).toMatchObject({ confirms: 1, successes: 0 });
});

test('Stripe opens no page for another card: for now, or at all', async () => {
  const { page } = await street.asked(PHONE);
  const { id } = await street.simulator.control.faults({ match: SESSIONS, action: AWAY, times: 1_000 });
  await page.getByTestId('replace').click();
  await heading(page, 'One moment, please');
  await look(page, 'no_checkout');
  await page.getByRole('link', { name: 'Back to your payment' }).click();
  expect(await stateOf(page)).toBe('to_confirm');

  await street.simulator.control.removeFault(id);
  const never = { type: 'status', status: 400, effect: 'none' } as const;
  await street.simulator.control.faults({ match: SESSIONS, action: never, times: 10 });
  await page.getByTestId('replace').click();
  await page.waitForURL(/\/r\/page\/rec_[a-z2-7]+$/);

  expect(await page.getByTestId('replace').count()).toBe(0);
  expect(await page.getByTestId('confirm').count()).toBe(1);
  await look(page, 'to_confirm-no-other-card');
});

test('without cookies, or on another device: the page says what to do, and offers no mail', async () => {
  const { page } = await street.asked(PHONE);
  const other = await street.open(PHONE);
  await other.goto(page.url());

  await heading(other, 'Please open the link in your browser');
  expect(await other.getByRole('button').count()).toBe(0);
  await look(other, 'cookies_needed');
});

test('the bank’s page is left for half an hour: that was not finished, and one more try pays', async () => {
  const { page, charge } = await street.asked(PHONE);
  const url = page.url();
  await page.getByTestId('confirm').click();
  await page.waitForURL(/\/3ds\//);
  await street.advance(31 * 60);
  await street.shop.shown(`/v1/charges/${charge}`, ({ attempts }) =>
    (attempts as { status: string }[]).some(({ status }) => status === 'abandoned'),
  );

  await page.goto(url);
  expect(await stateOf(page)).toBe('unfinished');
  await look(page, 'unfinished');
  await page.getByTestId('confirm').click();
  await page.getByTestId('3ds-complete').click();
  await page.waitForURL(/\/return$/);

  expect(await stateOf(page)).toBe('paid');
  expect(await street.takenOnce(charge)).toBe(true);
});

test('the merchant cancels while the page is checked: it ends by itself, without a script', async () => {
  const { page, charge } = await street.asked(PHONE, WITHOUT_SCRIPT);
  const cancel = { method: 'POST', route: '/v1/payment_intents/:id/cancel' };
  await street.simulator.control.faults({ match: cancel, action: { type: 'delay', ms: 3_000 }, times: 1 });
  await street.api.post(`/v1/charges/${charge}/cancel`);

  await page.reload();
  await heading(page, 'We are checking your payment');
  await heading(page, 'This payment was cancelled');
  await album.look(page, 'canceled', PHONE);

  expect((await street.ledger(charge))[0]).toMatchObject({ status: 'canceled', successes: 0 });
});

test('the bank says no: nothing was charged, and the page says so', async () => {
  const { page } = await street.asked(PHONE);
  await page.getByTestId('confirm').click();
  await page.getByTestId('3ds-fail').click();
  await page.waitForURL(/\/return$/);

  expect(await stateOf(page)).toBe('failed_try');
  await look(page, 'failed_try');
});

test('no page broke its own policy, or loaded anything besides itself', () => {
  expect(street.complaints).toEqual([]);
});
