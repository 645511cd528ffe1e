import type { NoticeMail } from '../../billing/recovery-ports.ts';
import { formatAmount } from '../../domain/money.ts';
import { type Merchant, oneLine } from '../words/facts.ts';
import type { Headline, MailTexts } from '../words/texts.ts';

/** What the notice of a debit says: amount, day, account, mandate and creditor (docs.stripe.com/payments/sepa-debit, debit notifications). */
export function noticeWords(
  merchant: Merchant,
  notice: NoticeMail,
  locale: string,
): { readonly words: MailTexts; readonly headline: Headline } {
  const amount = formatAmount(notice.amount_minor, notice.currency, locale);
  const day = dayIn(notice.debit_on, locale);
  const account =
    notice.bank_last4 === null ? 'your bank account' : `your bank account •••• ${notice.bank_last4}`;
  const description = oneLine(notice.description);
  const reference = notice.mandate_reference;
  const named = reference === null ? [] : [{ label: 'Mandate', value: reference }];
  const words = {
    subject: `${merchant.name} will debit ${amount} on ${day}`,
    heading: `${amount} on ${day}`,
    paragraphs: [
      `${merchant.name} will debit ${amount} from ${account} on ${day}, or up to three bank days later, for: ${description}.`,
      `The direct debit mandate that you gave permits this${reference === null ? '' : ` (reference ${reference})`}. Please see that there is enough money in the account.`,
    ],
    bills: [],
    more: null,
    button: null,
    details: [
      { label: 'Amount', value: amount },
      { label: 'Day', value: day },
      {
        label: 'Account',
        value: notice.bank_last4 === null ? 'Your bank account' : `•••• ${notice.bank_last4}`,
      },
      ...named,
    ],
    otherwise: null,
    contact: `If something is wrong with this, write to ${merchant.support_email} before that day.`,
  };
  return { words, headline: { merchant: merchant.name, amount, description } };
}

function dayIn(day: string, locale: string): string {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeZone: 'UTC' });
  return format.format(new Date(`${day}T00:00:00Z`));
}
