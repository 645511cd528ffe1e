import type { Account } from '../../world/world.ts';
import { escapeHtml, htmlPage } from '../html.ts';

/** What a dashboard page is about, and what the last press came to. */
export interface Frame {
  readonly account: Account | null;
  readonly title: string;
  readonly done?: string | undefined;
  readonly error?: string | undefined;
}

/** Address of an account's page. Accounts are named by id: a secret key stands in no address and on no page. */
export function addressOf(account: Account, ...rest: readonly string[]): string {
  return ['/dashboard', account.id, ...rest].join('/');
}

/** A whole page of the dashboard. */
export function dashboardPage({ account, title, done, error }: Frame, body: string): string {
  return htmlPage(
    `${title} · Simulated Stripe dashboard`,
    STYLE,
    `<header>
<p class="brand">Simulated Stripe dashboard</p>
${account === null ? '' : navigation(account)}
</header>
<main>
<h1>${escapeHtml(title)}</h1>
${done === undefined ? '' : `<p class="done" role="status" data-testid="done">${escapeHtml(done)}</p>`}
${error === undefined ? '' : `<p class="error" role="alert" data-testid="error">${escapeHtml(error)}</p>`}
${body}
</main>
<footer>Stripe simulator: no real bank, no real money. What is done here arises as at Stripe: events, webhooks, balance.</footer>`,
  );
}

function navigation(account: Account): string {
  return `<nav aria-label="Dashboard"><ul>
<li><a href="${addressOf(account)}">Payments</a></li>
<li><a href="${addressOf(account, 'customers')}">Customers</a></li>
<li class="account">${escapeHtml(account.id)}</li>
</ul></nav>`;
}

/**
 * A table that becomes a list of cards on a narrow screen; the roles keep it a table for those who listen to it. Cells
 * are HTML.
 */
export function table(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const head = heads.map((name) => `<th scope="col" role="columnheader">${escapeHtml(name)}</th>`).join('');
  const body = rows.map((cells) => {
    const named = cells.map(
      (cell, at) => `<td role="cell" data-label="${escapeHtml(heads[at] ?? '')}"><div>${cell}</div></td>`,
    );
    return `<tr role="row">${named.join('')}</tr>`;
  });
  return `<table role="table">
<caption>${escapeHtml(caption)}</caption>
<thead role="rowgroup"><tr role="row">${head}</tr></thead>
<tbody role="rowgroup">
${body.join('\n')}
</tbody>
</table>`;
}

/** Names and values, one under the other. Values are HTML. */
export function facts(entries: readonly (readonly [string, string])[]): string {
  const lines = entries.map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${value}</dd></div>`);
  return `<dl>${lines.join('\n')}</dl>`;
}

/** One action: a form under a heading of its own. `fields` is HTML; `id` tells several of one action apart. */
export function actionForm(
  action: string,
  heading: string,
  verb: string,
  fields: string,
  id = `${action}-heading`,
): string {
  return `<form method="post" aria-labelledby="${id}">
<h3 id="${id}">${escapeHtml(heading)}</h3>
${fields}
<button type="submit" name="action" value="${action}" data-testid="${action}">${escapeHtml(verb)}</button>
</form>`;
}

/** A labelled line of text. */
export function textField(
  id: string,
  name: string,
  label: string,
  value: string,
  inputmode = 'text',
): string {
  return `<label for="${id}">${escapeHtml(label)}</label>
<input id="${id}" name="${name}" value="${escapeHtml(value)}" inputmode="${inputmode}" autocomplete="off">`;
}

/** A labelled choice; values and what is read are the same words. */
export function choiceField(id: string, name: string, label: string, values: readonly string[]): string {
  const options = values.map((value) => `<option value="${value}">${value.replaceAll('_', ' ')}</option>`);
  return `<label for="${id}">${escapeHtml(label)}</label>
<select id="${id}" name="${name}">${options.join('')}</select>`;
}

/** `2026-10-30 14:05 UTC` of unix seconds. */
export function moment(seconds: number): string {
  const iso = new Date(seconds * 1000).toISOString();
  return `<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;
}

/** An object's metadata, one pair a line. */
export function metadataHtml(metadata: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(metadata);
  if (pairs.length === 0) return '–';
  return pairs
    .map(([key, value]) => `<span class="pair"><b>${escapeHtml(key)}</b> ${escapeHtml(value)}</span>`)
    .join(' ');
}

/** Links to the page before and the page after. */
export function pager(base: string, newer: string | null, older: string | null): string {
  if (newer === null && older === null) return '';
  const back = newer === null ? '' : `<a href="${base}?ending_before=${newer}" rel="prev">Newer</a>`;
  const on = older === null ? '' : `<a href="${base}?starting_after=${older}" rel="next">Older</a>`;
  return `<nav class="pager" aria-label="Pages">${back} ${on}</nav>`;
}

const STYLE = `
:root { color-scheme: light; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; background: #eef1f5; color: #1b2430; }
header { background: #1b2430; color: #fff; padding: .75rem 1.5rem; }
header ul { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 0; padding: 0; }
header a { color: #fff; display: inline-block; padding: .25rem 0; }
.brand { margin: 0; font-weight: 600; }
.account { padding: .25rem 0; color: #c8d2df; }
main { max-width: 70rem; margin: 1.5rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.6rem; margin: 0 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2rem 0 .75rem; }
h3 { font-size: 1rem; margin: 0 0 .5rem; }
table { width: 100%; border-collapse: collapse; background: #fff; border-radius: .5rem; overflow: hidden; }
caption { text-align: left; padding: 0 0 .5rem; color: #4a5566; }
th, td { text-align: left; vertical-align: top; padding: .6rem .75rem; border-bottom: 1px solid #dde3ea; }
td { overflow-wrap: anywhere; }
td:first-child { white-space: nowrap; }
.pair { display: block; font-size: .85rem; }
.badge { display: inline-block; padding: 0 .5rem; border-radius: 1rem; background: #dde3ea; white-space: nowrap; }
.badge.good { background: #d3f0dc; }
.badge.bad { background: #fbdcdc; }
dl { background: #fff; border-radius: .5rem; padding: .5rem 1rem; margin: 0; }
dl div { display: grid; grid-template-columns: 12rem 1fr; gap: 1rem; padding: .35rem 0; }
dt { color: #4a5566; }
dd { margin: 0; overflow-wrap: anywhere; }
.actions { display: grid; grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); gap: 1rem; }
form { background: #fff; border-radius: .5rem; padding: 1rem; }
label { display: block; margin: .5rem 0 .2rem; }
input:not([type=hidden]), select { box-sizing: border-box; width: 100%; padding: .45rem; font: inherit; }
button { margin-top: .9rem; padding: .5rem 1rem; font: inherit; cursor: pointer; }
.done, .error { padding: .6rem 1rem; border-radius: .5rem; background: #d3f0dc; }
.error { background: #fbdcdc; }
.pager { margin: 1rem 0; display: flex; gap: 1.5rem; }
.pager a { padding: .35rem 0; }
footer { padding: 1.5rem; font-size: .85rem; color: #4a5566; max-width: 70rem; margin: 0 auto; }
@media (max-width: 44rem) {
  main { padding: 0 1rem; }
  header, footer { padding-left: 1rem; padding-right: 1rem; }
  table, tbody, tr, td, caption { display: block; }
  table { background: none; border-radius: 0; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { padding: .5rem 0; margin-bottom: .75rem; background: #fff; border-radius: .5rem; }
  td { border: 0; padding: .2rem .75rem; display: grid; grid-template-columns: 7rem 1fr; gap: .5rem; }
  td::before { content: attr(data-label); color: #4a5566; }
  td:first-child { white-space: normal; }
  dl div { grid-template-columns: 1fr; gap: 0; }
}
`;
