/** Stripe is asked to keep a card for later only where the consent on file covers it, or the customer ticked for it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRecoveryWorld, type Page, type RecoveryWorld } from './recovery-world.ts';

let world: RecoveryWorld;

beforeAll(async () => {
  world = await createRecoveryWorld();
});

afterAll(() => world.close());

/** Whether the newest confirm of a charge asked for it, as the attempt wrote it ahead. */
async function asksToKeep(charge: string): Promise<boolean> {
  const newest = (await world.read(charge)).attempts.at(-1);
  expect(newest?.kind).toBe('on_session');
  return newest?.request_body.includes('setup_future_usage') ?? false;
}

async function askedUnder(frequency: 'one_time' | 'recurring') {
  const { customer, charge, link } = await world.asked('pm_card_authenticationRequired');
  await world.sql`update consents set frequency = ${frequency} where id = ${customer.consent_id}`;
  const browser = world.browser();
  return { charge, browser, page: await browser.get(link) };
}

test.each([
  ['recurring', {}, true],
  ['one_time', {}, false],
  ['one_time', { future_use: 'yes' }, true],
] as const)(
  'the saved card under a %s consent, pressed with %o, is asked to be kept: %s',
  async (frequency, fields, kept) => {
    const { charge, browser, page } = await askedUnder(frequency);
    await browser.press(page, 'confirm', fields);
    expect(await asksToKeep(charge)).toBe(kept);
  },
);

test.each([
  [{}, false],
  [{ future_use: 'yes' }, true],
] as const)('a card entered instead, pressed with %o, is asked to be kept: %s', async (fields, kept) => {
  const { charge, link } = await world.asked('pm_card_visa', ['expired_card']);
  const browser = world.browser();
  const checkout = await browser.press(await browser.get(link), 'replace');
  const card = { number: '4242424242424242', action: 'pay' };
  const back: Page = await browser.press(checkout, 'checkout-pay', card);
  await browser.press(back, 'pay-replacement', fields);
  expect(await asksToKeep(charge)).toBe(kept);
});
