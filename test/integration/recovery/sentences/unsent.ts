/** Presses of which nothing left for Stripe, and buttons that could not help. */
import type { Situation } from './street.ts';

const SESSIONS = { method: 'POST', route: '/v1/checkout/sessions' } as const;

export const unsent: readonly Situation[] = [
  {
    what: 'Pressed while charging is switched off',
    show: async (street) => {
      const given = await street.open();
      await street.sql`update instance set charging_enabled = false`;
      return street.press(given);
    },
  },
  {
    what: 'Pressed; Stripe does not answer what its PaymentIntent looks like',
    show: async (street) => {
      const given = await street.open();
      await street.readsMeet({ type: 'status', status: 503, effect: 'none' });
      return street.press(given);
    },
  },
  {
    what: 'Pressed; the database is away',
    show: async (street) => {
      const given = await street.open();
      const { charge, browser, page } = given;
      const before = { confirms: 1, attempts: 1 };
      street.withoutDatabase();
      return { charge, page: await browser.press(page, 'confirm'), before };
    },
  },
  {
    what: 'Pressed; the charge cannot be claimed',
    show: async (street) => {
      const given = await street.open();
      street.failAt('claim.before:throw@1');
      return street.press(given);
    },
  },
  {
    what: 'At the bank, pressed again, and Stripe does not say where its page is',
    show: async (street) => {
      const given = await street.open();
      await street.press(given);
      const at_bank = { ...given, page: await given.browser.get(given.page.url) };
      await street.readsMeet({ type: 'status', status: 503, effect: 'none' });
      return street.press(at_bank);
    },
  },
  {
    what: '“Use another card”; Stripe does not answer',
    show: async (street) => {
      const given = await street.open();
      const action = { type: 'status', status: 503, effect: 'none' } as const;
      await street.simulator.control.faults({ match: SESSIONS, action, times: 1_000 });
      return street.press(given, 'replace');
    },
  },
  {
    what: '“Use another card”; Stripe refuses to open its page, and the old card is of no use',
    show: async (street) => {
      const given = await street.open('pm_card_visa', ['expired_card']);
      const action = { type: 'status', status: 400, effect: 'none' } as const;
      await street.simulator.control.faults({ match: SESSIONS, action, times: 10 });
      return street.press(given, 'replace');
    },
  },
  {
    what: '“Use another card”; somebody has deleted the customer at Stripe',
    show: async (street) => {
      const given = await street.open('pm_card_visa', ['expired_card']);
      await street.simulator.control.webhooks({ paused: true });
      await street.sdk.customers.del(given.customer.stripe_customer_id);
      const pressed = await street.press(given, 'replace');
      await street.work();
      return { ...pressed, page: await given.browser.get(given.page.url) };
    },
  },
  {
    what: 'Five sessions for another card were used up, and the old one is of no use',
    show: async (street) => {
      const given = await street.open('pm_card_visa', ['expired_card']);
      for (let session = 0; session < 5; session += 1) {
        await given.browser.press(given.page, 'replace');
        await street.advance(86_401);
        await street.work(['inbox_event', 'setup']);
      }
      return street.again({ ...given, page: await given.browser.get(given.link) });
    },
  },
];
