import { expect, test } from 'vitest';
import { renderMailHtml } from '../../../src/recovery/mail/mail-html.tsx';
import { renderMailText } from '../../../src/recovery/mail/mail-text.ts';
import { CATALOGUES } from '../../../src/recovery/words/languages.ts';
import { textsFor } from '../../../src/recovery/words/texts.ts';

const merchant = { name: 'Powerline', support_email: 'help@example.test' };
const RAW = {
  amount_minor: 4_299,
  currency: 'eur',
  description: 'Power in October\r\nBcc: a@b.test',
  collects_on: '2026-12-04',
  bank: { name: 'ING', last4: '3000' },
  mandate_reference: 'NTAFSYIHOEVXVPAC',
  creditor: null,
  creditor_id: 'DE98ZZZ09999999999',
  is_changed: false,
};

function notice(locale: string, change: Partial<typeof RAW> | { bank: { name: null; last4: null } } = {}) {
  const texts = textsFor(locale);
  const { words, headline } = texts.notice(merchant, { ...RAW, ...change });
  return { texts, words, headline };
}

test.each(Object.keys(CATALOGUES))(
  'a notice in %s says amount, day, account, mandate, creditor and contact',
  (locale) => {
    const { texts, words, headline } = notice(locale);
    const html = renderMailHtml({ texts: words, headline, link: null, lang: texts.lang });
    expect(words.paragraphs[0]).toContain('ING •••• 3000');
    expect(words.details.map(({ value }) => value)).toEqual([
      headline.amount,
      expect.stringContaining('2026'),
      'ING •••• 3000',
      'NTAFSYIHOEVXVPAC',
      'Powerline',
      'DE98ZZZ09999999999',
    ]);
    for (const said of [headline.amount, '2026', 'NTAFSYIHOEVXVPAC', 'help@example.test'])
      expect(html).toContain(said);
    expect(html).toContain(`lang="${locale}"`);
    expect(html).not.toMatch(/<a /);
  },
);

test('amount, day and account stand in the plain part, too, on lines of ours only', () => {
  const { words } = notice('en');
  const text = renderMailText(words, null, merchant.name);
  expect(text.replace(/\s+/g, ' ')).toContain('ING •••• 3000 on December 4, 2026');
  expect(text).not.toMatch(/^Bcc:/m);
});

test('a notice that takes the place of another says so, and what is not known is left out', () => {
  expect(notice('en', { is_changed: true }).words.paragraphs[1]).toContain('takes the place of');
  const { words } = notice('en', { bank: { name: null, last4: null } });
  expect(words.paragraphs[0]).toContain('from your bank account on');
  expect(words.details.map(({ label }) => label)).not.toContain('Account');
});
