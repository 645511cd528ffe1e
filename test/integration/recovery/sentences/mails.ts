/** What the mails say: an attempt that was never made is not told of. */
import type { InboxMessage } from '../../../../sandbox/inbox.ts';
import type { Opened, Shown, Situation, Street } from './street.ts';

/** A mail in the form of a page: its subject, and a paragraph for each of its text. */
function shownOf(charge: string, { subject, text }: InboxMessage): Shown {
  const paragraphs = text.split(/\n\n+/).filter((part) => !part.includes('/r/v1') && !part.startsWith('-- '));
  const html = `<main><h1>${subject}</h1>${paragraphs.map((part) => `<p class="lead">${part}</p>`).join('')}</main>`;
  return { charge, page: { status: 0, url: 'mail', html, headers: new Headers(), through: [] } };
}

/** The mail that its customer got last. */
export const newest = (street: Street, { charge, customer }: Pick<Opened, 'charge' | 'customer'>): Shown => {
  const [mail] = street.mailsTo(customer.customer_id);
  if (mail === undefined) throw new Error('no mail');
  return shownOf(charge, mail);
};

async function daysLater(street: Street, days: number): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    await street.advance(86_400);
    await street.work();
  }
}

export const mails: readonly Situation[] = [
  {
    what: 'The bank asked for its customer while they were away',
    show: async (street) => newest(street, await street.open()),
  },
  {
    what: 'The card was declined for good while the customer was away',
    show: async (street) => newest(street, await street.open('pm_card_visa', ['expired_card'])),
  },
  {
    what: 'The card was taken off the file before its day, so nothing was tried',
    show: async (street) => newest(street, await street.neverTried()),
  },
  {
    what: 'The first reminder, after the bank did not let its customer through',
    show: async (street) => {
      const given = await street.open();
      const { page: bank } = await street.press(given);
      await street.press({ ...given, page: bank }, '3ds-fail');
      await daysLater(street, 1);
      return newest(street, given);
    },
  },
  {
    what: 'The last call',
    show: async (street) => {
      const given = await street.open();
      await daysLater(street, 6);
      return newest(street, given);
    },
  },
  {
    what: 'A new card was entered',
    show: async (street) => {
      const given = await street.withNewCard();
      await street.work();
      return newest(street, given);
    },
  },
];
