/**
 * The words of mails and pages. A second language is one more file that fulfils `Texts`, and a line in the table
 * below. Only our own words are here; what the merchant or the customer wrote is passed in, and escaped where it is
 * shown.
 */
import type { RecoveryMail } from '../../billing/recovery-ports.ts';
import type { SetupTexts } from './setup-texts.ts';
import { en } from './texts-en.ts';

/** What a page shows as its state; also the text of the element marked `state`, which tests read. */
export type PageState =
  | 'to_confirm'
  | 'at_bank'
  | 'paid'
  | 'processing'
  | 'expired'
  | 'canceled'
  | 'failed_try';

/** The figures and names from which sentences are made, already formatted. */
export type Facts = {
  readonly merchant: string;
  readonly support_email: string;
  readonly amount: string;
  readonly description: string;
  /** `Visa •••• 4242`; null when the brand is unknown. */
  readonly card: string | null;
  readonly new_card: string | null;
  /** `•••• 4444`, for the button. */
  readonly new_card_short: string | null;
  /** A day and a time, with its zone. */
  readonly until: string;
  readonly kind: RecoveryMail['kind'];
};

export type MailTexts = {
  readonly subject: string;
  readonly heading: string;
  /** Why this happens, and what to do; one sentence or two each. */
  readonly paragraphs: readonly string[];
  readonly button: string | null;
  /** The facts again, at a glance, below the button they explain; the text part has them in its sentences. */
  readonly details: readonly { readonly label: string; readonly value: string }[];
  /** What happens if the customer does nothing, and when. */
  readonly otherwise: string | null;
  /** How to reach the merchant without using the link. */
  readonly contact: string;
};

export type PageTexts = {
  readonly title: string;
  readonly heading: string;
  readonly lead: string;
  readonly labels: { readonly bill: string; readonly card: string };
  readonly confirm: string;
  readonly continue_at_bank: string;
  readonly pay_with: string;
  /** Below the button that pays: what comes next. */
  readonly press_hint: string;
  readonly replace: string;
  readonly replace_again: string;
  /** What pressing "another card" agrees to; recorded as the acceptance of this amount. */
  readonly accept_amount: string;
  readonly check_again: string;
  readonly otherwise: string;
};

export type Texts = {
  readonly locale: string;
  readonly mail: (step: string, facts: Facts) => MailTexts;
  readonly page: (state: PageState, facts: Facts) => PageTexts;
  /** The consent that ticking the box gives; stored word for word with its version. */
  readonly future_use: (merchant: string, support_email: string) => { text: string; version: string };
  readonly unusable_link: {
    readonly title: string;
    readonly heading: string;
    readonly lead: string;
    readonly button: string;
  };
  readonly mail_asked: { readonly title: string; readonly heading: string; readonly lead: string };
  readonly back_from_bank: { readonly title: string; readonly heading: string; readonly lead: string };
  readonly refused_press: { readonly title: string; readonly heading: string; readonly lead: string };
  readonly unavailable: { readonly title: string; readonly heading: string; readonly lead: string };
  readonly questions: (merchant: string) => string;
  /** Where to enter card numbers, and where never to. */
  readonly safe: string;
  readonly card: (brand: string, last4: string) => string;
  /** Our own set-up page. */
  readonly setup: SetupTexts;
};

const LANGUAGES: Readonly<Record<string, Texts>> = { en };

/** The texts nearest to a customer's locale; English if we have none. */
export function textsFor(locale: string | null): Texts {
  const language = locale?.split(/[-_]/)[0]?.toLowerCase() ?? 'en';
  return Object.hasOwn(LANGUAGES, language) ? (LANGUAGES[language] ?? en) : en;
}
