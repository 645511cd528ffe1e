/**
 * A customer with several open bills: whichever mail they follow, one page shows them all, and each is paid by its own
 * press on its own PaymentIntent (docs/protocol.md, 9.15).
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resendRecoveryLink } from '../../../src/billing/recovery/resend-recovery.ts';
import {
  type Browser,
  createRecoveryWorld,
  fingerprint,
  offers,
  type Page,
  type RecoveryWorld,
  stateOf,
} from './recovery-world.ts';

let world: RecoveryWorld;

beforeAll(async () => {
  world = await createRecoveryWorld();
});

afterAll(() => world.close());

const CHALLENGED = 'pm_card_authenticationRequired';
const AMOUNTS = [4_299, 1_250, 8_800] as const;

/** A customer whose bank asks for them three times, and the link in the mail about the first bill. */
async function threeBills() {
  const { customer, charge, link } = await world.asked(CHALLENGED, undefined, AMOUNTS[0]);
  const others = [await world.charge(customer, AMOUNTS[1]), await world.charge(customer, AMOUNTS[2])];
  await world.work();
  return { customer, charges: [charge, ...others] as [string, string, string], link };
}

/** One bill's part of a page. */
function billOn(page: Page, charge: string): Page {
  const parts = page.html.split(/(?=data-charge=")/);
  const html = parts.find((part) => part.startsWith(`data-charge="${charge}"`));
  if (html === undefined) throw new Error(`the page at ${page.url} shows no ${charge}`);
  return { ...page, html };
}

const shownOn = (page: Page): string[] =>
  [...page.html.matchAll(/data-charge="([^"]*)"/g)].map(([, charge = '']) => charge);

/** Presses, lets the bank agree, and comes back. */
async function payAtBank(browser: Browser, page: Page, charge: string): Promise<Page> {
  const bank = await browser.press(billOn(page, charge), 'confirm');
  expect(bank.url).toContain('/3ds/');
  return browser.press(bank, '3ds-complete');
}

async function recoveryOf(charge: string): Promise<string> {
  const [row] = await world.sql<{ id: string }[]>`
    select id from recoveries where charge_id = ${charge} order by opened_at desc limit 1`;
  return row?.id ?? '';
}

const pageOf = async (charge: string): Promise<string> => `${world.url}/r/page/${await recoveryOf(charge)}`;

test('one page shows every open bill, the one that was mailed first, and each is paid once by its own press', async () => {
  const { charges, link } = await threeBills();
  const [first, second, third] = charges;
  const browser = world.browser();

  const page = await browser.get(link);
  expect(shownOn(page)).toEqual(charges);
  expect(charges.map((charge) => stateOf(billOn(page, charge)))).toEqual(Array(3).fill('to_confirm'));
  expect(page.html).toContain('2 more bills are open');

  const after_first = await payAtBank(browser, page, first);
  expect([stateOf(billOn(after_first, first)), shownOn(after_first)]).toEqual(['paid', charges]);
  const after_third = await payAtBank(browser, after_first, third);
  expect([stateOf(billOn(after_third, third)), shownOn(after_third)]).toEqual(['paid', [third, second]]);
  const after_second = await payAtBank(browser, after_third, second);
  expect([stateOf(after_second), shownOn(after_second)]).toEqual(['paid', [second]]);
  expect(after_second.html).toContain('You can close this page');

  for (const [at, charge] of charges.entries()) {
    const intents = await world.ledger(charge);
    expect(intents.map(({ status, successes, amount }) => [status, successes, amount])).toEqual([
      ['succeeded', 1, AMOUNTS[at]],
    ]);
  }
});

test('the link of a bill that is paid still opens what else is open, and says that it is paid', async () => {
  const { charges, link } = await threeBills();
  const [first, second, third] = charges;
  const payer = world.browser();
  await payAtBank(payer, await payer.get(link), first);

  const browser = world.browser();
  const page = await browser.get(link);

  expect([stateOf(page), shownOn(page)]).toEqual(['paid', [first, second, third]]);
  expect(page.html).not.toContain('You can close this page');
  expect(stateOf(await payAtBank(browser, page, second))).toBe('paid');
});

test('the link of a bill whose time is over leads to the one that can still be paid', async () => {
  const { charges, link } = await threeBills();
  const [first, second, third] = charges;
  await world.sql`update recoveries set expires_at = dc_now() where charge_id = ${first}`;

  const page = await world.browser().get(link);

  expect([page.status, page.url, shownOn(page)]).toEqual([200, await pageOf(second), [second, third]]);
});

test('what another customer owes is neither shown nor opened nor paid', async () => {
  const mine = await threeBills();
  const other = await world.asked(CHALLENGED);
  const browser = world.browser();
  const page = await browser.get(mine.link);
  const before = await fingerprint(world);

  expect(shownOn(page)).not.toContain(other.charge);
  const opened = await browser.get(await pageOf(other.charge));
  const token = /name="form_token" value="([^"]*)"/.exec(page.html)?.[1] ?? '';
  const path = `${await pageOf(other.charge)}/confirm`;
  const pressed = await browser.post(path, { form_token: token }, { origin: world.url });

  expect([opened.status, pressed.status]).toEqual([404, 403]);
  expect(await fingerprint(world)).toEqual(before);
});

test('a form pays the bill that it stands in and no other one', async () => {
  const { charges, link } = await threeBills();
  const [first, second, third] = charges;
  const browser = world.browser();
  const page = await browser.get(link);
  const before = await fingerprint(world);

  for (const from of [first, third]) {
    const token = /name="form_token" value="([^"]*)"/.exec(billOn(page, from).html)?.[1] ?? '';
    const path = `${await pageOf(second)}/confirm`;
    const pressed = await browser.post(path, { form_token: token }, { origin: world.url });
    expect(pressed.status).toBe(403);
  }

  expect(await fingerprint(world)).toEqual(before);
});

test('a link that was ended ends what it opened, and a form that was made out to a link that was ended since', async () => {
  const { charges, link } = await threeBills();
  const [first, second] = charges;
  const browser = world.browser();
  const page = await browser.get(link);
  await resendRecoveryLink(world.deps, second, { revokes: true });

  const to_ended = await browser.press(billOn(page, second), 'confirm');
  await resendRecoveryLink(world.deps, first, { revokes: true });
  const through_ended = await browser.get(await pageOf(second));

  expect([to_ended.status, through_ended.status, (await world.browser().get(link)).status]).toEqual([
    403, 404, 404,
  ]);
  expect((await world.ledger(second))[0]?.successes).toBe(0);
});

test('without its own cookie a page opens by that of another bill, with neither it tells how to open it', async () => {
  const { charges, link } = await threeBills();
  const browser = world.browser();
  await browser.get(link);

  const page = await browser.get(await pageOf(charges[1]));

  expect(shownOn(page)).toEqual([charges[1], charges[0], charges[2]]);
  expect((await world.browser().get(await pageOf(charges[1]))).status).toBe(403);
});

test('a page shows no more than twenty bills, says that there are more, and shows them as these are paid', async () => {
  const { customer, link } = await world.asked(CHALLENGED);
  for (let more = 0; more < 20; more += 1) await world.charge(customer, 500 + more);
  await world.work();

  const page = await world.browser().get(link);

  expect(shownOn(page)).toHaveLength(20);
  expect(page.html).toContain('Others are open too');
  expect(offers(page, 'confirm')).toBe(true);
});
