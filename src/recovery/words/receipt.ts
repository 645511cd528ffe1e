/** The mail that confirms a payment. It is no invoice: that is the merchant's own document. */
import type { ReceiptMail } from '../../billing/recovery-ports.ts';
import { formatAmount } from '../../domain/money.ts';
import { accountText, documentFacts, formatDay, type Merchant, oneLine } from './facts.ts';
import type { Tongue } from './languages.ts';
import { documentDetails, methodDetails } from './mail-texts.ts';
import type { Say } from './say.ts';
import type { Headline, MailTexts } from './texts.ts';

/** A receipt as the rows have it. */
export type RawReceipt = Pick<
  ReceiptMail,
  'amount_minor' | 'currency' | 'description' | 'reference' | 'document' | 'paid_on' | 'card' | 'bank'
>;

type Sayers = {
  readonly receipts: Say<'receipts'>;
  readonly mails: Say<'mails'>;
  /** `Visa •••• 4242` */
  readonly card: (brand: string, last4: string) => string;
};

/** The receipt as a mail: rendered like a recovery's, with no link. `locale` writes amount and day. */
export function receiptMail(
  { receipts: say, mails, card: cardText }: Sayers,
  { locale }: Pick<Tongue, 'locale'>,
  merchant: Merchant,
  raw: RawReceipt,
): { readonly words: MailTexts; readonly headline: Headline } {
  const { card, bank } = raw;
  const account = bank === null ? null : accountText(bank);
  const facts = {
    merchant: merchant.name,
    support_email: merchant.support_email,
    amount: formatAmount(raw.amount_minor, raw.currency, locale),
    description: oneLine(raw.description),
    day: formatDay(raw.paid_on, locale),
    by: bank === null ? ('card' as const) : ('bank' as const),
    card: card === null ? null : cardText(card.brand, card.last4),
    account,
    document: documentFacts(raw.document, locale),
  };
  const reference = raw.reference === null ? null : oneLine(raw.reference);
  const values = { ...facts, with: paidWith(facts), method: account ?? facts.card ?? '' };
  const named = [
    facts.document.number === null ? null : `${mails('several_document', facts.document)}.`,
    reference === null ? null : say('reference', { reference }),
  ].filter((part) => part !== null);
  const words = {
    subject: say('subject', values),
    heading: say('heading'),
    paragraphs: [say('paid', values), ...(named.length === 0 ? [] : [named.join(' ')]), say('done')],
    bills: [],
    more: null,
    button: null,
    details: [
      { label: say('label_day'), value: facts.day },
      ...methodDetails(mails, facts),
      ...documentDetails(mails, facts),
      ...(reference === null ? [] : [{ label: say('label_reference'), value: reference }]),
    ],
    otherwise: null,
    contact: say('contact', values),
  };
  return { words, headline: facts };
}

function paidWith({
  by,
  card,
  account,
}: {
  readonly by: string;
  card: string | null;
  account: string | null;
}) {
  if (by === 'bank') return account === null ? 'some_account' : 'account';
  return card === null ? 'unknown' : 'card';
}
