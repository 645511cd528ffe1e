import { expect, test } from 'vitest';
import { renderMailHtml } from '../../../src/recovery/mail/mail-html.tsx';
import { renderMailText } from '../../../src/recovery/mail/mail-text.ts';
import { factsOf } from '../../../src/recovery/words/facts.ts';
import { textsFor } from '../../../src/recovery/words/texts.ts';

const LINK = `https://pay.example.test/r/v1.rec_${'a'.repeat(24)}.1.${'b'.repeat(43)}`;
const merchant = { name: 'Powerline <b>&"', support_email: 'help@example.test' };

function mail(
  step: string,
  change: { description?: string; kind?: 'authenticate' | 'replace'; was_tried?: boolean } = {},
) {
  const texts = textsFor('en');
  const facts = factsOf(texts, merchant, {
    kind: 'authenticate',
    was_tried: true,
    amount_minor: 4_299,
    currency: 'eur',
    description: 'Power in October',
    expires_at: new Date('2026-03-08T12:00:00Z'),
    on_expiry: 'close',
    retry_at: null,
    document: null,
    card: { brand: 'visa', last4: '3184' },
    new_card: { brand: 'mastercard', last4: '4444' },
    ...change,
  });
  const words = texts.mail(step, facts);
  const link = step.startsWith('method_replaced') ? null : LINK;
  return {
    subject: words.subject,
    text: renderMailText(words, link, merchant.name),
    html: renderMailHtml({ texts: words, headline: facts, link, lang: texts.lang }),
  };
}

test.each(['opened', 'reminder_1', 'last_call', 'fresh_1', 'resent_2'])(
  '%s says all a mail must say',
  (step) => {
    const { text } = mail(step);
    const flat = text.replace(/\s+/g, ' ');

    expect(flat).toContain('Powerline');
    expect(flat).toContain('€42.99 for “Power in October” to Visa •••• 3184');
    expect(flat).toContain('asks you to confirm that this payment is yours');
    // The order of day and month is the runtime's, which changes between versions of Node.
    expect(flat).toMatch(
      /If nothing happens until Sunday\b[^.]*\b8\b[^.]*\b12:00 UTC, this request ends and you are not charged/,
    );
    expect(flat).toContain('write to help@example.test');
    expect(text.split('\n')).toContain(LINK);
  },
);

test('tells the reminders apart by their subjects', () => {
  const subjects = ['opened', 'reminder_2', 'last_call', 'method_replaced'].map((step) => mail(step).subject);
  expect(new Set(subjects).size).toBe(4);
});

test('asks for another card where the bank would not help', () => {
  expect(mail('opened', { kind: 'replace' }).text).toContain('Please pay with another');
});

test('tells of no attempt that was never made', () => {
  for (const kind of ['authenticate', 'replace'] as const) {
    const { text } = mail('opened', { kind, was_tried: false });
    expect(text).not.toMatch(/tried to charge|could not be charged/);
    expect(text.replace(/\s+/g, ' ')).toContain('asks you to pay €42.99 for “Power in October”');
  }
});

test('names the new card and asks for nothing after a replacement', () => {
  const { text, html } = mail('method_replaced');
  expect(text).toContain('Mastercard •••• 4444 was entered');
  expect(text + html).not.toContain('/r/v1');
});

test('shows what merchants and customers wrote as text, never as markup or as a line of its own', () => {
  const { html, text, subject } = mail('opened', { description: '<img src=x>\r\nBcc: a@b.test\u2028x' });
  expect(html).not.toContain('<img');
  expect(html).not.toContain('Powerline <b>');
  expect(text).not.toMatch(/^Bcc:/m);
  expect(subject).not.toMatch(/[\r\n]/);
});

test('loads nothing and names no other host', () => {
  const { html } = mail('last_call');
  expect(html).not.toMatch(/<(?:img|script|link|iframe)|url\(/);
  const hosts = [...html.matchAll(/https?:\/\/([^/"]+)/g)].map((match) => match[1]);
  expect(new Set(hosts)).toEqual(new Set(['pay.example.test']));
});
