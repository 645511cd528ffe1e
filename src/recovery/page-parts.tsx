import type { ComponentChildren } from 'preact';
import { render } from 'preact-render-to-string';
import type { PageView } from './page-state.ts';
import { PAGE_STYLE } from './page-style.ts';
import type { Facts, PageTexts } from './texts.ts';

const MARKS: Partial<Record<PageView['state'], string>> = {
  paid: '✓',
  processing: '…',
  at_bank: '→',
  failed_try: '!',
  expired: '–',
  canceled: '×',
};

export type Shell = {
  readonly lang: string;
  readonly title: string;
  readonly merchant: string;
  readonly support_email: string;
  readonly questions: string;
};

/** A whole page as text. */
export function renderPage(shell: Shell, children: ComponentChildren): string {
  return `<!doctype html>${render(<Document {...shell}>{children}</Document>)}`;
}

function Document({ children, ...shell }: Shell & { readonly children: ComponentChildren }) {
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
      <body>
        <main>
          <p class="merchant">
            <span aria-hidden="true">{[...shell.merchant][0]?.toUpperCase() ?? ''}</span>
            {shell.merchant}
          </p>
          {children}
        </main>
        <footer>
          {shell.questions} <a href={`mailto:${shell.support_email}`}>{shell.support_email}</a>
        </footer>
      </body>
    </html>
  );
}

/** A page that only says something. */
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
    <>
      <h1>{heading}</h1>
      <p class="lead">{lead}</p>
      {children}
    </>
  );
}

/** Asks for a fresh mail at the address that was opened, whatever that was: the bytes never differ. */
export function FreshMailForm({ label }: { readonly label: string }) {
  return (
    <form method="post">
      <button type="submit" data-testid="fresh-mail">
        {label}
      </button>
    </form>
  );
}

export type PaymentPage = {
  readonly view: PageView;
  readonly texts: PageTexts;
  readonly facts: Facts;
  /** `/r/page/<recovery>`. */
  readonly path: string;
  readonly form_token: string;
  /** The words of the box for later bills. */
  readonly future_use_text: string;
};

/** What the customer sees of their payment, and the buttons that its state allows. */
export function Payment(page: PaymentPage) {
  const { view, texts, facts } = page;
  const mark = MARKS[view.state];
  const is_open = view.confirm !== null || view.pay_replacement !== null || view.replace;
  return (
    <>
      {mark === undefined ? null : (
        <p class={`mark mark-${view.state}`} aria-hidden="true">
          {mark}
        </p>
      )}
      <span class="unseen" aria-hidden="true" data-testid="state">
        {view.state}
      </span>
      <h1>{texts.heading}</h1>
      <p class="lead">{texts.lead}</p>
      <Summary texts={texts} facts={facts} is_open={is_open} />
      <PayForm {...page} />
      <ReplaceForm {...page} />
      {view.check_again ? (
        <p class="end">
          <a class="button second" href={`${page.path}/return`}>
            {texts.check_again}
          </a>
        </p>
      ) : null}
      {is_open ? <p class="fine end">{texts.otherwise}</p> : null}
    </>
  );
}

function Summary({
  texts,
  facts,
  is_open,
}: {
  readonly texts: PageTexts;
  readonly facts: Facts;
  readonly is_open: boolean;
}) {
  const { labels } = texts;
  const card = facts.new_card ?? facts.card;
  return (
    <dl>
      <div class="sum">
        <dt>{labels.amount}</dt>
        <dd>{facts.amount}</dd>
      </div>
      <div>
        <dt>{labels.what}</dt>
        <dd>{facts.description}</dd>
      </div>
      {card === null ? null : (
        <div>
          <dt>{labels.card}</dt>
          <dd>{card}</dd>
        </div>
      )}
      {is_open ? (
        <div>
          <dt>{labels.until}</dt>
          <dd>{facts.until}</dd>
        </div>
      ) : null}
    </dl>
  );
}

function PayForm({ view, texts, path, form_token, future_use_text }: PaymentPage) {
  if (view.confirm === null && view.pay_replacement === null) return null;
  const with_new_card = view.pay_replacement !== null;
  const confirm = view.confirm === 'continue' ? texts.continue_at_bank : texts.confirm;
  return (
    <form method="post" action={`${path}/confirm`}>
      <input type="hidden" name="form_token" value={form_token} />
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
    </form>
  );
}

function ReplaceForm({ view, texts, path, form_token }: PaymentPage) {
  if (!view.replace) return null;
  const is_second = view.confirm !== null || view.pay_replacement !== null;
  return (
    <form method="post" action={`${path}/replace`} class={is_second ? 'or' : undefined}>
      <input type="hidden" name="form_token" value={form_token} />
      <p class="fine">{texts.accept_amount}</p>
      <button type="submit" data-testid="replace" class={is_second ? 'second' : undefined}>
        {view.pay_replacement === null ? texts.replace : texts.replace_again}
      </button>
    </form>
  );
}
