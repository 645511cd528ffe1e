/** The whole pages that the routes answer with, as text. */
import { bankOf, cardOf, type LinkRow } from '../../billing/recovery-ports.ts';
import { needsMandate } from '../../domain/charge/method-fit.ts';
import { daysOfDebit } from '../../domain/debit/plan-collection.ts';
import { schemeOf } from '../../domain/debit/schemes.ts';
import { localTime } from '../../domain/debit/zoned-time.ts';
import { invariant } from '../../platform/errors.ts';
import type { RecoveryPageRow } from '../../store/recovery/recovery-page.ts';
import { type LinkKeys, mintToken } from '../link/link.ts';
import { factsOf, type Merchant } from '../words/facts.ts';
import type { Language } from '../words/languages.ts';
import { type NoticeTexts, type PageState, type PaysBy, type Texts, textsFor } from '../words/texts.ts';
import { BackLink, FreshMailForm, Notice, renderPage, type Shell } from './page-parts.tsx';
import { type PagePolicy, pageView } from './page-state.ts';
import { type BillOnPage, Bills } from './payment-parts.tsx';

export const fixedPages = (merchant: Merchant, language: Language = 'en') =>
  noticePages(merchant, language, textsFor(language).notices());

/**
 * Renders the pages that are the same for every visitor: once in each language, so that not a byte can differ. Which language is
 * the browser's word, because a bad link does not tell us its customer's.
 */
export function noticePages<Name extends string>(
  merchant: Merchant,
  language: Language,
  notices: Readonly<Record<Name, NoticeTexts>>,
): Record<Name, string> {
  const texts = textsFor(language);
  const pages = Object.entries<NoticeTexts>(notices).map(([name, { title, heading, lead, button, back }]) => {
    const notice = (
      <Notice heading={heading ?? title} lead={lead}>
        {button === undefined ? null : <FreshMailForm label={button} />}
        {back === undefined ? null : <BackLink label={back} />}
      </Notice>
    );
    return [name, renderPage(shell(texts, merchant, title, 'any'), notice)];
  });
  return Object.fromEntries(pages);
}

/** The consent text beside the box, in the customer's language: of the card or account that the button pays with. */
export function futureUseText(
  row: Pick<RecoveryPageRow, 'locale' | 'method_type' | 'replacement_type'>,
  with_replacement: boolean,
  merchant: Merchant,
): { readonly text: string; readonly version: string } {
  const type = with_replacement ? row.replacement_type : row.method_type;
  const by = type !== null && needsMandate(type) ? 'bank' : 'card';
  return textsFor(row.locale).future_use(by, merchant.name, merchant.support_email);
}

/** Of a customer's other open bills, at most so many are on one page; the rest appears as these are paid. */
export const OTHERS_MAX = 19;

type PageOptions = {
  readonly merchant: Merchant;
  readonly keys: LinkKeys;
  /** The recovery whose link was followed: the forms of every bill on the page are made out to it. */
  readonly door: LinkRow;
  /** Where each recovery's page lives. */
  readonly path: (recovery_id: string) => string;
  readonly policy: PagePolicy;
  /** Whether a page that has nothing to tell yet will look again by itself. */
  readonly looks_again: boolean;
};

/** A customer's payment as it is now, the first of `rows`, and what else of theirs is open. */
export function paymentPage(
  rows: readonly RecoveryPageRow[],
  options: PageOptions,
): { readonly html: string; readonly state: PageState } {
  const { merchant } = options;
  const [row, ...others] = rows;
  invariant(row !== undefined, 'page_without_recovery');
  const texts = textsFor(row.locale);
  const shown = others.slice(0, OTHERS_MAX);
  const page = billOf(row, { ...options, others_open: others.length });
  const bills = shown.map((other) => billOf(other, { ...options, looks_again: false }));
  const html = renderPage(
    shell(texts, merchant, page.texts.title, enteredBy([page, ...bills])),
    <Bills first={page} others={bills} texts={texts.several(shown.length, others.length > shown.length)} />,
    'wide',
  );
  return { html, state: page.view.state };
}

function billOf(row: RecoveryPageRow, options: PageOptions & { readonly others_open?: number }): BillOnPage {
  const { merchant, keys, door } = options;
  const view = pageView(row, options.policy);
  const texts = textsFor(row.locale);
  const facts = factsOf(texts, merchant, {
    ...row,
    is_proven_uncharged: row.end_is_proven && row.contradiction === null,
    looks_again: options.looks_again,
    others_open: options.others_open ?? 0,
    ...methodThatCounts(row, view.state),
    ...debitOnItsWay(row),
    saved_card: view.pay_saved !== null ? cardOf(row.saved_brand, row.saved_last4) : null,
    new_card: view.pay_replacement !== null ? cardOf(row.replacement_brand, row.replacement_last4) : null,
    new_bank:
      view.pay_replacement !== null
        ? bankOf(row.replacement_type, row.replacement_bank_name, row.replacement_bank_last4)
        : null,
  });
  return {
    charge_id: row.charge_id,
    view,
    texts: texts.page(view.state, facts),
    facts,
    path: options.path(row.id),
    form_token: mintToken(keys, 'form', door, row),
    seen_attempt: row.attempt_number,
    future_use_text: futureUseText(row, view.pay_replacement !== null, merchant).text,
  };
}

/** What may be entered for these bills: an account or a card where one was to be debited, else a card. */
function enteredBy(bills: readonly BillOnPage[]): PaysBy | 'any' {
  return bills.some(({ facts }) => facts.by === 'bank' || facts.new_by === 'bank') ? 'any' : 'card';
}

/** A slow card's attempt is processing, too. */
function isDebitOnItsWay({ attempt_state, attempt_type }: RecoveryPageRow): boolean {
  return attempt_state === 'processing' && attempt_type !== null && needsMandate(attempt_type);
}

/** A debit that is with the bank, and its days, as long as they are to come. */
function debitOnItsWay(row: RecoveryPageRow) {
  const { attempt_started_at: confirmed_at, now } = row;
  const is_debit_on_its_way = isDebitOnItsWay(row);
  const scheme = schemeOf(row.attempt_type ?? '');
  if (!is_debit_on_its_way || scheme === null || confirmed_at === null) return { is_debit_on_its_way };
  const under_way = {
    confirmed_at,
    collect_on: row.attempt_collects_on,
    awaits_mandate: row.attempt_awaits_mandate,
  };
  const { collect_on, told_on } = daysOfDebit(scheme, under_way);
  const is_late = told_on < localTime(now, scheme.cut_off.time_zone).day;
  return is_late
    ? { is_debit_on_its_way }
    : { is_debit_on_its_way, collects_on: collect_on, expected_on: told_on };
}

/** The frame of every page around its own words. */
export function shell(texts: Texts, merchant: Merchant, title: string, by: PaysBy | 'any'): Shell {
  return {
    lang: texts.lang,
    title,
    merchant: merchant.name,
    support_email: merchant.support_email,
    brand: merchant,
    questions: texts.questions(merchant.name),
    safe: texts.safe(by),
  };
}

/** The saved method that the page asks about; once paid, or while its bank is being asked for a debit, the one that pays. */
function methodThatCounts(row: RecoveryPageRow, state: PageState) {
  if ((state === 'paid' || isDebitOnItsWay(row)) && row.attempt_type !== null)
    return {
      card: cardOf(row.attempt_brand, row.attempt_last4) ?? cardOf(row.card_brand, row.card_last4),
      bank: bankOf(row.attempt_type, row.attempt_bank_name, row.attempt_bank_last4),
    };
  return {
    card: cardOf(row.card_brand, row.card_last4),
    bank: bankOf(row.method_type, row.bank_name, row.bank_last4),
  };
}
