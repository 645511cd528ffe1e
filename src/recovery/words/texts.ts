/**
 * The words of mails and pages. A second language is one more file in the shape of the English one, and a line in the table
 * below. Only our own words are here; what the merchant or the customer wrote is passed in, and escaped where it is
 * shown.
 */
import type { RecoveryMail } from '../../billing/recovery-ports.ts';
import { en } from './texts-en.ts';

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
  /** `Visa •••• 4242`; null when the brand is unknown. */
  readonly card: string | null;
  readonly new_card: string | null;
  /** `•••• 4444`, for the button. */
  readonly new_card_short: string | null;
  /** Likewise, of the other card on file. */
  readonly saved_card_short: string | null;
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
  /** `Visa •••• 4242`; null before a card is saved. */
  readonly card: string | null;
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

export type Texts = typeof en;
export type PageTexts = ReturnType<Texts['page']>;
export type SeveralTexts = ReturnType<Texts['several']>;
export type SetupPageTexts = ReturnType<Texts['setup']['page']>;

const LANGUAGES: Readonly<Record<string, Texts>> = { en };

/** The texts nearest to a customer's locale; English if we have none. */
export function textsFor(locale: string | null): Texts {
  const language = locale?.split(/[-_]/)[0]?.toLowerCase() ?? 'en';
  return Object.hasOwn(LANGUAGES, language) ? (LANGUAGES[language] ?? en) : en;
}
