/**
 * As much of a browser as pages without scripts need: it keeps cookies, follows redirects, finds the forms in the
 * HTML and sends them with their hidden fields.
 */

export type Page = { readonly url: string; readonly status: number; readonly html: string };

export type Browser = {
  /** Opens an address and follows its redirects. */
  open(url: string): Promise<Page>;
  /** Presses the button with this `data-testid` in the page's forms, with these fields filled in. */
  press(page: Page, testid: string, fields?: Readonly<Record<string, string>>): Promise<Page>;
};

const REDIRECTS_MAX = 8;
const DEADLINE_MS = 20_000;

/** Whether the page has a button or mark with this `data-testid`. */
export function has(page: Page, testid: string): boolean {
  return page.html.includes(`data-testid="${testid}"`);
}

/** The text of the element with this `data-testid`, or null. */
export function textOf(page: Page, testid: string): string | null {
  const match = new RegExp(`data-testid="${testid}"[^>]*>([^<]*)<`).exec(page.html);
  return match?.[1]?.trim() ?? null;
}

/** A browser with nothing in its jar. */
export function openBrowser(): Browser {
  const jar = new Map<string, { value: string; path: string }>();

  async function follow(first: string, init: RequestInit): Promise<Page> {
    let url = first;
    let request = init;
    for (let hop = 0; hop <= REDIRECTS_MAX; hop += 1) {
      const response = await fetch(url, {
        ...request,
        redirect: 'manual',
        headers: { ...request.headers, cookie: cookiesFor(url) },
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
      keepCookies(url, response);
      const location = response.headers.get('location');
      if (location === null || response.status < 300 || response.status > 399)
        return { url, status: response.status, html: await response.text() };
      await response.arrayBuffer();
      url = new URL(location, url).href;
      request = { method: 'GET' };
    }
    throw new Error('too many redirects');
  }

  function cookiesFor(url: string): string {
    const { host, pathname } = new URL(url);
    return [...jar]
      .filter(([name, { path }]) => name.startsWith(`${host}|`) && pathname.startsWith(path))
      .map(([name, { value }]) => `${name.slice(host.length + 1)}=${value}`)
      .join('; ');
  }

  function keepCookies(url: string, response: Response): void {
    const { host } = new URL(url);
    for (const header of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = header.split(';').map((part) => part.trim());
      const at = pair.indexOf('=');
      const path = attributes.find((each) => /^path=/i.test(each))?.slice(5) ?? '/';
      jar.set(`${host}|${pair.slice(0, at)}`, { value: pair.slice(at + 1), path });
    }
  }

  return {
    open: (url) => follow(url, { method: 'GET' }),
    press: (page, testid, fields = {}) => {
      const form = formWith(page, testid);
      return follow(form.action, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin: new URL(page.url).origin },
        body: new URLSearchParams({ ...form.fields, ...fields }).toString(),
      });
    },
  };
}

function formWith(page: Page, testid: string): { action: string; fields: Record<string, string> } {
  const forms = page.html.match(/<form\b[\s\S]*?<\/form>/g) ?? [];
  const form = forms.find((each) => each.includes(`data-testid="${testid}"`));
  if (form === undefined) throw new Error(`the page has no form with ${testid}`);
  const action = attribute(/<form\b[^>]*>/.exec(form)?.[0] ?? '', 'action') ?? page.url;
  const fields: Record<string, string> = {};
  for (const [tag] of form.matchAll(/<(?:input|button)\b[^>]*>/g)) {
    const name = attribute(tag, 'name');
    const isHidden = attribute(tag, 'type') === 'hidden';
    if (name !== null && (isHidden || tag.includes(`data-testid="${testid}"`)))
      fields[name] = attribute(tag, 'value') ?? '';
  }
  return { action: new URL(action, page.url).href, fields };
}

function attribute(tag: string, name: string): string | null {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1];
  if (value === undefined) return null;
  return value
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&');
}
