import type { ComponentChildren } from 'preact';
import { render } from 'preact-render-to-string';
import type { Facts, PageState, PageTexts, Said } from '../words/texts.ts';
import { Lock, Mark } from './page-icons.tsx';
import type { PageView } from './page-state.ts';
import { PAGE_STYLE } from './page-style.ts';

export type Shell = {
  readonly lang: string;
  readonly title: string;
  readonly merchant: string;
  readonly support_email: string;
  readonly questions: string;
  /** Where to enter card numbers, and where never to. */
  readonly safe: string;
};

/** A whole page as text; a wide one has two columns if the window has room. */
export function renderPage(
  shell: Shell,
  children: ComponentChildren,
  layout: 'narrow' | 'wide' = 'narrow',
): string {
  const document = (
    <Document {...shell} layout={layout}>
      {children}
    </Document>
  );
  return `<!doctype html>${render(document)}`;
}

type DocumentOf = Shell & { readonly layout: 'narrow' | 'wide'; readonly children: ComponentChildren };

function Document({ children, layout, ...shell }: DocumentOf) {
  return (
    <html lang={shell.lang}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex, nofollow" />
        <meta name="referrer" content="no-referrer" />
        <title>{shell.title}</title>
        {/* The hash in the policy is of these very bytes, so nothing may escape them. */}
        <style dangerouslySetInnerHTML={{ __html: PAGE_STYLE }} />
      </head>
      <body class={layout}>
        <header>
          <span aria-hidden="true">{[...shell.merchant][0]?.toUpperCase() ?? ''}</span>
          {shell.merchant}
        </header>
        <main>{children}</main>
        <footer>
          <p class="safe">
            <Lock />
            {shell.safe}
          </p>
          <p>
            {shell.questions} <a href={`mailto:${shell.support_email}`}>{shell.support_email}</a>
          </p>
        </footer>
      </body>
    </html>
  );
}

/** A page that only informs. */
export function Notice({
  heading,
  lead,
  children,
}: {
  readonly heading: string;
  readonly lead: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="act">
      <h1>{heading}</h1>
      <p class="lead">{lead}</p>
      {children}
    </div>
  );
}

/** Asks for a fresh mail at the address that was opened, whichever that was: the bytes never differ. */
export function FreshMailForm({ label }: { readonly label: string }) {
  return (
    <form method="post">
      <button type="submit" data-testid="fresh-mail">
        {label}
      </button>
    </form>
  );
}

/** From the answer to a form below a page to the page itself, whichever that is: the bytes never differ. */
export function BackLink({ label }: { readonly label: string }) {
  return (
    <p class="end">
      <a class="button second" href="return">
        {label}
      </a>
    </p>
  );
}

export type PaymentPage = {
  readonly view: PageView;
  readonly texts: PageTexts;
  readonly facts: Facts;
  /** `/r/page/<recovery>`. */
  readonly path: string;
  readonly form_token: string;
  /** The newest attempt of which this page tells: a press asks for one after it. */
  readonly seen_attempt: number;
  /** The words of the box for later bills. */
  readonly future_use_text: string;
};

/** `€99,999.99`; a longer sum is set smaller, because we never break a sum. */
const AMOUNT_LENGTH_USUAL = 11;

/** What the customer sees of their payment, and the buttons that its state allows. */
export function Payment(page: PaymentPage) {
  const { view, texts, facts } = page;
  const is_open = mayPay(view) || view.replace;
  return (
    <div class="pay">
      <Bill texts={texts} facts={facts} />
      <div class="act">
        <Heading state={view.state} mark={view.state} texts={texts} />
        <PayForm {...page} />
        <CheckAgain {...page} />
        {view.fresh_mail ? <FreshMailForm label={texts.fresh_mail} /> : null}
        <SavedForm {...page} />
        <ReplaceForm {...page} />
        {view.replace_refused ? <p class="fine last">{texts.replace_refused}</p> : null}
        {is_open ? <p class="fine last">{texts.otherwise}</p> : null}
      </div>
    </div>
  );
}

/** What the state is, in a picture and in words; `unseen` for our own tests. */
export function Heading(shown: { readonly state: string; readonly mark: PageState; readonly texts: Said }) {
  return (
    <>
      <Mark state={shown.mark} />
      <span class="unseen" aria-hidden="true" data-testid="state">
        {shown.state}
      </span>
      <h1>{shown.texts.heading}</h1>
      <p class="lead">{shown.texts.lead}</p>
    </>
  );
}

export function CheckAgain(page: {
  readonly view: { readonly check_again: boolean };
  readonly texts: { readonly check_again: string };
  readonly path: string;
}) {
  if (!page.view.check_again) return null;
  return (
    <p class="end">
      <a class="button second" href={`${page.path}/return`}>
        {page.texts.check_again}
      </a>
    </p>
  );
}

/** What the customer pays, visible before anything else. */
function Bill({ texts, facts }: { readonly texts: PageTexts; readonly facts: Facts }) {
  const card = facts.new_card ?? facts.card;
  const { number, date, url } = facts.document;
  return (
    <section class="bill" aria-label={texts.labels.bill}>
      <p class={facts.amount.length > AMOUNT_LENGTH_USUAL ? 'amount long' : 'amount'}>{facts.amount}</p>
      <p class="what">{facts.description}</p>
      <dl>
        {card === null ? null : <Fact label={texts.labels.card}>{card}</Fact>}
        {number === null ? null : <Fact label={texts.labels.document}>{number}</Fact>}
        {date === null ? null : <Fact label={texts.labels.dated}>{date}</Fact>}
      </dl>
      {url === null ? null : (
        <p class="what">
          <a href={url} rel="noreferrer">
            {texts.labels.read_document}
          </a>
        </p>
      )}
    </section>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function PayForm({ view, texts, path, form_token, seen_attempt, future_use_text }: PaymentPage) {
  if (view.confirm === null && view.pay_replacement === null) return null;
  const with_new_card = view.pay_replacement !== null;
  const confirm = view.confirm === 'continue' ? texts.continue_at_bank : texts.confirm;
  return (
    <form method="post" action={`${path}/confirm`}>
      <input type="hidden" name="form_token" value={form_token} />
      <input type="hidden" name="seen_attempt" value={seen_attempt} />
      {view.pay_replacement === null ? null : (
        <input type="hidden" name="replacement" value={view.pay_replacement} />
      )}
      {view.future_use_box ? (
        <label class="box">
          <input type="checkbox" name="future_use" value="yes" />
          <span>{future_use_text}</span>
        </label>
      ) : null}
      <button type="submit" data-testid={with_new_card ? 'pay-replacement' : 'confirm'}>
        {with_new_card ? texts.pay_with : confirm}
      </button>
      <p class="fine">{texts.press_hint}</p>
    </form>
  );
}

/** Another card of theirs is on file: it pays this without being entered again. */
function SavedForm({ view, texts, path, form_token, seen_attempt }: PaymentPage) {
  if (view.pay_saved === null) return null;
  const is_second = view.confirm !== null;
  return (
    <form method="post" action={`${path}/confirm`} class={is_second ? 'or' : undefined}>
      <input type="hidden" name="form_token" value={form_token} />
      <input type="hidden" name="seen_attempt" value={seen_attempt} />
      <input type="hidden" name="saved" value={view.pay_saved} />
      <button type="submit" data-testid="pay-saved" class={is_second ? 'second' : undefined}>
        {texts.pay_with_saved}
      </button>
      <p class="fine">{texts.saved_hint}</p>
    </form>
  );
}

function mayPay({ confirm, pay_replacement, pay_saved }: PageView): boolean {
  return confirm !== null || pay_replacement !== null || pay_saved !== null;
}

function ReplaceForm({ view, texts, path, form_token }: PaymentPage) {
  if (!view.replace) return null;
  const is_second = mayPay(view);
  return (
    <form method="post" action={`${path}/replace`} class={is_second ? 'or' : undefined}>
      <input type="hidden" name="form_token" value={form_token} />
      <button type="submit" data-testid="replace" class={is_second ? 'second' : undefined}>
        {view.pay_replacement === null ? texts.replace : texts.replace_again}
      </button>
      <p class="fine">{texts.accept_amount}</p>
    </form>
  );
}
