/** What the merchant ruled: early mails, the end of the customer's time; and several bills of one customer. */
import type { Situation } from './street.ts';

const DECLINES = 'pm_card_chargeCustomerFail';

export const policies: readonly Situation[] = [
  {
    what: 'The card was declined for now and is tried again by itself, and an early mail led here',
    show: (street) => street.openUnder({ early_mail: true }, DECLINES),
  },
  {
    what: 'An early mail led here, the customer presses, and the bank declines',
    show: async (street) => street.press(await street.openUnder({ early_mail: true }, DECLINES)),
  },
  {
    what: 'An early mail led here, the next try by itself was declined too, and there is one more to come',
    show: async (street) => {
      const given = await street.openUnder({ early_mail: true }, DECLINES);
      await street.pass(2);
      return { charge: given.charge, page: await street.browser().get(given.link) };
    },
  },
  {
    what: 'An early mail led here, and the next try by itself has paid since',
    show: async (street) => {
      const given = await street.openUnder({ early_mail: true }, DECLINES);
      await street.simulator.control.script(given.customer.payment_method_id, ['succeed']);
      await street.pass(2);
      return { charge: given.charge, page: await street.browser().get(given.link) };
    },
  },
  {
    what: 'A pledge that nobody has confirmed yet',
    show: (street) => street.openUnder({ on_expiry: 'release' }),
  },
  {
    what: 'Nobody came for a week, and the pledge was released, with Stripe’s proof',
    show: async (street) => {
      const given = await street.openUnder({ on_expiry: 'release' });
      await street.pass(8);
      return { charge: given.charge, page: await street.browser().get(given.link) };
    },
  },
  {
    what: 'A charge that stays open when its customer’s time is over, and they come in time',
    show: (street) => street.openUnder({ on_expiry: 'keep_open' }),
  },
  {
    what: 'Nobody came for a week, and the charge stays open',
    show: async (street) => {
      const given = await street.openUnder({ on_expiry: 'keep_open' });
      await street.pass(8);
      return { charge: given.charge, page: await street.browser().get(given.link) };
    },
  },
  {
    what: 'Two bills are open, and the customer has just paid the first',
    show: async (street) => {
      const given = await street.open();
      await street.charge(given.customer, 1_250);
      await street.work();
      const page = await given.browser.get(given.page.url);
      const bank = await given.browser.press(page, 'confirm');
      return { charge: given.charge, page: await given.browser.press(bank, '3ds-complete') };
    },
  },
];
