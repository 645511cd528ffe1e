/**
 * The words of mails and pages. The sentences are messages in `languages.ts`; here they become pages and mails. Only our own
 * words are in them: what the merchant or the customer wrote is passed in, and escaped where it is shown.
 */
import type { RecoveryMail } from '../../billing/recovery-ports.ts';
import type { SchemeType } from '../../domain/debit/schemes.ts';
import type { DebitFailure } from './debit-failure.ts';
import { debitNotice, type RawNotice } from './debit-notice.ts';
import type { Merchant } from './facts.ts';
import { type Tongue, tongueOf } from './languages.ts';
import { mailTexts } from './mail-texts.ts';
import { mandateMail, type RawMandate } from './mandate-mail.ts';
import { type MandateFacts, mandateTexts } from './mandate-texts.ts';
import { pageNotices, setupNotices } from './notice-texts.ts';
import { pageTexts } from './page-texts.ts';
import { type RawReceipt, receiptMail } from './receipt.ts';
import { sayer } from './say.ts';
import { setupPageTexts } from './setup-texts.ts';
import { mailOfSeveral, type SeveralFacts } from './several-bills.ts';

/** What a page shows as its state; also the text of the element marked `state`, which tests read. */
export type PageState =
  | 'to_confirm'
  | 'at_bank'
  | 'paid'
  | 'processing'
  | 'expired'
  | 'canceled'
  | 'failed_try'
  | 'unfinished'
  | 'ask_merchant';

/** What the set-up page shows as its state, likewise. */
export type SetupPageState =
  | 'to_accept'
  | 'to_save'
  | 'processing'
  | 'saved'
  | 'not_in_use'
  | 'expired'
  | 'canceled'
  | 'failed';

/** A state in words. */
export type Said = { readonly heading: string; readonly lead: string };

/** A page that only informs; its heading is its title if it has no other. */
export type NoticeTexts = {
  readonly title: string;
  readonly heading?: string;
  readonly lead: string;
  /** Asks for a fresh mail. */
  readonly button?: string;
  /** Leads from the answer to a press back to the page itself. */
  readonly back?: string;
};

/** The figures and names from which sentences are made, already formatted. */
export type Facts = {
  readonly merchant: string;
  readonly support_email: string;
  readonly amount: string;
  /** What Stripe took, once it has. */
  readonly received: string;
  readonly description: string;
  /** What the charge was tried with, or would be: its sentences speak of a card or of a bank account, never of both. */
  readonly by: PaysBy;
  /** `Visa •••• 4242`; null when the brand is unknown, and of a bank account. */
  readonly card: string | null;
  /** Of a bank account, as far as we know it; null of a card. */
  readonly bank: BankNames | null;
  /** `ING •••• 3000`; null while its digits are unknown, and of a card. */
  readonly account: string | null;
  /** What was entered to pay instead. */
  readonly new_by: PaysBy;
  /** `Mastercard •••• 4444` or `ING •••• 3000`. */
  readonly new_method: string | null;
  /** `•••• 4444`, for the button. */
  readonly new_short: string | null;
  /** Likewise, of the other card on file. */
  readonly saved_card_short: string | null;
  /** What became of the debit that was tried; null of a card. */
  readonly debit_failure: DebitFailure | null;
  /** The bank has been asked, and takes its days. */
  readonly is_debit_on_its_way: boolean;
  /** The day on which its money leaves the account; null while nobody knows. */
  readonly collects_on: string | null;
  /** The day on which its result is expected; null likewise. */
  readonly expected_on: string | null;
  /** A day and a time, with its zone. */
  readonly until: string;
  readonly kind: RecoveryMail['kind'];
  /** What becomes of the payment when nothing happens. */
  readonly on_expiry: RecoveryMail['on_expiry'];
  /** When the saved card is tried again by itself; null for never. */
  readonly retry_at: string | null;
  /** The merchant's own document. */
  readonly document: {
    readonly number: string | null;
    readonly date: string | null;
    readonly url: string | null;
  };
  /** The card was tried while the customer was away. */
  readonly was_tried: boolean;
  /** That nothing was charged, and will not be, is Stripe's word. */
  readonly is_proven_uncharged: boolean;
  /** The page looks again by itself. */
  readonly looks_again: boolean;
  /** How many more bills the same page shows. */
  readonly others_open: number;
};

export type PaysBy = 'card' | 'bank';
export type BankNames = { readonly name: string | null; readonly last4: string | null };

/** The names and terms from which sentences are made. */
export type SetupPageFacts = {
  readonly merchant: string;
  readonly support_email: string;
  readonly frequency: 'one_time' | 'recurring';
  readonly scope: 'off_session' | 'on_session';
  /** A day and a time, with its zone. */
  readonly until: string;
  /** When the customer agreed; null before that. */
  readonly accepted: string | null;
  /** What the page saves: `any` leaves the choice to the customer. */
  readonly saves: PaysBy | 'any';
  /** `Visa •••• 4242`; null before a card is saved. */
  readonly card: string | null;
  /** `ING •••• 3000`; null before an account is saved. */
  readonly account: string | null;
  readonly limits: {
    /** A day and a time, with its zone. */
    readonly until: string | null;
    readonly max_charges: number | null;
    readonly max_amount: { readonly amount: string; readonly per: 'charge' | 'month' } | null;
  };
  /** Whether the page comes again by itself. */
  readonly looks_again: boolean;
};

/** What stands above the words of a mail. */
export type Headline = Pick<Facts, 'merchant' | 'amount' | 'description'>;

/** One of the bills that a mail lists. */
export type BillTexts = {
  readonly amount: string;
  readonly description: string;
  /** Its number, with what that is. */
  readonly document: string | null;
  readonly asks: string;
  /** What happens if the customer does nothing, and when. */
  readonly otherwise: string;
};

export type MailTexts = {
  readonly subject: string;
  readonly heading: string;
  /** Why this happens, and what to do; one sentence or two each. */
  readonly paragraphs: readonly string[];
  /** The bills, in a mail about several. */
  readonly bills: readonly BillTexts[];
  /** That there are more bills than these. */
  readonly more: string | null;
  readonly button: string | null;
  /** The facts again, at a glance, below the button they explain; the text part has them in its sentences. */
  readonly details: readonly { readonly label: string; readonly value: string }[];
  /** What happens if the customer does nothing, and when. */
  readonly otherwise: string | null;
  /** How to reach the merchant without using the link. */
  readonly contact: string;
};

export type Texts = ReturnType<typeof textsIn>;
export type PageTexts = ReturnType<Texts['page']>;
export type SeveralTexts = ReturnType<Texts['several']>;
export type SetupPageTexts = ReturnType<Texts['setup']['page']>;

/** The texts nearest to a customer's locale; English if we have none. */
export const textsFor = (locale: string | null) => textsIn(tongueOf(locale));

/** Everything that a customer reads, in one language. */
function textsIn(tongue: Tongue) {
  const mails = sayer(tongue, 'mails');
  const debits = sayer(tongue, 'debits');
  const pages = sayer(tongue, 'pages');
  const setup = sayer(tongue, 'setup');
  const mandates = sayer(tongue, 'mandates');
  const notices = sayer(tongue, 'notices');
  const receipts = sayer(tongue, 'receipts');
  const card = (brand: string, last4: string) => `${BRANDS[brand] ?? pages('unknown_card')} •••• ${last4}`;
  return {
    lang: tongue.language,
    locale: tongue.locale,
    mail: (step: string, facts: Facts) => mailTexts(mails, step, facts),
    mailOfSeveral: (facts: SeveralFacts) => mailOfSeveral(mails, facts),
    /** The mail before a debit is collected. */
    notice: (merchant: Merchant, raw: RawNotice) => debitNotice(debits, tongue.locale, merchant, raw),
    /** The mail after a payment. */
    receipt: (merchant: Merchant, raw: RawReceipt) =>
      receiptMail({ receipts, mails, card }, tongue, merchant, raw),
    page: (state: PageState, facts: Facts) => pageTexts(pages, mails, state, facts),
    /** Above and below the customer's other bills on one page. */
    several: (shown: number, has_more: boolean) => ({
      also_open: pages('also_open', { count: shown }),
      and_more: has_more ? pages('and_more') : null,
    }),
    /** The consent that ticking the box gives; stored word for word with its version. */
    future_use: (by: PaysBy, merchant: string, support_email: string) => ({
      text: pages('future_use', { by, merchant, support_email }),
      version: `recovery-${by === 'bank' ? 'account-' : ''}${tongue.language}-1`,
    }),
    notices: () => pageNotices(notices),
    questions: (merchant: string) => pages('questions', { merchant }),
    /** Where to enter numbers, and where never to. */
    safe: (by: PaysBy | 'any') => pages(by === 'card' ? 'safe' : 'safe_bank'),
    card,
    setup: {
      page: (state: SetupPageState, facts: SetupPageFacts) => setupPageTexts(setup, pages, state, facts),
      mandate: (scheme: SchemeType, facts: MandateFacts) =>
        mandateTexts(mandates, tongue.language, scheme, facts),
      /** The agreement behind a mandate, as a mail; with the version of what it says. */
      mandateMail: (merchant: Merchant, mail: RawMandate) =>
        mandateMail({ debits, setup, mandates }, tongue.language, merchant, mail),
      notices: () => setupNotices(notices),
    },
  };
}

const BRANDS: Readonly<Record<string, string>> = {
  amex: 'American Express',
  cartes_bancaires: 'Cartes Bancaires',
  diners: 'Diners Club',
  discover: 'Discover',
  eftpos_au: 'eftpos',
  jcb: 'JCB',
  mastercard: 'Mastercard',
  unionpay: 'UnionPay',
  visa: 'Visa',
};
