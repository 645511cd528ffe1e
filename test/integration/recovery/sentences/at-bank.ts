/** The press that leads to the bank, and what comes of it there. */
import type { Opened, Situation, Street } from './street.ts';

async function atBank(street: Street) {
  const given = await street.open();
  const { page: bank } = await street.press(given);
  return { given, bank, back: { ...given, page: bank } };
}

const intentOf = async (street: Street, { charge }: Opened): Promise<string> =>
  String((await street.ledger(charge))[0]?.id);

export const at_bank: readonly Situation[] = [
  { what: 'Pressed: the bank’s page', show: async (street) => street.press(await street.open()) },
  {
    what: 'Pressed twice at once: the second answer',
    show: async (street) => {
      const given = await street.open();
      const [, second] = await Promise.all([street.press(given), street.press(given)]);
      return { charge: given.charge, page: second.page };
    },
  },
  {
    what: 'Pressed again while Stripe takes its time over the first confirm: the second answer',
    show: async (street) => {
      const given = await street.open();
      await street.confirmsMeet({ type: 'delay', ms: 800 });
      const first = street.press(given);
      await street.sent(given.charge);
      const second = await given.browser.press(given.page, 'confirm');
      await first;
      return { charge: given.charge, page: second };
    },
  },
  {
    what: 'Pressed, went to the bank, and came back by the back button',
    show: async (street) => street.again((await atBank(street)).given),
  },
  {
    what: 'Confirmed at the bank, and brought back',
    show: async (street) => street.press((await atBank(street)).back, '3ds-complete'),
  },
  {
    what: 'Confirmed at the bank; the webhook is late, and another window shows the page',
    show: async (street) => {
      const { given } = await atBank(street);
      await street.simulator.control.webhooks({ paused: true });
      await street.simulator.control.authenticate(await intentOf(street, given), 'succeed');
      return street.again(given);
    },
  },
  {
    what: 'Confirmed at the bank on another device, which has no cookie',
    show: async (street) => {
      const { given, bank } = await atBank(street);
      return { charge: given.charge, page: await street.browser().press(bank, '3ds-complete') };
    },
  },
  {
    what: 'The bank did not let them through, and brought them back',
    show: async (street) => street.press((await atBank(street)).back, '3ds-fail'),
  },
  {
    what: 'Left the bank’s page, and half an hour went by',
    show: async (street) => {
      const { given } = await atBank(street);
      await street.advance(31 * 60);
      await street.work();
      return street.again(given);
    },
  },
  {
    what: 'Left the bank’s page for half an hour, then confirmed there after all; the webhook is late',
    show: async (street) => {
      const { given } = await atBank(street);
      await street.advance(31 * 60);
      await street.work();
      await street.simulator.control.webhooks({ paused: true });
      await street.simulator.control.authenticate(await intentOf(street, given), 'succeed');
      return street.again(given);
    },
  },
  {
    what: 'Paid in one window, and pressed again in another that was left open',
    show: async (street) => {
      const { given, back } = await atBank(street);
      await street.press(back, '3ds-complete');
      return street.press(given);
    },
  },
  {
    what: 'The merchant cancels while the customer is at the bank, who then comes back',
    show: async (street) => {
      const { given } = await atBank(street);
      await street.cancel(given.charge);
      return street.again(given);
    },
  },
  {
    what: 'The bank refused them seven times: the last attempt that Stripe takes, with its proof',
    show: async (street) => {
      let given: Opened = await street.open();
      for (let time = 0; time < 7; time += 1) {
        const { page: bank } = await street.press(given);
        given = { ...given, page: (await street.press({ ...given, page: bank }, '3ds-fail')).page };
      }
      await street.work();
      return street.again({
        ...given,
        page: { ...given.page, url: given.page.url.replace(/\/return$/, '') },
      });
    },
  },
  {
    what: 'The merchant refunds what was paid, and the customer opens the link again',
    show: async (street) => {
      const { given, back } = await atBank(street);
      await street.press(back, '3ds-complete');
      await street.sdk.refunds.create({ payment_intent: await intentOf(street, given) });
      await street.work();
      return { charge: given.charge, page: await street.browser().get(given.link) };
    },
  },
];
