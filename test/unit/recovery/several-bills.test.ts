import { expect, test } from 'vitest';
import { renderMailHtml } from '../../../src/recovery/mail/mail-html.tsx';
import { renderMailText } from '../../../src/recovery/mail/mail-text.ts';
import { wordsOf } from '../../../src/recovery/words/mail-words.ts';
import { textsFor } from '../../../src/recovery/words/texts.ts';

const LINK = `https://pay.example.test/r/v1.rec_${'a'.repeat(24)}.1.${'b'.repeat(43)}`;
const merchant = { name: 'Powerline', support_email: 'help@example.test' };

const BILL = {
  kind: 'authenticate' as const,
  was_tried: true,
  amount_minor: 4_299,
  currency: 'eur',
  description: 'Power in October',
  card: { brand: 'visa', last4: '3184' },
  new_card: null,
  expires_at: new Date('2026-03-08T12:00:00Z'),
  on_expiry: 'close' as 'close' | 'release' | 'keep_open',
  retry_at: null as Date | null,
  document: { number: 'R-2026-117' } as { number: string } | null,
  is_last_call: false,
};
const GAS = {
  ...BILL,
  description: 'Gas in October',
  amount_minor: 1_001,
  kind: 'replace' as const,
  document: null,
};

function mail(bills: readonly (typeof BILL | typeof GAS)[], { step = 'opened', more = 0 } = {}) {
  const [first = BILL, ...others] = bills;
  const texts = textsFor(null);
  const { words, headline } = wordsOf(texts, merchant, { ...first, step, others, more });
  const text = renderMailText(words, LINK, merchant.name);
  const html = renderMailHtml({ texts: words, headline, link: LINK, lang: texts.lang });
  return { subject: words.subject, text, html, flat: text.replace(/\s+/g, ' ') };
}

test('lists each bill with what it is, what is asked and until when, and has one link', () => {
  const { subject, text, html, flat } = mail([BILL, GAS]);

  expect(subject).toBe('2 payments to Powerline need you');
  for (const said of [
    '€42.99 · Power in October',
    'Document R-2026-117',
    'Your bank asks you to confirm that this payment is yours',
    '€10.01 · Gas in October',
    'Please pay with another card',
  ])
    expect(flat).toContain(said);
  expect(flat.match(/If nothing happens until Sunday/g)?.length).toBe(2);
  expect(text.split('\n').filter((line) => line === LINK).length).toBe(1);
  expect(html.split(LINK).length).toBe(2);
  for (const said of ['€42.99', 'Power in October', 'Document R-2026-117', '€10.01', 'Gas in October'])
    expect(html).toContain(said);
});

test('sums within one currency only, and only what it lists', () => {
  expect(mail([BILL, GAS]).flat).toContain('€53.00 in all');
  const pounds = { ...GAS, currency: 'gbp' };
  expect(mail([BILL, pounds]).flat).not.toContain('in all');
  expect(mail([BILL, GAS], { more: 3 }).flat).not.toContain('in all');
});

test('says how many more there are', () => {
  const { subject, flat, html } = mail([BILL, GAS], { more: 3 });
  expect(subject).toBe('5 payments to Powerline need you');
  expect(flat).toContain('And 3 more, which the link shows.');
  expect(html).toContain('And 3 more');
});

test('tells of no attempt that was never made', () => {
  const { text, html } = mail([
    { ...BILL, was_tried: false },
    { ...GAS, was_tried: false },
  ]);
  expect(text + html).not.toMatch(/tried to charge|could not be charged/);
});

test('promises of each bill’s end what its merchant has ruled', () => {
  const { flat } = mail([
    { ...BILL, on_expiry: 'release' },
    { ...GAS, on_expiry: 'keep_open' },
  ]);
  expect(flat).toContain('you owe nothing');
  expect(flat).toContain('After that the amount is still open');
  expect(flat).not.toContain('may be in touch');
});

test('asks for nothing where the cards are tried again by themselves', () => {
  const retry_at = new Date('2026-03-02T12:00:00Z');
  const { subject, flat } = mail([
    { ...BILL, retry_at },
    { ...GAS, retry_at },
  ]);
  expect(subject).toBe('2 payments to Powerline did not go through yet');
  expect(flat).toContain('If you do nothing, Powerline tries the card again on Monday');
  expect(flat).not.toContain('Please pay');
});

test.each([
  [[true, false], 'Last call: the time for 1 of your 2 payments to Powerline is almost over'],
  [[true, true], 'Last call: the time for your 2 payments to Powerline is almost over'],
])('calls for the last time for those that end: %j', ([first, second], subject) => {
  const bills = [BILL, { ...GAS, is_last_call: second === true }];
  expect(mail(bills, { step: first === true ? 'last_call' : 'opened' }).subject).toBe(subject);
});

test('shows what merchants wrote as text, never as markup or as a line of its own', () => {
  const { html, text } = mail([BILL, { ...GAS, description: '<img src=x>\r\nBcc: a@b.test' }]);
  expect(html).not.toContain('<img');
  expect(text).not.toMatch(/^Bcc:/m);
});
