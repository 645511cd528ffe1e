/** The customer's page offers their other card on file beside a new one, where that is another than the declined one. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requestDetach } from '../../../src/store/customer/payment-method-changes.ts';
import { createRecoveryWorld, offers, type RecoveryWorld, stateOf } from '../recovery/recovery-world.ts';
import { anotherCard, cardOf, choose, usedBy } from './following-world.ts';

let world: RecoveryWorld;

beforeAll(async () => {
  world = await createRecoveryWorld();
});
afterAll(() => world.close());

/** A charge that names a card which is dead, while another is its customer's default. */
async function asked() {
  const { customer, charge, link } = await world.asked('pm_card_visa', ['expired_card']);
  const card = await anotherCard(world, customer);
  await choose(world, card);
  await world.work();
  return { customer, charge, link, card };
}

test('it pays there without being entered again', async () => {
  const { customer, charge, link, card } = await asked();
  const browser = world.browser();
  const page = await browser.get(link);
  expect([offers(page, 'pay-saved'), offers(page, 'replace'), offers(page, 'confirm')]).toEqual([
    true,
    true,
    false,
  ]);
  expect(page.html).toContain('Pay €42.99 with •••• 4444');
  const paid = await browser.press(page, 'pay-saved');
  expect(stateOf(paid)).toBe('paid');
  expect((await usedBy(world, charge)).map(({ payment_method_id }) => payment_method_id)).toEqual([
    customer.payment_method_id,
    card.payment_method_id,
  ]);
  const read = await world.read(charge);
  // What the charge rests on is what it was taken in under; the press itself is the permission for this card.
  expect(read.charge).toMatchObject({ state: 'succeeded', ...cardOf(customer), future_use_at: null });
});

test('the declined card is not offered again, nor one that may not be charged', async () => {
  const { customer, link, card } = await asked();
  await choose(world, cardOf(customer));
  expect(offers(await world.browser().get(link), 'pay-saved')).toBe(false);
  await choose(world, card);
  await world.sql`update consents set revoked_at = dc_now() where id = ${card.consent_id}`;
  expect(offers(await world.browser().get(link), 'pay-saved')).toBe(false);
});

test('a card that is not the default any more is not charged by a page that was left open', async () => {
  const { customer, charge, link, card } = await asked();
  const browser = world.browser();
  const page = await browser.get(link);
  await choose(world, await anotherCard(world, customer, 'pm_card_amex'));
  const back = await browser.press(page, 'pay-saved');
  expect(stateOf(back)).toBe('to_confirm');
  await requestDetach(world.sql, card.payment_method_id, 'key_test');
  expect(await usedBy(world, charge)).toHaveLength(1);
});
