import { expect, test } from 'vitest';
import { renderMailHtml } from '../../../src/recovery/mail/mail-html.tsx';
import { renderMailText } from '../../../src/recovery/mail/mail-text.ts';
import { CATALOGUES } from '../../../src/recovery/words/languages.ts';
import type { RawReceipt } from '../../../src/recovery/words/receipt.ts';
import { textsFor } from '../../../src/recovery/words/texts.ts';

const merchant = { name: 'Powerline', support_email: 'help@example.test' };
const RAW: RawReceipt = {
  amount_minor: 4_299,
  currency: 'eur',
  description: 'Power in October\r\nBcc: a@b.test',
  reference: 'order-17',
  document: { number: 'INV-7', date: '2026-10-31', url: 'https://shop.example/inv/7' },
  paid_on: '2026-12-04',
  card: { brand: 'visa', last4: '3184' },
  bank: null,
};
const NOTHING: Partial<RawReceipt> = { reference: null, document: null, card: null };

function receipt(locale: string, change: Partial<RawReceipt> = {}) {
  const texts = textsFor(locale);
  const { words, headline } = texts.receipt(merchant, { ...RAW, ...change });
  const html = renderMailHtml({ texts: words, headline, link: null, lang: texts.lang });
  const text = renderMailText(words, null, merchant.name).replace(/[ \n\u00a0\u202f]+/g, ' ');
  return { words, headline, html, text };
}

test.each(Object.keys(CATALOGUES))(
  'a receipt in %s says who received how much, for what, when, how, and under which names, in both parts',
  (locale) => {
    const { words, headline, html, text } = receipt(locale);
    const amount = headline.amount.replace(/[\u00a0\u202f]/g, ' ');
    for (const said of [
      'Powerline',
      amount,
      'Power in October',
      '2026',
      'Visa •••• 3184',
      'INV-7',
      'order-17',
    ])
      expect(text).toContain(said);
    for (const said of ['Powerline', 'Visa', '2026', 'INV-7', 'order-17', 'https://shop.example/inv/7'])
      expect(html).toContain(said);
    expect(html).toContain(`lang="${locale}"`);
    expect(html + text).not.toMatch(/<a |<img|undefined|\bnull\b/);
    expect(words.paragraphs).toHaveLength(3);
  },
);

test.each(Object.keys(CATALOGUES))('a receipt in %s names nothing that is not known', (locale) => {
  const bare = receipt(locale, NOTHING);
  expect(bare.words.paragraphs).toHaveLength(2);
  expect(bare.words.details).toHaveLength(1);
  expect(bare.text).not.toContain('••••');
  const account = receipt(locale, { ...NOTHING, bank: { name: 'ING', last4: '3000' } });
  expect(account.text).toContain('ING •••• 3000');
  const unnamed = receipt(locale, { ...NOTHING, bank: { name: null, last4: null } });
  expect(new Set([bare, account, unnamed].map(({ words }) => words.paragraphs[0])).size).toBe(3);
});

test('a receipt reads like this', () => {
  const { words, text } = receipt('en');
  expect(words.subject).toBe('Receipt: €42.99 to Powerline');
  expect(text).toContain(
    'Powerline received €42.99 for “Power in October Bcc: a@b.test” on December 4, 2026, from your card Visa •••• 3184. ' +
      'Document INV-7. Reference: order-17. This mail is your receipt.',
  );
  expect(words.details.map(({ label }) => label)).toEqual([
    'Paid on',
    'Card',
    'Document',
    'Dated',
    'To read',
    'Reference',
  ]);
});

test('an amount without minor units, and names in the order of the customer’s region, are written as there', () => {
  const { text } = receipt('de-CH', { amount_minor: 4_299, currency: 'jpy' });
  expect(text).toMatch(/4\D299\b(?![.,])/);
  expect(text).toContain('4. Dezember 2026');
});
