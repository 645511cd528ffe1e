import { IntlMessageFormat } from 'intl-messageformat';
import { expect, test } from 'vitest';
import { englishMandates } from '../../../src/recovery/words/english-mandates.ts';
import {
  acceptedLanguage,
  CATALOGUES,
  type Catalogue,
  type Language,
  tongueOf,
} from '../../../src/recovery/words/languages.ts';
import { differencesFrom, everyBranch, messagesOf } from './catalogue-differences.ts';

const LANGUAGES = Object.keys(CATALOGUES) as Language[];
const OTHERS = LANGUAGES.filter((language) => language !== 'en');

test('the six languages are there', () => {
  expect(LANGUAGES.sort()).toEqual(['de', 'en', 'es', 'fr', 'it', 'nl']);
});

test.each(OTHERS)(
  '%s says everything that English says: same keys, placeholders and branches',
  (language) => {
    expect(differencesFrom(CATALOGUES.en, CATALOGUES[language], language)).toEqual([]);
  },
);

test('a missing key, an extra key, a lost or an extra placeholder and a lost branch are each found', () => {
  const { mails } = CATALOGUES.de;
  const broken = (change: Partial<Catalogue['mails']>) =>
    differencesFrom(CATALOGUES.en, { ...CATALOGUES.de, mails: { ...mails, ...change } }, 'de');
  const { heading_last: _, ...without } = mails;
  const missing = { ...CATALOGUES.de, mails: without as Catalogue['mails'] };

  expect(differencesFrom(CATALOGUES.en, missing, 'de')).toEqual(['mails.heading_last is missing']);
  expect(broken({ new: 'Neu' } as Partial<Catalogue['mails']>)).toEqual(['mails.new is in no English file']);
  expect(broken({ button_pay: 'Bezahlen' })).toEqual(['mails.button_pay lacks {amount}']);
  expect(broken({ button_pay: '{amount} an {merchant}' })).toEqual([
    'mails.button_pay has {merchant}, which English has not',
  ]);
  const { several_heading } = mails;
  expect(broken({ several_heading: several_heading.replace('{last} Ihrer', 'einige Ihrer') })).toEqual([
    'mails.several_heading lacks {last} in which=some_last',
    'mails.several_heading lacks {last}',
  ]);
  expect(broken({ heading_replace: '{by, select, other {Karte}}' })).toEqual([
    'mails.heading_replace lacks the branch by=bank',
  ]);
  expect(broken({ several_more: '{more, plural, other {# weitere}}' })).toEqual([
    'mails.several_more lacks the branch more=one',
  ]);
  expect(broken({ button_pay: '{amount' })).toEqual(['mails.button_pay is no message']);
});

test.each(LANGUAGES)('every branch of every message can be said in %s', (language) => {
  for (const { name, text } of messagesOf(CATALOGUES[language])) {
    // An apostrophe is typographic: the other one quotes braces in ICU's syntax.
    expect(text, name).not.toMatch(/'|\.\.\.|<|>/);
    const message = new IntlMessageFormat(text, language, undefined, { ignoreTag: true });
    for (const values of everyBranch(message)) {
      const said = String(message.format(values));
      expect(said, name).not.toMatch(/[{}]|\bundefined\b|\bnull\b|NaN| {2}|^\s|\s$/);
      expect(said.length, name).toBeGreaterThan(0);
    }
  }
});

test.each(OTHERS)('%s leaves no English sentence as it was', (language) => {
  const english = new Map(messagesOf(CATALOGUES.en).map(({ name, text }) => [name, text]));
  const same = messagesOf(CATALOGUES[language]).filter(
    ({ name, text }) => english.get(name) === text && text.length > 20,
  );
  // Whose scheme has them in English only; what surrounds them is said in the language.
  const binding = Object.keys(englishMandates).map((key) => `mandates.${key}`);
  expect(same.map(({ name }) => name)).toEqual(binding);
});

test('a region has the words of its language and writes amounts as it does', () => {
  expect(tongueOf('de-CH')).toEqual({ language: 'de', locale: 'de-CH' });
  expect(tongueOf('pt-BR')).toEqual({ language: 'en', locale: 'en' });
  expect(tongueOf('FR_ca')).toEqual({ language: 'fr', locale: 'fr-CA' });
  expect(tongueOf('nl-u-nu-arab').locale).toBe('nl');
  expect(tongueOf('it-*')).toEqual({ language: 'it', locale: 'it' });
  expect(tongueOf(null)).toEqual({ language: 'en', locale: 'en' });
});

test('a browser is answered in what it would rather read, of what we have', () => {
  expect(acceptedLanguage('pt-BR,pt;q=0.9,es;q=0.8,en;q=0.7')).toBe('es');
  expect(acceptedLanguage('en;q=0.5, de-AT')).toBe('de');
  expect(acceptedLanguage('fr;q=0, nl;q=0.1')).toBe('nl');
  for (const nothing of [undefined, '', '*', 'pt', 'constructor', ';;,,'])
    expect(acceptedLanguage(nothing)).toBe('en');
});
