/** The whole pages that the routes answer with, as text. */
import { cardOf, type ShownCard } from '../../billing/recovery-ports.ts';
import type { RecoveryPageRow } from '../../store/recovery/recovery-page.ts';
import { type LinkKeys, mintToken } from '../link/link.ts';
import { factsOf, type Merchant } from '../words/facts.ts';
import { type NoticeTexts, type PageState, type Texts, textsFor } from '../words/texts.ts';
import { BackLink, FreshMailForm, Notice, Payment, renderPage, type Shell } from './page-parts.tsx';
import { type PagePolicy, pageView } from './page-state.ts';

export const fixedPages = (merchant: Merchant) => noticePages(merchant, textsFor(null).notices);

/**
 * Renders the pages that are the same for every visitor: once, so that not a byte can differ. In English, because a bad
 * link does not tell us the customer's language.
 */
export function noticePages<Name extends string>(
  merchant: Merchant,
  notices: Readonly<Record<Name, NoticeTexts>>,
): Record<Name, string> {
  const pages = Object.entries<NoticeTexts>(notices).map(([name, { title, heading, lead, button, back }]) => {
    const notice = (
      <Notice heading={heading ?? title} lead={lead}>
        {button === undefined ? null : <FreshMailForm label={button} />}
        {back === undefined ? null : <BackLink label={back} />}
      </Notice>
    );
    return [name, renderPage(shell(textsFor(null), merchant, title), notice)];
  });
  return Object.fromEntries(pages);
}

/** The consent text beside the box, in the customer's language. */
export function futureUseText(
  locale: string | null,
  merchant: Merchant,
): { readonly text: string; readonly version: string } {
  return textsFor(locale).future_use(merchant.name, merchant.support_email);
}

/** The customer's payment as it is now. */
export function paymentPage(
  row: RecoveryPageRow,
  options: {
    readonly merchant: Merchant;
    readonly keys: LinkKeys;
    readonly path: string;
    readonly policy: PagePolicy;
    /** Whether a page that has nothing to tell yet will look again by itself. */
    readonly looks_again: boolean;
  },
): { readonly html: string; readonly state: PageState } {
  const { merchant } = options;
  const view = pageView(row, options.policy);
  const texts = textsFor(row.locale);
  const facts = factsOf(texts, merchant, {
    ...row,
    is_proven_uncharged: row.end_is_proven && row.contradiction === null,
    looks_again: options.looks_again,
    card: cardThatCounts(row, view.state),
    saved_card: view.pay_saved !== null ? cardOf(row.saved_brand, row.saved_last4) : null,
    new_card: view.pay_replacement !== null ? cardOf(row.replacement_brand, row.replacement_last4) : null,
  });
  const words = texts.page(view.state, facts);
  const html = renderPage(
    shell(texts, merchant, words.title),
    <Payment
      view={view}
      texts={words}
      facts={facts}
      path={options.path}
      form_token={mintToken(options.keys, 'form', row)}
      seen_attempt={row.attempt_number}
      future_use_text={futureUseText(row.locale, merchant).text}
    />,
    'wide',
  );
  return { html, state: view.state };
}

/** The frame of every page around its own words. */
export function shell(texts: Texts, merchant: Merchant, title: string): Shell {
  return {
    lang: texts.locale,
    title,
    merchant: merchant.name,
    support_email: merchant.support_email,
    questions: texts.questions(merchant.name),
    safe: texts.safe,
  };
}

/** The saved card that the page asks about; once paid, the card that paid. */
function cardThatCounts(row: RecoveryPageRow, state: PageState): ShownCard | null {
  const paid = state === 'paid' ? cardOf(row.attempt_brand, row.attempt_last4) : null;
  return paid ?? cardOf(row.card_brand, row.card_last4);
}
