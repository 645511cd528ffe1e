import { expect, test } from 'vitest';
import { renderMailHtml } from '../../../src/recovery/mail/mail-html.tsx';
import { fixedPages } from '../../../src/recovery/page/page-answers.tsx';
import { pageHeaders } from '../../../src/recovery/page/page-guard.ts';
import { pageStyle, styleHash } from '../../../src/recovery/page/page-style.ts';
import { contrastOf, paintOf } from '../../../src/recovery/words/brand.ts';
import { textsFor } from '../../../src/recovery/words/texts.ts';

const ORIGIN = 'https://pay.example.test';
const merchant = { name: 'Powerline', support_email: 'help@example.test' };
const brand = { ...merchant, color: '#ffd400', logo_url: 'https://cdn.example.test/a/logo.png?v=2' };
const policyOf = (of: object) => pageHeaders(ORIGIN, null, of)['content-security-policy'] ?? '';

test('the contrast of two colours is that of WCAG', () => {
  expect(contrastOf('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrastOf('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  expect(contrastOf('#1f4fc4', '#1f4fc4')).toBe(1);
});

test('text on any colour can be read, also below a pointer, and is white wherever white can be read', () => {
  const steps = Array.from({ length: 18 }, (_, step) => (step * 15).toString(16).padStart(2, '0'));
  for (const red of steps)
    for (const green of steps)
      for (const blue of steps) {
        const paint = paintOf({ color: `#${red}${green}${blue}` });
        if (paint === null) throw new Error('no paint');
        expect(contrastOf(paint.ink, paint.color)).toBeGreaterThanOrEqual(4.5);
        expect(contrastOf(paint.ink, paint.deep)).toBeGreaterThanOrEqual(contrastOf(paint.ink, paint.color));
        if (paint.ink === '#000000') expect(contrastOf('#ffffff', paint.color)).toBeLessThan(4.5);
      }
});

test('the button of a page has the colour, text that can be read on it, and an edge where it would not stand out', () => {
  const css = pageStyle({ color: '#ffd400' });
  expect(css).toContain('header span[aria-hidden] { background: #ffd400; color: #000000 }');
  expect(css).toContain(
    '@media (prefers-color-scheme: light) { button, .button { border-color: var(--edge) } }',
  );
  expect(pageStyle({ color: '#a6032f' })).not.toContain('scheme: light) { button');
  expect(pageStyle({ color: '#a6032f' })).toContain('scheme: dark) { button');
});

test('the policy allows this sheet, and images of the logo’s origin alone; without a logo none', () => {
  expect(policyOf(brand)).toContain('; img-src https://cdn.example.test; ');
  expect(policyOf(brand)).toContain(`style-src ${styleHash(pageStyle(brand))};`);
  expect(policyOf(merchant)).not.toContain('img-src');
  expect(policyOf({ logo_url: null, color: null })).toBe(policyOf({}));
});

test('a page shows the logo in place of the letter, beside the name', () => {
  const { unusable_link } = fixedPages(brand);
  expect(unusable_link).toContain(`<img src="${brand.logo_url}" alt/>Powerline`);
  expect(unusable_link).not.toContain('<span aria-hidden="true">P</span>');
});

test('without logo and colour, pages and mails are as they were, byte for byte', () => {
  const none = { ...merchant, logo_url: null, color: null };
  expect(fixedPages(none)).toEqual(fixedPages(merchant));
  expect(pageStyle(none)).toBe(pageStyle({}));
  const mailOf = (of?: object) => mail({ ...(of === undefined ? {} : { brand: of }) });
  expect(mailOf(none)).toBe(mailOf());
  expect(mailOf()).toContain('background:#1f4fc4;color:#ffffff;font-weight:600;line-height:36px');
  expect(mailOf()).not.toContain('<img');
});

test('a mail has logo and colour, by night as by day', () => {
  const html = mail({ brand });
  expect(html).toContain(`<img class="logo" src="${brand.logo_url}" alt height="36"`);
  expect(html).toContain('.press{background:#ffd400!important}.press a{color:#000000!important}');
  expect(html.match(/<td class="press"[^>]*background:#ffd400/)).not.toBeNull();
  expect(html).not.toMatch(/#8db4ff|#1f4fc4/);
  const edges = (color: string) => mail({ brand: { ...merchant, color } }).match(/border:1px solid #7d8794/g);
  // Lost on a white card, on a dark one, and on neither.
  expect([edges('#fafafa'), edges('#0b0b14'), edges('#2f7de1')].map((found) => found?.length)).toEqual([
    1,
    1,
    undefined,
  ]);
});

function mail(of: { brand?: object }): string {
  const texts = textsFor('en');
  const { words, headline } = texts.notice(merchant, {
    amount_minor: 1,
    currency: 'eur',
    description: 'Power',
    collects_on: '2026-12-04',
    bank: { name: null, last4: null },
    mandate_reference: null,
    creditor: null,
    creditor_id: null,
    is_changed: false,
  });
  const asking = { ...words, button: 'Pay' };
  return renderMailHtml({ texts: asking, headline, link: `${ORIGIN}/r/x`, lang: 'en', ...of });
}
