/** The customer's browser, as small as one can be: cookies, redirects, and forms with their hidden fields. */
import { ask } from './outside-world.ts';

export type Page = { readonly status: number; readonly url: URL; readonly html: string };

export type Browser = {
  open(address: string | URL): Promise<Page>;
  /** Submits the form that holds (or is) the element with that testid, with other fields over its own. */
  press(page: Page, testid: string, fields?: Record<string, string>): Promise<Page>;
  readonly cookies: ReadonlyMap<string, string>;
};

const REDIRECTS_MAX = 10;
/** Where a test stands in for the merchant's own site, nothing is opened. */
const ELSEWHERE = /\.example$/;

export function openBrowser(): Browser {
  const cookies = new Map<string, string>();

  async function go(address: URL, init: RequestInit = {}, left = REDIRECTS_MAX): Promise<Page> {
    const headers = new Headers(init.headers);
    if (cookies.size > 0) headers.set('cookie', [...cookies].map((pair) => pair.join('=')).join('; '));
    const answer = await ask(address, { ...init, headers });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const cut = pair.indexOf('=');
      cookies.set(pair.slice(0, cut), pair.slice(cut + 1));
    }
    const location = answer.headers.get('location');
    if (answer.status < 300 || answer.status > 399 || location === null) {
      return { status: answer.status, url: address, html: answer.text };
    }
    const next = new URL(location, address);
    if (left === 0) throw new Error(`redirected for ever, to ${next.pathname} at last`);
    return ELSEWHERE.test(next.hostname)
      ? { status: answer.status, url: next, html: '' }
      : go(next, {}, left - 1);
  }

  return {
    cookies,
    open: (address) => go(new URL(address)),
    press: (page, testid, fields = {}) => {
      const form = formOf(page, testid);
      const body = new URLSearchParams({ ...form.fields, ...fields });
      return go(form.action, { method: 'POST', body });
    },
  };
}

/** The text of the element with data-testid="state". */
export function stateOf(page: Page): string | undefined {
  return /data-testid="state"[^>]*>([^<]*)</.exec(page.html)?.[1]?.trim();
}

export function has(page: Page, testid: string): boolean {
  return page.html.includes(`data-testid="${testid}"`);
}

/** Where a form goes and what it carries: hidden fields, and the button's own name and value. */
export function formOf(page: Page, testid: string): { action: URL; fields: Record<string, string> } {
  const form = (page.html.match(/<form\b[\s\S]*?<\/form>/g) ?? []).find((html) =>
    html.includes(`data-testid="${testid}"`),
  );
  if (form === undefined) throw new Error(`no form with ${testid} on ${page.status} ${page.html}`);
  const fields: Record<string, string> = {};
  for (const [tag] of form.matchAll(/<(?:input|button)\b[^>]*>/g)) {
    const name = attribute(tag, 'name');
    const isPressed = attribute(tag, 'type') === 'hidden' || tag.includes(`data-testid="${testid}"`);
    if (name !== undefined && isPressed) fields[name] = attribute(tag, 'value') ?? '';
  }
  const opening = /<form\b[^>]*>/.exec(form)?.[0] ?? '';
  return { action: new URL(attribute(opening, 'action') ?? page.url, page.url), fields };
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return value?.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
}
