/** What customers do with their mails: follow the link, pass the bank's challenge, enter another card, or nothing. */
import { type Browser, has, openBrowser, type Page, textOf } from './browser.ts';
import type { Acts } from './cast.ts';

export type Mail = { readonly to: string; readonly subject: string; readonly links: readonly string[] };

/** Mails that one customer has acted on, and what they have done so far. */
export type Memory = { mails: number; failed: boolean };

const LINK = /\/r\/v1\./;
const GOOD_CARD = '4242424242424242';

/** Reads the inbox, newest first. */
export async function readInbox(inbox_url: string): Promise<Mail[]> {
  const response = await fetch(`${inbox_url}/messages`);
  return (await response.json()) as Mail[];
}

/** Whether a mail leads to a page; the notice of a debit tells, and asks nothing. */
export const asks = (mail: Mail): boolean => mail.links.some((link) => LINK.test(link));

/** Acts on the newest mail as this customer would. Returns the state that the page shows at the end. */
export async function actOnMail(mail: Mail, acts: Acts, memory: Memory): Promise<string> {
  memory.mails += 1;
  if (acts === 'ignores' || (acts === 'pays_late' && memory.mails < 3)) return 'ignored';
  const link = mail.links.find((address) => LINK.test(address));
  if (link === undefined) return 'no_link';
  const browser = openBrowser();
  const page = await browser.open(link);
  if (!has(page, 'confirm') && !has(page, 'replace')) return textOf(page, 'state') ?? 'no_form';
  const wantsOther = acts === 'other_card' || (acts === 'fails_then_other_card' && memory.failed);
  if (wantsOther || !has(page, 'confirm')) return withOtherCard(browser, page);
  const fails = acts.startsWith('fails_then') && !memory.failed;
  memory.failed ||= fails;
  const after = await atBank(browser, page, fails ? '3ds-fail' : '3ds-complete');
  // A try that failed leaves the customer on our page, where they go on at once.
  if (!fails) return textOf(after, 'state') ?? 'unknown';
  return acts === 'fails_then_other_card' || !has(after, 'confirm')
    ? withOtherCard(browser, after)
    : (textOf(await atBank(browser, after, '3ds-complete'), 'state') ?? 'unknown');
}

async function atBank(browser: Browser, page: Page, outcome: string): Promise<Page> {
  const bank = await browser.press(page, 'confirm');
  return has(bank, outcome) ? browser.press(bank, outcome) : bank;
}

async function withOtherCard(browser: Browser, page: Page): Promise<string> {
  if (!has(page, 'replace')) return textOf(page, 'state') ?? 'no_form';
  const checkout = await browser.press(page, 'replace');
  const back = await browser.press(checkout, 'checkout-pay', { number: GOOD_CARD });
  if (!has(back, 'pay-replacement')) return textOf(back, 'state') ?? 'unknown';
  const paid = await browser.press(back, 'pay-replacement');
  const after = has(paid, '3ds-complete') ? await browser.press(paid, '3ds-complete') : paid;
  return textOf(after, 'state') ?? 'unknown';
}
