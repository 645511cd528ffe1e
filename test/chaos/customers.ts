/** Customers read their mail and act on it, each in their own way: they press, press twice, come back, or stay away. */
import { type Browser, has, openBrowser, type Page } from '../../scripts/prove/demo/browser.ts';
import type { Buyer } from './payers.ts';
import type { Act } from './plan.ts';
import type { World } from './world.ts';

export type Customers = {
  /** Whether a customer is at a page, or has an unread mail. */
  isBusy(): boolean;
  stop(): void;
};

const POLL_MS = 100;
const PAUSE_MS = 400;
/** A page that fails to load is tried again a few times; after that the customer waits for the next mail. */
const TRIES_MAX = 4;
const GOOD_CARD = '4242424242424242';
const LINK = /\/r\/v1\./;

/** Customers who look at their inbox until they are stopped. */
export function customersOf(world: Pick<World, 'buyers' | 'inbox'>): Customers {
  const byEmail = new Map(world.buyers.map((buyer) => [buyer.email, buyer]));
  const mails = new Map<Buyer, number>();
  let seen = 0;
  let busy = 0;

  function look(): void {
    const all = world.inbox.messages();
    const fresh = all.slice(0, all.length - seen).reverse();
    seen = all.length;
    for (const mail of fresh) {
      const buyer = byEmail.get(mail.to);
      const link = mail.links.find((address) => LINK.test(address));
      if (buyer === undefined || link === undefined) continue;
      const nth = mails.get(buyer) ?? 0;
      mails.set(buyer, nth + 1);
      const { acts } = buyer.payer;
      const act = acts[Math.min(nth, acts.length - 1)];
      if (act !== undefined) void actOn(link, act);
    }
  }

  async function actOn(link: string, act: Act): Promise<void> {
    busy += 1;
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      try {
        await perform(act, link);
        break;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
    busy -= 1;
  }

  const timer = setInterval(look, POLL_MS);
  return {
    isBusy: () => {
      look();
      return busy > 0;
    },
    stop: () => clearInterval(timer),
  };
}

async function perform(act: Act, link: string): Promise<void> {
  if (act === 'ignores') return;
  if (act === 'takes_other_card' || act === 'leaves_other_card') return withOtherCard(act, link);
  if (act === 'presses_twice') {
    await Promise.all([atBank('3ds-complete', link), atBank('3ds-complete', link)]);
    return;
  }
  const outcome = { pays: '3ds-complete', fails: '3ds-fail', abandons: null }[act];
  await atBank(outcome, link);
}

/** Null leaves the bank's page open and goes to lunch. */
async function atBank(outcome: string | null, link: string): Promise<void> {
  const browser = openBrowser();
  const page = await opened(browser, link);
  if (!has(page, 'confirm')) return;
  const bank = await browser.press(page, 'confirm');
  if (outcome !== null && has(bank, outcome)) await browser.press(bank, outcome);
}

async function withOtherCard(act: Act, link: string): Promise<void> {
  const browser = openBrowser();
  const page = await opened(browser, link);
  if (!has(page, 'replace')) return;
  const checkout = await browser.press(page, 'replace');
  if (!has(checkout, 'checkout-pay')) return;
  const back = await browser.press(checkout, 'checkout-pay', { number: GOOD_CARD });
  if (act === 'leaves_other_card' || !has(back, 'pay-replacement')) return;
  await browser.press(back, 'pay-replacement');
}

async function opened(browser: Browser, link: string): Promise<Page> {
  const page = await browser.open(link);
  if (page.status >= 500) throw new Error('the page is not there');
  return page;
}
