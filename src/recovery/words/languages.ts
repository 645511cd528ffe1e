/**
 * The languages that customers are written to in. A language is a folder of messages in ICU's syntax
 * (https://unicode-org.github.io/icu/userguide/format_parse/messages/), with the keys of the English ones, or it does not
 * compile; that placeholders and branches agree as well is for the tests.
 */
import { de } from './de/catalogue.ts';
import { en } from './en/catalogue.ts';
import { es } from './es/catalogue.ts';
import { fr } from './fr/catalogue.ts';
import { it } from './it/catalogue.ts';
import { nl } from './nl/catalogue.ts';

export type Catalogue = typeof en;
export type Section = keyof Catalogue;

export const CATALOGUES = { en, de, fr, it, es, nl } as const satisfies Readonly<Record<string, Catalogue>>;
export type Language = keyof typeof CATALOGUES;

/**
 * - `language`: whose words are used; also the `lang` of pages and mails;
 * - `locale`: how dates and amounts are written: as in the customer's region, `de-CH`.
 */
export type Tongue = { readonly language: Language; readonly locale: string };

const ENGLISH: Tongue = { language: 'en', locale: 'en' };

/** The language nearest to a customer's locale, a BCP 47 tag; English if we have none. A region's own falls back to its language. */
export function tongueOf(locale: string | null): Tongue {
  const tag = locale?.replaceAll('_', '-') ?? 'en';
  const language = tag.split('-')[0]?.toLowerCase() ?? '';
  if (!isLanguage(language)) return ENGLISH;
  try {
    // Without extensions: another calendar or other digits would not fit our sentences.
    return { language, locale: new Intl.Locale(tag).baseName };
  } catch {
    return { language, locale: language };
  }
}

/**
 * What a browser would rather read, of those that we have; English if it says nothing. `header` is an Accept-Language
 * (https://www.rfc-editor.org/rfc/rfc9110#name-accept-language).
 */
export function acceptedLanguage(header: string | undefined): Language {
  const ranges = (header ?? '').slice(0, HEADER_LENGTH_MAX).split(',');
  const wanted = ranges.flatMap((range) => {
    const [tag = '', weight] = range.split(';');
    const language = tag.trim().split('-')[0]?.toLowerCase() ?? '';
    const [, q = '1'] = /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(weight ?? '') ?? [];
    return isLanguage(language) && Number(q) > 0 ? [{ language, q: Number(q) }] : [];
  });
  // A sort keeps the order of equals.
  return wanted.sort((one, other) => other.q - one.q)[0]?.language ?? 'en';
}

const HEADER_LENGTH_MAX = 500;

const isLanguage = (text: string): text is Language => Object.hasOwn(CATALOGUES, text);
