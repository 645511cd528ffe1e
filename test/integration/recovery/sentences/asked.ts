/** Before any press, and the mails that lead there. */
import { requestClose } from '../../../../src/store/charge/close-requests.ts';
import type { Situation } from './street.ts';

export const asked: readonly Situation[] = [
  {
    what: 'The bank asked for its customer while they were away, and they open the link',
    show: (street) => street.open(),
  },
  {
    what: 'The card was declined for good while the customer was away, and they open the link',
    show: (street) => street.open('pm_card_visa', ['expired_card']),
  },
  {
    what: 'The card was taken off the file before its day, so nothing was tried, and they open the link',
    show: (street) => street.neverTried(),
  },
  {
    what: 'Another card was saved and is the default by now, and they open the link',
    show: async (street) => {
      const given = await street.open('pm_card_visa', ['expired_card']);
      const { customer_id, consent_id } = given.customer;
      const id = `pm_other_${customer_id.slice(-8)}`;
      await street.sql`
        insert into payment_methods (id, state, customer_id, consent_id, type, usage, card_brand, card_last4)
        values (${id}, 'usable', ${customer_id}, ${consent_id}, 'card', 'off_session', 'mastercard', '4444')`;
      await street.sql`update customers set default_payment_method_id = ${id} where id = ${customer_id}`;
      return street.again(given);
    },
  },
  {
    what: 'The merchant has withdrawn the charge, and Stripe has not confirmed it yet',
    show: async (street) => {
      const given = await street.open();
      await street.cancel(given.charge);
      return street.again(given);
    },
  },
  {
    what: 'The merchant has withdrawn the charge, with Stripe’s proof',
    show: async (street) => {
      const given = await street.open();
      await street.cancel(given.charge);
      await street.work();
      return street.again(given);
    },
  },
  {
    what: 'Nobody came for a week, and Stripe has confirmed that it is over',
    show: async (street) => {
      const given = await street.open();
      await requestClose(street.sql, [given.charge], {
        as: 'failed',
        detail: 'recovery_expired',
        recovery: 'expired',
        cause: 'recovery_expired',
        cause_reference: null,
      });
      await street.work();
      const browser = street.browser();
      return { charge: given.charge, page: await browser.get(given.link) };
    },
  },
  {
    what: 'The page cannot be read: the database is away',
    show: async (street) => {
      const given = await street.open();
      street.withoutDatabase();
      return street.again(given);
    },
  },
];
