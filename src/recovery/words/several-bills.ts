/** A mail about several bills. */
import { valuesOf } from './mail-texts.ts';
import type { Say } from './say.ts';
import type { BillTexts, Facts, Headline, MailTexts } from './texts.ts';

type SayMails = Say<'mails'>;

export type SeveralFacts = Pick<Facts, 'merchant' | 'support_email'> & {
  readonly bills: readonly (Facts & { readonly is_last_call: boolean })[];
  /** How many there are beyond those. */
  readonly more: number;
  /** What they come to together; null where that is not one sum. */
  readonly total: string | null;
};

/** What one mail says of all that a customer is asked for. */
export function mailOfSeveral(
  say: SayMails,
  facts: SeveralFacts,
): MailTexts & { readonly headline: Headline } {
  const { merchant, support_email, bills, more, total } = facts;
  const count = bills.length + more;
  const last = bills.filter((bill) => bill.is_last_call).length;
  const values = { merchant, support_email, count, more, last, total: total ?? '', which: whichOf(facts) };
  const payments = say('several_headline', values);
  return {
    headline:
      total === null
        ? { merchant, amount: payments, description: say('several_headline_to', values) }
        : { merchant, amount: total, description: payments },
    subject: say('several_subject', values),
    heading: say('several_heading', values),
    paragraphs: [say('several_opening', { ...values, has_total: total !== null })],
    bills: bills.map((bill) => ({
      amount: bill.amount,
      description: bill.description,
      document:
        bill.document.number === null ? null : say('several_document', { number: bill.document.number }),
      asks: asks(say, bill),
      otherwise: ending(say, bill),
    })),
    more: more === 0 ? null : say('several_more', values),
    button: say('several_button', values),
    details: [],
    otherwise: null,
    contact: say('contact', { ...values, by: bills.every((bill) => bill.by === 'bank') ? 'bank' : 'card' }),
  };
}

function whichOf({ bills, more }: SeveralFacts): 'last' | 'some_last' | 'early' | 'all' {
  const last = bills.filter((bill) => bill.is_last_call).length;
  if (last > 0) return last === bills.length + more ? 'last' : 'some_last';
  return more === 0 && bills.every((bill) => bill.retry_at !== null) ? 'early' : 'all';
}

/** The mail's one link may outlive this bill. */
function ending(say: SayMails, bill: Facts): string {
  const keeps = bill.on_expiry === 'keep_open' && bill.retry_at === null;
  return say(keeps ? 'several_keeps' : 'otherwise', valuesOf(bill));
}

function asks(say: SayMails, bill: Facts): BillTexts['asks'] {
  const values = valuesOf(bill);
  if (bill.retry_at !== null) return say('several_early', values);
  const why = say(bill.kind === 'authenticate' ? 'several_authenticate' : 'why_replace', values);
  return bill.was_tried ? `${say('several_tried', values)} ${why}` : why;
}
