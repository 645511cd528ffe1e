/** The pages' only style sheet, inline under its own hash: the pages load nothing but a merchant's logo, where there is one. */
import { createHash } from 'node:crypto';
import { type Brand, paintOf, standsOut } from '../words/brand.ts';

const PAGE_STYLE: string = `
:root {
  color-scheme: light dark;
  --ground: #f1f3f6; --card: #fff; --bill: #f8f9fb; --ink: #131a24; --soft: #56606e; --line: #e1e5ea;
  --edge: #7d8794;
  --accent: #1f4fc4; --accent-deep: #173f9e; --accent-ink: #fff; --accent-ground: #e8eefc;
  --good: #0b6e3f; --good-ground: #e2f5ea; --warn: #855000; --warn-ground: #fdf1da; --calm-ground: #eceff3;
  --shadow: 0 1px 2px rgb(16 24 40 / .06), 0 12px 32px -8px rgb(16 24 40 / .12);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0d1117; --card: #171d26; --bill: #131922; --ink: #eef2f7; --soft: #a4afbd;
    --line: #2b3441; --edge: #7b8797;
    --accent: #8db4ff; --accent-deep: #adc9ff; --accent-ink: #0a1733; --accent-ground: #1c2b4a;
    --good: #74dba3; --good-ground: #12331f; --warn: #f2c478; --warn-ground: #382a10;
    --calm-ground: #252d39;
    --shadow: none;
  }
}
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100% }
body {
  display: flex; flex-direction: column; min-height: 100vh; min-height: 100dvh; margin: 0;
  padding: clamp(16px, 6vh, 72px) 16px 28px; background: var(--ground); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: anywhere;
}
header, main, footer { width: 100%; max-width: 480px; margin: 0 auto }
header {
  display: flex; align-items: center; gap: 12px; padding: 0 4px 16px; font-weight: 600; line-height: 1.3;
}
header span[aria-hidden] {
  flex: none; display: grid; place-items: center; width: 36px; height: 36px; border-radius: 10px;
  background: var(--accent); color: var(--accent-ink);
}
main {
  overflow: hidden; border: 1px solid var(--line); border-radius: 18px; background: var(--card);
  box-shadow: var(--shadow);
}
.act { padding: 28px }
.bill { padding: 28px; border-bottom: 1px solid var(--line); background: var(--bill) }
.amount {
  margin: 0; font-size: clamp(1.9rem, 9.5vw, 2.75rem); font-weight: 680; line-height: 1.1;
  letter-spacing: -.025em; font-variant-numeric: tabular-nums; white-space: nowrap;
}
.long { font-size: clamp(1.5rem, 7.2vw, 2rem) }
.what { margin: 8px 0 0; font-size: 1.05rem; color: var(--soft) }
dl { margin: 22px 0 0; font-size: .95rem }
dl div { display: flex; justify-content: space-between; gap: 20px; padding: 10px 0; border-top: 1px solid var(--line) }
dl div:last-child { padding-bottom: 0 }
dt { flex: none; color: var(--soft) }
dd { margin: 0; text-align: right; text-wrap: balance; font-variant-numeric: tabular-nums }
.terms { margin: 0 0 22px }
.terms div { display: block }
.terms div:first-child { padding-top: 0; border-top: 0 }
.terms dd { font-weight: 560; text-align: left; text-wrap: pretty }
h2 { margin: 0 0 8px; font-size: .875rem; font-weight: 600; color: var(--soft) }
blockquote {
  margin: 0; padding: 14px 16px; border: 1px solid var(--line); border-radius: 12px; background: var(--card);
  text-wrap: pretty; white-space: pre-line;
}
blockquote + .fine { margin: 14px 0 0 }
blockquote + h2 { margin-top: 18px }
.fine + .fine { margin-top: 8px }
h1 {
  margin: 0 0 8px; font-size: 1.375rem; font-weight: 660; line-height: 1.25; letter-spacing: -.015em;
  text-wrap: balance;
}
p { margin: 0 0 16px; text-wrap: pretty }
.lead { margin: 0 0 22px; color: var(--soft) }
.act > :last-child, form > :last-child { margin-bottom: 0 }
.mark {
  display: grid; place-items: center; width: 48px; height: 48px; margin: 0 0 16px; border-radius: 50%;
}
.mark-paid { background: var(--good-ground); color: var(--good) }
.mark-processing, .mark-at_bank { background: var(--accent-ground); color: var(--accent) }
.mark-failed_try, .mark-unfinished, .mark-ask_merchant { background: var(--warn-ground); color: var(--warn) }
.mark-expired, .mark-canceled { background: var(--calm-ground); color: var(--soft) }
h2.also { margin: 0; font-size: .95rem; padding: 20px 28px; border-top: 1px solid var(--line); background: var(--ground) }
p.also { margin: 0; padding: 18px 28px; border-top: 1px solid var(--line) }
h3 { margin: 0 0 8px; font-size: 1.125rem; font-weight: 640; line-height: 1.3; text-wrap: balance }
.other { border-top: 1px solid var(--line) }
.other .amount { font-size: 1.6rem }
form { margin: 0 }
button, .button {
  display: block; width: 100%; min-height: 52px; padding: 13px 18px; border: 1px solid transparent;
  border-radius: 12px;
  background: var(--accent); color: var(--accent-ink); font: inherit; font-weight: 620; line-height: 1.5;
  text-align: center;
  text-decoration: none; cursor: pointer;
}
button:hover, .button:hover { background: var(--accent-deep) }
button.second, .button.second { border-color: var(--edge); background: transparent; color: var(--ink) }
button.second:hover, .button.second:hover { border-color: var(--accent); color: var(--accent) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px }
.box {
  display: flex; gap: 12px; align-items: flex-start; margin: 0 0 16px; padding: 14px 16px;
  border: 1px solid var(--line);
  border-radius: 12px; font-size: .9rem; line-height: 1.5; color: var(--soft); cursor: pointer;
}
.box:hover { border-color: var(--edge) }
.box:has(:focus-visible) { outline: 3px solid var(--accent); outline-offset: 3px }
.box input { flex: none; width: 22px; height: 22px; margin: 0; accent-color: var(--accent) }
.fine { margin: 0 0 14px; font-size: .875rem; line-height: 1.5; color: var(--soft) }
button + .fine { margin-top: 12px; text-align: center; text-wrap: balance }
.or { margin: 24px 0 0; padding-top: 22px; border-top: 1px solid var(--line) }
.end { margin: 20px 0 0 }
.last { margin: 22px 0 0; padding-top: 18px; border-top: 1px solid var(--line) }
footer { padding: 20px 4px 0; font-size: .875rem; color: var(--soft) }
footer p { margin: 0 0 6px }
.safe { display: flex; gap: 8px; align-items: flex-start }
svg { flex: none; display: block }
.safe svg { margin-top: 2px }
a { color: var(--accent); text-underline-offset: 2px }
.unseen {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap;
}
@media (min-width: 800px) {
  .wide > * { max-width: 880px }
  .pay { display: grid; grid-template-columns: 5fr 6fr; min-height: 320px }
  .other { min-height: 0 }
  .pay > .bill { padding: 40px 36px; border-right: 1px solid var(--line); border-bottom: 0 }
  .pay > .act { padding: 40px 36px }
  .other > .bill, .other > .act { padding: 30px 36px }
  main > .also { padding: 20px 36px }
}
@media (max-width: 400px) {
  body { padding: 14px 12px 24px }
  .bill, .act { padding: 22px 18px }
  main > .also { padding: 18px }
}
@media (forced-colors: active) { button, .button { border-color: ButtonText } }
@media (prefers-reduced-motion: no-preference) {
  button, .button, .box { transition: background-color .12s, border-color .12s, color .12s }
}
@media print { body { background: #fff } main { box-shadow: none } }
`;

/** What buttons lie on, by day and by night. */
const CARD = { light: '#ffffff', dark: '#171d26' } as const;

/** The sheet of a merchant's pages: without logo and colour the plain one. Links and marks keep colours that can be read. */
export function pageStyle(brand: Brand): string {
  return `${PAGE_STYLE}${ofColor(brand)}${brand.logo_url == null ? '' : LOGO}`;
}

/** For `style-src`: allows this sheet and nothing else. */
export function styleHash(style: string): string {
  return `'sha256-${createHash('sha256').update(style).digest('base64')}'`;
}

const LOGO = `header img { flex: none; display: block; height: 36px; max-width: 160px; object-fit: contain }
@media (prefers-color-scheme: dark) { header img { border-radius: 4px; background: #fff } }
`;

function ofColor(brand: Brand): string {
  const paint = paintOf(brand);
  if (paint === null) return '';
  const { color, ink, deep } = paint;
  const edge = 'button, .button { border-color: var(--edge) }';
  const edgeAt = (scheme: 'light' | 'dark') =>
    standsOut(color, CARD[scheme]) ? '' : `@media (prefers-color-scheme: ${scheme}) { ${edge} }\n`;
  return `button, .button, header span[aria-hidden] { background: ${color}; color: ${ink} }
button:hover, .button:hover { background: ${deep} }
${edgeAt('light')}${edgeAt('dark')}`;
}
