/** The words of the set-up page, beside those of mails and payments. What the merchant wrote is passed in. */
import type { SetupPageState } from '../setup-page/setup-state.ts';

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
};

export type SetupPageTexts = {
  readonly title: string;
  readonly heading: string;
  readonly lead: string;
  readonly labels: {
    readonly terms: string;
    readonly frequency: string;
    readonly amount_basis: string;
    readonly scope: string;
    readonly accepted: string;
    readonly card: string;
    readonly until: string;
    readonly agreement: string;
  };
  readonly frequency: string;
  readonly scope: string;
  /** Agree, and go on to enter the card. */
  readonly accept_and_save: string;
  readonly accept: string;
  readonly save: string;
  /** Below a button that accepts: what pressing means, and what we keep of it. */
  readonly accept_hint: string;
  /** Below a button that leads on to the page for the card. */
  readonly save_hint: string;
  readonly withdraw: string;
  readonly back: string;
  /** The same, if there is something to press. */
  readonly not_now: string;
  readonly check_again: string;
};

type Words = { readonly title: string; readonly heading: string; readonly lead: string };

export type SetupTexts = {
  readonly page: (state: SetupPageState, facts: SetupPageFacts) => SetupPageTexts;
  readonly unusable_link: Words;
  readonly refused_press: Words;
  /** Back from Checkout without the cookie. */
  readonly back_from_checkout: Words;
  readonly unavailable: Words;
};
