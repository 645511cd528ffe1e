/** The whole set-up pages that the routes answer with, as text. */
import { bankOf } from '../../billing/recovery-ports.ts';
import { needsMandate } from '../../domain/charge/method-fit.ts';
import { type NoticePolicy, noticeDays } from '../../domain/debit/plan-collection.ts';
import { schemeOf } from '../../domain/debit/schemes.ts';
import { formatAmount } from '../../domain/money.ts';
import type { SetupPageRow } from '../../store/setup/setup-page.ts';
import { noticePages, shell } from '../page/page-answers.tsx';
import { renderPage } from '../page/page-parts.tsx';
import { accountText, formatMoment, type Merchant } from '../words/facts.ts';
import type { Language } from '../words/languages.ts';
import type { MandateTexts } from '../words/mandate-texts.ts';
import { type SetupPageFacts, type SetupPageState, textsFor } from '../words/texts.ts';
import { Setup } from './setup-parts.tsx';
import { setupPageContent } from './setup-state.ts';

export const fixedSetupPages = (merchant: Merchant, language: Language = 'en') =>
  noticePages(merchant, language, textsFor(language).setup.notices());

/** The customer's set-up as it is now. */
export function setupPage(
  row: SetupPageRow,
  options: {
    readonly merchant: Merchant;
    readonly path: string;
    readonly form_token: string;
    readonly looks_again: boolean;
    readonly notice: NoticePolicy;
  },
): { readonly html: string; readonly state: SetupPageState } {
  const { merchant, path, form_token, looks_again, notice } = options;
  const texts = textsFor(row.locale);
  const view = setupPageContent(row);
  const { card_brand, card_last4 } = row;
  const facts = {
    merchant: merchant.name,
    support_email: merchant.support_email,
    frequency: row.frequency,
    scope: row.scope,
    until: formatMoment(row.expires_at, texts.locale),
    accepted: row.accepted_at === null ? null : formatMoment(row.accepted_at, texts.locale),
    saves: savedBy(row.payment_method_types),
    card: card_brand === null || card_last4 === null ? null : texts.card(card_brand, card_last4),
    account: accountOf(row),
    limits: limitsOf(row, texts.locale),
    looks_again,
  };
  const words = texts.setup.page(view.state, facts);
  const html = renderPage(
    shell(texts, merchant, words.title, facts.saves),
    <Setup
      {...{ row, view, facts, path, form_token }}
      texts={words}
      mandate={mandateOf(row, merchant, notice)}
    />,
    view.offer === null ? 'narrow' : 'wide',
  );
  return { html, state: view.state };
}

/** The mandate that this set-up asks for, in its customer's language; null for cards. */
export function mandateOf(
  row: Pick<SetupPageRow, 'payment_method_types' | 'locale'>,
  merchant: Merchant,
  notice: NoticePolicy,
): MandateTexts | null {
  const scheme = schemeOf(row.payment_method_types[0] ?? '');
  if (scheme === null) return null;
  const days = noticeDays(scheme, notice, true);
  return textsFor(row.locale).setup.mandate(scheme.type, { creditor: merchant.name, days });
}

/** Cards, bank accounts, or whichever the customer prefers. */
function savedBy(types: readonly string[]): SetupPageFacts['saves'] {
  if (types.every(needsMandate)) return 'bank';
  return types.some(needsMandate) ? 'any' : 'card';
}

function accountOf({ method_type, bank_name, bank_last4 }: SetupPageRow): string | null {
  const bank = bankOf(method_type, bank_name, bank_last4);
  return bank === null ? null : accountText(bank);
}

function limitsOf(row: SetupPageRow, locale: string): SetupPageFacts['limits'] {
  const { valid_until, max_charges, max_amount_minor, max_amount_currency, max_amount_per } = row;
  return {
    until: valid_until === null ? null : formatMoment(valid_until, locale),
    max_charges,
    max_amount:
      max_amount_minor === null || max_amount_currency === null || max_amount_per === null
        ? null
        : { amount: formatAmount(max_amount_minor, max_amount_currency, locale), per: max_amount_per },
  };
}
