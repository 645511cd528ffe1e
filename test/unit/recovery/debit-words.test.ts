import { expect, test } from 'vitest';
import { paymentPage } from '../../../src/recovery/page/page-answers.tsx';
import { factsOf } from '../../../src/recovery/words/facts.ts';
import { CATALOGUES } from '../../../src/recovery/words/languages.ts';
import { textsFor } from '../../../src/recovery/words/texts.ts';
import type { RecoveryPageRow } from '../../../src/store/recovery/recovery-page.ts';
import { STATES } from '../../browser/gallery-states.ts';

const KEYS = [{ kid: 'k1', secret: 'a-link-secret-of-at-least-32-characters' }] as const;
const merchant = { name: 'Powerline', support_email: 'help@example.test' };
const LANGUAGES = Object.keys(CATALOGUES);

const DEBIT = {
  kind: 'replace',
  method_type: 'sepa_debit',
  card_brand: null,
  card_last4: null,
  attempt_type: 'sepa_debit',
  attempt_brand: null,
  attempt_last4: null,
  attempt_state: 'declined',
  failure_code: 'insufficient_funds',
} as const;

const MAIL = {
  kind: 'replace',
  was_tried: true,
  amount_minor: 4_299,
  currency: 'eur',
  description: 'Power in October',
  expires_at: new Date('2026-03-08T12:00:00Z'),
  on_expiry: 'close',
  retry_at: null,
  document: null,
  card: null,
  bank: { name: 'ING', last4: '3000' },
  new_card: null,
} as const;

function page(change: Partial<RecoveryPageRow>, locale = 'en'): string {
  const base = STATES.to_confirm?.row as RecoveryPageRow;
  const { html } = paymentPage([{ ...base, ...DEBIT, locale, ...change }], {
    merchant,
    keys: KEYS,
    door: base,
    path: (id) => `/r/page/${id}`,
    policy: { replacementSessionsMax: 5, confirmsMax: 8 },
    looks_again: true,
  });
  return html.replace(/<style>[\s\S]*?<\/style>/, '');
}

function mail(step: string, change: object = {}, locale = 'en') {
  const texts = textsFor(locale);
  return texts.mail(step, factsOf(texts, merchant, { ...MAIL, ...change }));
}

test('no mail and no page of a debit calls the account a card', () => {
  // "By card", "or a card" and "card numbers" speak of another way to pay.
  const card = /saved card|your card|the card (?!on)|another card|this card|different card/i;
  for (const step of ['opened', 'reminder_1', 'last_call', 'method_replaced_1'])
    for (const retry_at of [null, new Date('2026-03-05T12:00:00Z')]) {
      const said = mail(step, { retry_at, new_bank: { name: 'N26', last4: '1111' } });
      expect(JSON.stringify(said)).not.toMatch(card);
    }
  for (const was_tried of [true, false])
    for (const is_early of [true, false]) {
      const retry_at = is_early ? new Date('2026-03-05T12:00:00Z') : null;
      expect(page({ was_tried, is_early, retry_at })).not.toMatch(card);
    }
});

test('says the bank and the last four digits, as far as they are known', () => {
  expect(mail('opened').paragraphs[0]).toContain('from your bank account ING •••• 3000');
  expect(mail('opened', { bank: { name: null, last4: '3000' } }).paragraphs[0]).toContain(
    'account •••• 3000',
  );
  const unknown = mail('opened', { bank: { name: null, last4: null } });
  expect(unknown.paragraphs[0]).toContain('from your bank account.');
  expect(unknown.details.map(({ label }) => label)).not.toContain('Account');
});

test('says why a debit failed only as far as the bank did', () => {
  const why = (failure_code: string | null) => mail('opened', { failure_code }).paragraphs[1];
  expect(why('insufficient_funds')).toContain('returned the debit unpaid');
  expect(why('authorization_revoked')).toContain('not, or no longer, authorised');
  expect(why('account_closed')).toContain('cannot be debited');
  for (const code of [null, 'a_code_of_tomorrow', 'constructor'])
    expect(why(code)).toContain('The debit did not go through');
  expect(page({ failure_code: 'debit_not_authorized' })).toContain('not, or no longer, authorised');
  expect(mail('opened', { was_tried: false }).paragraphs.join(' ')).not.toMatch(
    /tried|returned|your bank says/i,
  );
});

test('offers another account or a card', () => {
  expect(page({})).toContain('Use another account or a card');
  expect(mail('opened').subject).toContain('needs another account or a card');
});

const ON_ITS_WAY = {
  attempt_state: 'processing',
  charge_state: 'pending',
  attempt_started_at: new Date('2026-03-03T09:00:00Z'),
  now: new Date('2026-03-03T10:00:00Z'),
} as const;

test('says that the bank has been asked while a debit is on its way, when money moves, and that nobody can stop it', () => {
  const told = page({ ...ON_ITS_WAY, attempt_collects_on: '2026-03-05' });
  expect(told).toContain('leaves your account on March 5, 2026, and we expect to know on March 11, 2026');
  expect(told).toContain('The debit can no longer be cancelled.');
  // Their own press, which nothing has announced: two bank days later, and a new mandate of Bacs takes three more.
  expect(page(ON_ITS_WAY)).toContain('on March 5, 2026, and');
  const bacs = { ...ON_ITS_WAY, attempt_type: 'bacs_debit', attempt_awaits_mandate: true };
  expect(page(bacs)).toContain('on March 10, 2026, and we expect to know on March 11, 2026');
});

test('shows the account that is debited, not the one that had failed', () => {
  const other = { ...ON_ITS_WAY, attempt_bank_name: 'N26', attempt_bank_last4: '1111' };
  expect(page({ ...other, bank_name: 'ING', bank_last4: '3000' })).toContain('N26 •••• 1111');
});

test.each(LANGUAGES)('no page that is for everybody speaks of a card alone, in %s', (language) => {
  const card = /(?<!and )(?:card|Karte(?!nn)|carte|carta|tarjeta|kaart)\b/i;
  const { notices, setup } = textsFor(language);
  expect(JSON.stringify({ ...notices(), ...setup.notices() })).not.toMatch(card);
});

test('names no day that nobody knows, nor one that has passed', () => {
  const late = {
    attempt_state: 'processing',
    charge_state: 'pending',
    now: new Date('2026-12-31T09:00:00Z'),
  } as const;
  const asked = page(late);
  expect(asked).toContain('Your bank has been asked for this payment');
  expect(asked).toContain('Banks take some working days for that, and it can no longer be cancelled.');
  expect(page({ ...late, attempt_started_at: null, now: ON_ITS_WAY.now })).toContain('Banks take some');
  const slow_card = { attempt_state: 'processing', charge_state: 'pending', attempt_type: 'card' } as const;
  expect(page({ ...slow_card, method_type: 'card' })).toContain('We are checking your payment');
});

test.each(LANGUAGES)('page and mail are in %s, and say that they are', (language) => {
  const html = page({}, language);
  expect(html).toContain(`<html lang="${language}">`);
  expect(html).toContain(textsFor(language).questions('Powerline'));
  expect(mail('opened', {}, language).paragraphs[0]).toContain('ING •••• 3000');
  expect(textsFor(language).future_use('bank', 'Powerline', 'x').version).toBe(
    `recovery-account-${language}-1`,
  );
});

test('the box for later bills speaks of what its button pays with', () => {
  const added = {
    replacement_id: `set_${'a'.repeat(24)}`,
    replacement_state: 'succeeded',
    replacement_payment_method_id: 'pm_2',
    replacement_type: 'card',
    replacement_brand: 'visa',
    replacement_last4: '4444',
  } as const;
  expect(page(added)).toContain('may charge this card for later bills');
  expect(page({ ...added, replacement_type: 'sepa_debit' })).toContain(
    'may collect later bills from this account',
  );
});
