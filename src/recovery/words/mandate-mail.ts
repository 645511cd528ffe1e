/**
 * The agreement behind a mandate, mailed to whoever gave it: the Direct Debit Request word by word, its service agreement, the account,
 * and how amounts are found (https://docs.stripe.com/payments/au-becs-debit, https://stripe.com/legal/becs-dd-service-agreement).
 */
import type { MandateMail } from '../../billing/recovery-ports.ts';
import { SCHEMES } from '../../domain/debit/schemes.ts';
import { accountText, type Merchant, oneLine } from './facts.ts';
import type { Language } from './languages.ts';
import { mandateTexts } from './mandate-texts.ts';
import type { Say } from './say.ts';
import type { Headline, MailTexts } from './texts.ts';

export type RawMandate = Omit<MandateMail, 'message_id' | 'to' | 'locale'>;

type Sayers = {
  readonly debits: Say<'debits'>;
  readonly setup: Say<'setup'>;
  readonly mandates: Say<'mandates'>;
};

/** The mail in one language, and the version of the agreement that it quotes. */
export function mandateMail(
  { debits: say, setup, mandates }: Sayers,
  language: Language,
  merchant: Merchant,
  raw: RawMandate,
): { readonly words: MailTexts; readonly headline: Headline; readonly version: string } {
  const account = accountText(raw.bank);
  const values = {
    merchant: merchant.name,
    support_email: merchant.support_email,
    account: account ?? '',
    knows_account: account !== null,
  };
  const facts = { creditor: merchant.name, days: SCHEMES[raw.scheme].notice.least_days };
  const now = mandateTexts(mandates, language, raw.scheme, facts);
  const { text, version } = raw.agreed ?? now;
  const details = [
    { label: say('notice_label_account'), value: account },
    { label: say('notice_label_mandate'), value: raw.mandate_reference },
    { label: setup('label_amount_basis'), value: raw.amount_basis },
    {
      label: setup('label_frequency'),
      value: raw.frequency && setup('frequency', { frequency: raw.frequency }),
    },
  ].flatMap(({ label, value }) => (value === null ? [] : [{ label, value: oneLine(value) }]));
  const words = {
    subject: say('mandate_subject', values),
    heading: say('mandate_heading'),
    paragraphs: [
      say('mandate_opening', values),
      say('mandate_words'),
      text,
      ...(now.agreement === null ? [] : [`${now.agreement.label}: ${now.agreement.url}`]),
      ...(raw.mandate_url === null ? [] : [say('mandate_page', { url: raw.mandate_url })]),
      ...details.map(({ label, value }) => `${label}: ${value}`),
    ],
    bills: [],
    more: null,
    button: null,
    details: [],
    otherwise: null,
    contact: say('mandate_contact', values),
  };
  const headline = {
    merchant: merchant.name,
    amount: account ?? merchant.name,
    description: say('mandate_kind'),
  };
  return { words, headline, version };
}
