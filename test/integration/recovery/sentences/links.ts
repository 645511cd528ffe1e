/** Links and cookies that open nothing. None of these may tell anything of a payment. */
import { resendRecoveryLink } from '../../../../src/billing/recovery/resend-recovery.ts';
import type { Shown, Situation, Street } from './street.ts';

async function superseded(street: Street) {
  const given = await street.open();
  await resendRecoveryLink(street.deps, given.charge, { revokes: true });
  await street.work();
  return given;
}

const pageOf = (link: string): string => link.replace(/\/r\/v1\.(rec_[a-z2-7]+)\..*$/, '/r/page/$1');
const nobodys = (page: Shown['page']): Shown => ({ charge: null, page });

export const links: readonly Situation[] = [
  {
    what: 'A link that is none',
    show: async (street) => nobodys(await street.browser().get(`${street.url}/r/x`)),
  },
  {
    what: 'A link that a newer one has replaced',
    show: async (street) => nobodys(await street.browser().get((await superseded(street)).link)),
  },
  {
    what: 'The cookie of a link that a newer one has replaced',
    show: async (street) => {
      const { browser, page } = await superseded(street);
      return nobodys(await browser.get(page.url));
    },
  },
  {
    what: 'Somebody else’s cookie under the name of this page’s',
    show: async (street) => {
      const [mine, theirs] = [await street.open(), await street.open()];
      const [, id = ''] = /(rec_[a-z2-7]+)/.exec(theirs.page.url) ?? [];
      const cookie = `dc_r_${id}=${mine.browser.cookies[0]?.value}`;
      return nobodys(await street.browser().get(theirs.page.url, { cookie }));
    },
  },
  {
    what: 'The link of a payment whose time has just run out, before Stripe was asked',
    show: async (street) => {
      const { charge, link } = await street.open();
      await street.sql`update recoveries set expires_at = dc_now() where charge_id = ${charge}`;
      return nobodys(await street.browser().get(link));
    },
  },
  {
    what: 'The page’s address in a browser that blocks cookies, or on another device',
    show: async (street) => nobodys(await street.browser().get(pageOf((await street.open()).link))),
  },
  {
    what: 'The address of a page that does not exist, without a cookie',
    show: async (street) => nobodys(await street.browser().get(`${street.url}/r/page/rec_${'a'.repeat(24)}`)),
  },
  {
    what: 'A scanner without the cookie presses the button',
    show: async (street) => {
      const { page } = await street.open();
      return nobodys(await street.browser().press(page, 'confirm'));
    },
  },
  {
    what: 'A fresh mail is asked for by a link that was replaced: it goes out',
    show: async (street) => {
      const { link } = await superseded(street);
      const browser = street.browser();
      return nobodys(await browser.press(await browser.get(link), 'fresh-mail'));
    },
  },
  {
    what: 'A fresh mail is asked for, but mails to that address come back: none goes out',
    show: async (street) => {
      const { charge, link } = await superseded(street);
      await street.sql`update recoveries set bounced_at = dc_now() where charge_id = ${charge}`;
      const browser = street.browser();
      return nobodys(await browser.press(await browser.get(link), 'fresh-mail'));
    },
  },
];
