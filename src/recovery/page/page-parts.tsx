import type { ComponentChildren } from 'preact';
import { render } from 'preact-render-to-string';
import type { Brand } from '../words/brand.ts';
import type { PageState, Said } from '../words/texts.ts';
import { Lock, Mark } from './page-icons.tsx';
import { pageStyle } from './page-style.ts';

export type Shell = {
  readonly lang: string;
  readonly title: string;
  readonly merchant: string;
  readonly support_email: string;
  readonly brand: Brand;
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
        <style dangerouslySetInnerHTML={{ __html: pageStyle(shell.brand) }} />
      </head>
      <body class={layout}>
        <header>
          {shell.brand.logo_url == null ? (
            <span aria-hidden="true">{[...shell.merchant][0]?.toUpperCase() ?? ''}</span>
          ) : (
            // The name stands beside it.
            <img src={shell.brand.logo_url} alt="" />
          )}
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

/** What the state is, in a picture and in words; `unseen` for our own tests. Below the first bill, without the picture. */
export function Heading(shown: {
  readonly state: string;
  readonly mark: PageState;
  readonly texts: Said;
  readonly is_first?: boolean;
}) {
  const { is_first = true } = shown;
  return (
    <>
      {is_first ? <Mark state={shown.mark} /> : null}
      <span class="unseen" aria-hidden="true" data-testid="state">
        {shown.state}
      </span>
      {is_first ? <h1>{shown.texts.heading}</h1> : <h3>{shown.texts.heading}</h3>}
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
