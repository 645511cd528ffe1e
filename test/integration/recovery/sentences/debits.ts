/** A bank account in place of a card: announced, collected, returned, and paid from another. */
import { announced, answered, debtor } from '../../debits/debtors.ts';
import { newest } from './mails.ts';
import type { Opened, Shown, Situation, Street } from './street.ts';

async function toldOf(street: Street, account: string) {
  const customer = await debtor(street, account);
  return { customer, charge: await street.charge(customer, 4_299) };
}

/** At the page, after its bank has refused the debit. */
async function returned(street: Street, code: string): Promise<Opened> {
  const { customer, charge } = await toldOf(street, 'failedDelayed');
  await announced(street, charge);
  await street.work(['charge']);
  await answered(street, charge, 'fail', code);
  const link = street.linkTo(customer.customer_id);
  const browser = street.browser();
  return { customer, charge, link, browser, page: await browser.get(link) };
}

async function withNewAccount(street: Street): Promise<Opened> {
  const given = await returned(street, 'account_closed');
  const checkout = await given.browser.press(given.page, 'replace');
  const typed = { iban: 'DE08370400440532013003', accept: 'on' };
  return { ...given, page: await given.browser.press(checkout, 'checkout-pay', typed) };
}

const shown = ({ charge, page }: Opened): Shown => ({ charge, page });

export const debits: readonly Situation[] = [
  {
    what: 'A debit was returned because its account is closed',
    show: async (street) => shown(await returned(street, 'account_closed')),
  },
  {
    what: 'A debit was returned because nobody had authorised it',
    show: async (street) => shown(await returned(street, 'debit_not_authorized')),
  },
  {
    what: 'Another account was entered, and nothing was pressed yet',
    show: async (street) => shown(await withNewAccount(street)),
  },
  {
    what: 'Another account was entered and pressed: the bank is asked',
    show: async (street) => street.press(await withNewAccount(street), 'pay-replacement'),
  },
  {
    what: '“Use another account or a card”; Stripe does not answer',
    show: async (street) => {
      const given = await returned(street, 'account_closed');
      const match = { method: 'POST', route: '/v1/checkout/sessions' } as const;
      await street.simulator.control.faults({ match, action: { type: 'reset_before' }, times: 100 });
      return street.press(given, 'replace');
    },
  },
  {
    what: 'Mail: a debit is to be collected',
    show: async (street) => {
      const given = await toldOf(street, 'success');
      await street.work();
      return newest(street, given);
    },
  },
  {
    what: 'Mail: a debit was returned because its account is closed',
    show: async (street) => newest(street, await returned(street, 'account_closed')),
  },
  {
    what: 'Mail: another account was entered',
    show: async (street) => {
      const given = await withNewAccount(street);
      await street.work();
      return newest(street, given);
    },
  },
];
