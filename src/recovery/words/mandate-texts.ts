/**
 * The mandate that a customer gives with their bank details, word for word as the scheme or Stripe has it, and kept with their
 * agreement. SEPA's exists in every language (EPC016-06, annex on the mandate; docs.stripe.com/payments/sepa-debit#mandate); those of BECS
 * and Bacs bind in English (stripe.com/legal/becs-dd-service-agreement, stripe.com/legal/bacs-direct-debit-guarantee).
 */
import type { SchemeType } from '../../domain/debit/schemes.ts';
import type { Language } from './languages.ts';
import type { Say } from './say.ts';

export type MandateTexts = {
  readonly heading: string;
  /** As it is kept: whole, in the order in which it is read. */
  readonly text: string;
  /** `mandate-sepa_debit-de-1`. */
  readonly version: string;
  /** What the text refers to, with the words of its link. */
  readonly agreement: { readonly url: string; readonly label: string } | null;
};

const VERSION = 1;

const SERVICE_AGREEMENTS: Readonly<Partial<Record<SchemeType, string>>> = {
  au_becs_debit: 'https://stripe.com/legal/becs-dd-service-agreement',
  bacs_debit: 'https://stripe.com/legal/bacs-direct-debit-guarantee',
};

/** Who collects, and how many days of the calendar lie between a notice and its debit. */
export type MandateFacts = { readonly creditor: string; readonly days: number };

/** The mandate of one scheme in one language. */
export function mandateTexts(
  say: Say<'mandates'>,
  language: Language,
  scheme: SchemeType,
  facts: MandateFacts,
): MandateTexts {
  const url = SERVICE_AGREEMENTS[scheme] ?? null;
  return {
    heading: say('heading'),
    text:
      scheme === 'sepa_debit' ? say(scheme, facts) : `${say('english_binds', facts)} ${say(scheme, facts)}`,
    version: `mandate-${scheme}-${language}-${VERSION}`,
    agreement: url === null ? null : { url, label: say('service_agreement') },
  };
}
