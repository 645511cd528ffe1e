/**
 * The notice before a debit is collected. SEPA wants amount and day, 14 days ahead unless creditor and debtor agreed on fewer (EPC016-06,
 * section 4.3.5; https://www.europeanpaymentscouncil.eu/what-we-do/sepa-direct-debit); Stripe asks whoever sends their own for the last
 * digits of the account, mandate reference, amount, creditor identifier and how to reach the merchant
 * (https://docs.stripe.com/payments/sepa-debit).
 */
import { formatAmount } from '../../domain/money.ts';
import { accountText, formatDay, type Merchant, oneLine } from './facts.ts';
import type { Say } from './say.ts';
import type { BankNames, Headline, MailTexts } from './texts.ts';

/** Everything that a notice says, written out. */
type NoticeFacts = {
  readonly merchant: string;
  readonly support_email: string;
  readonly amount: string;
  readonly description: string;
  /** The day of collection. */
  readonly day: string;
  /** `ING •••• 3000`; null while its digits are unknown. */
  readonly account: string | null;
  readonly mandate_reference: string | null;
  /** Who collects, as the mandate names them. */
  readonly creditor: string;
  readonly creditor_id: string | null;
  /** An earlier notice said another amount or day. */
  readonly is_changed: boolean;
};

/** A notice as the rows have it. */
export type RawNotice = Pick<
  NoticeFacts,
  'description' | 'mandate_reference' | 'creditor_id' | 'is_changed'
> & {
  readonly amount_minor: number;
  readonly currency: string;
  /** A day of its calendar, `2026-11-30`. */
  readonly collects_on: string;
  readonly bank: BankNames;
  /** Null where the mandate names the merchant. */
  readonly creditor: string | null;
};

/** Amount, day and account as the customer's language writes them. */
function noticeFacts(locale: string, merchant: Merchant, raw: RawNotice): NoticeFacts {
  return {
    merchant: merchant.name,
    support_email: merchant.support_email,
    amount: formatAmount(raw.amount_minor, raw.currency, locale),
    description: oneLine(raw.description),
    day: formatDay(raw.collects_on, locale),
    account: accountText(raw.bank),
    mandate_reference: raw.mandate_reference,
    creditor: raw.creditor ?? merchant.name,
    creditor_id: raw.creditor_id,
    is_changed: raw.is_changed,
  };
}

/** The notice as a mail, in the language of `say`: rendered like a recovery's, with no link. `locale` writes amount and day. */
export function debitNotice(
  say: Say<'debits'>,
  locale: string,
  merchant: Merchant,
  raw: RawNotice,
): { readonly words: MailTexts; readonly headline: Headline } {
  const facts = noticeFacts(locale, merchant, raw);
  return { words: wordsOfNotice(say, facts), headline: facts };
}

function wordsOfNotice(say: Say<'debits'>, facts: NoticeFacts): MailTexts {
  const { account } = facts;
  const values = { ...facts, account: account ?? '', knows_account: account !== null };
  const details = [
    { label: say('notice_label_amount'), value: facts.amount },
    { label: say('notice_label_day'), value: facts.day },
    { label: say('notice_label_account'), value: account },
    { label: say('notice_label_mandate'), value: facts.mandate_reference },
    { label: say('notice_label_creditor'), value: facts.creditor },
    { label: say('notice_label_creditor_id'), value: facts.creditor_id },
  ];
  return {
    subject: say('notice_subject', values),
    heading: say('notice_heading', values),
    paragraphs: [say('notice_opening', values), say('notice_changed', values)],
    bills: [],
    more: null,
    button: null,
    details: details.flatMap(({ label, value }) => (value === null ? [] : [{ label, value }])),
    otherwise: null,
    contact: say('notice_contact', values),
  };
}
