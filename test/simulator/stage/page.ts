export type Page = { url: string; status: number; html: string; location: string | null };

/** Opens a page as a browser without JavaScript would, and shows redirects rather than following them. */
export async function openPage(url: string): Promise<Page> {
  return pageOf(url, await fetch(url, { redirect: 'manual' }));
}

/**
 * Presses the button with this `data-testid`: sends its form with the fields as they stand in the HTML,
 * what the person typed, and the button's own name and value.
 */
export async function press(page: Page, testid: string, typed: Record<string, string> = {}): Promise<Page> {
  const form = forms(page.html).find((each) => each.includes(`data-testid="${testid}"`));
  if (form === undefined) throw new Error(`no form with ${testid} in ${page.html.slice(0, 500)}`);
  const open = form.slice(0, form.indexOf('>') + 1);
  const fields = new URLSearchParams();
  for (const tag of form.match(/<input[^>]*>/g) ?? []) {
    const { name, value = '', type = 'text' } = attributes(tag);
    if (name !== undefined && type !== 'checkbox' && type !== 'submit') fields.set(name, value);
  }
  const button = attributes(
    (form.match(/<(?:button|input)[^>]*>/g) ?? []).find((tag) => tag.includes(`"${testid}"`)) ?? '',
  );
  if (button.name !== undefined) fields.set(button.name, button.value ?? '');
  for (const [name, value] of Object.entries(typed)) fields.set(name, value);
  const action = new URL(attributes(open).action ?? page.url, page.url);
  const answer = await fetch(action, { method: 'POST', body: fields, redirect: 'manual' });
  return pageOf(action.href, answer);
}

/** The attributes of one HTML tag, entities decoded. */
function attributes(tag: string): Record<string, string | undefined> {
  const found = [...tag.matchAll(/([a-z-]+)="([^"]*)"/g)].map(
    ([, name = '', value = '']) => [name, decode(value)] as const,
  );
  return Object.fromEntries(found);
}

function forms(html: string): string[] {
  return html.match(/<form[\s\S]*?<\/form>/g) ?? [];
}

function decode(text: string): string {
  const entities: Record<string, string> = {
    '&amp;': '&',
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
  };
  return text.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? entity);
}

async function pageOf(url: string, answer: Response): Promise<Page> {
  return { url, status: answer.status, html: await answer.text(), location: answer.headers.get('location') };
}
