/** The whole set-up pages that the routes answer with, as text. */
import type { SetupPageRow } from '../../store/setup/setup-page.ts';
import { type FixedPages, shell } from '../page/page-answers.tsx';
import { Notice, renderPage } from '../page/page-parts.tsx';
import { formatMoment, type Merchant } from '../words/facts.ts';
import { textsFor } from '../words/texts.ts';
import { Setup } from './setup-parts.tsx';
import { type SetupPageState, setupPageContent } from './setup-state.ts';

/** The pages that are the same for every visitor: rendered once, so that not a byte can differ. */
export type FixedSetupPages = Pick<FixedPages, 'unusable_link' | 'refused_press' | 'unavailable'> & {
  /** Back from Checkout without a cookie. */
  readonly back_from_checkout: string;
};

/** Renders the fixed pages. In English, because a bad link does not tell us the customer's language. */
export function fixedSetupPages(merchant: Merchant): FixedSetupPages {
  const texts = textsFor(null);
  const page = (words: { title: string; heading: string; lead: string }) =>
    renderPage(shell(texts, merchant, words.title), <Notice heading={words.heading} lead={words.lead} />);
  return {
    unusable_link: page(texts.setup.unusable_link),
    refused_press: page(texts.setup.refused_press),
    back_from_checkout: page(texts.setup.back_from_checkout),
    unavailable: page(texts.setup.unavailable),
  };
}

/** The customer's set-up as it is now. */
export function setupPage(
  row: SetupPageRow,
  options: { readonly merchant: Merchant; readonly path: string; readonly form_token: string },
): { readonly html: string; readonly state: SetupPageState } {
  const { merchant, path, form_token } = options;
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
    card: card_brand === null || card_last4 === null ? null : texts.card(card_brand, card_last4),
  };
  const words = texts.setup.page(view.state, facts);
  const html = renderPage(
    shell(texts, merchant, words.title),
    <Setup row={row} view={view} texts={words} facts={facts} path={path} form_token={form_token} />,
    view.offer === null ? 'narrow' : 'wide',
  );
  return { html, state: view.state };
}
