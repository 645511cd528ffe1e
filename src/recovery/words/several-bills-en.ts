/** A mail about several bills, in English. */
import { contactText, otherwise } from './mail-texts-en.ts';
import type { BillTexts, Facts, Headline, MailTexts } from './texts.ts';

export type SeveralFacts = Pick<Facts, 'merchant' | 'support_email'> & {
  readonly bills: readonly (Facts & { readonly is_last_call: boolean })[];
  /** How many there are beyond those. */
  readonly more: number;
  /** What they come to together; null where that is not one sum. */
  readonly total: string | null;
};

/** What one mail says of all that a customer is asked for. */
export function mailOfSeveral(facts: SeveralFacts): MailTexts & { readonly headline: Headline } {
  const { merchant, bills, more, total } = facts;
  const count = bills.length + more;
  const { subject, heading } = titles(facts, count);
  return {
    headline:
      total === null
        ? { merchant, amount: `${count} payments`, description: `to ${merchant}` }
        : { merchant, amount: total, description: `${count} payments` },
    subject,
    heading,
    paragraphs: [
      `${count} of your payments to ${merchant} are open${total === null ? '' : `, ${total} in all`}. ` +
        'One link leads to all of them.',
    ],
    bills: bills.map((bill) => ({
      amount: bill.amount,
      description: bill.description,
      document: bill.document.number === null ? null : `Document ${bill.document.number}`,
      asks: asks(bill),
      otherwise: ending(bill),
    })),
    more: more === 0 ? null : `And ${more} more, which the link shows.`,
    button: `See all ${count} payments`,
    details: [],
    otherwise: null,
    contact: contactText(facts),
  };
}

function titles({ merchant, bills, more }: SeveralFacts, count: number) {
  const last = bills.filter((bill) => bill.is_last_call).length;
  if (last > 0) {
    const which = last === count ? `your ${count} payments` : `${last} of your ${count} payments`;
    return {
      subject: `Last call: the time for ${which} to ${merchant} is almost over`,
      heading: `Last call for ${which}`,
    };
  }
  if (more === 0 && bills.every((bill) => bill.retry_at !== null))
    return {
      subject: `${count} payments to ${merchant} did not go through yet`,
      heading: `${count} payments did not go through yet`,
    };
  return { subject: `${count} payments to ${merchant} need you`, heading: `${count} payments need you` };
}

/** The mail's one link may outlive this bill. */
function ending(bill: Facts): string {
  return bill.on_expiry === 'keep_open' && bill.retry_at === null
    ? `The link takes a payment for it until ${bill.until}. After that the amount is still open.`
    : otherwise(bill);
}

function asks({ merchant, kind, card, was_tried, retry_at }: Facts): BillTexts['asks'] {
  const tried = `${merchant} tried to charge ${card ?? 'your saved card'}.`;
  if (retry_at !== null)
    return 'It did not go through yet. You can also pay it yourself now, with the same card or another.';
  if (kind === 'authenticate')
    return `${was_tried ? `${tried} ` : ''}Your bank asks you to confirm that this payment is yours.`;
  return was_tried
    ? `${tried} The card could not be charged. Please pay with another card.`
    : `There is no card on file that ${merchant} can charge for it. Please pay with another card.`;
}
