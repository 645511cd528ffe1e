/**
 * Text that merchants send, cleaned of what would harm (`clean-text.ts`). Only two things are refused: what is no text of
 * its kind, and card numbers, our promise never to hold one. No message here may quote what it refuses.
 */
import { z } from 'zod';
import { looksLikeCardNumber } from '../card-number.ts';
import { cleanAddress, cleanLabel, cleanLine, cleanParagraphs } from './clean-text.ts';

/** Controls, line and paragraph separators, bidirectional controls, byte order mark, lone surrogates. */
const UNFIT = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/u;
/**
 * One @, a local part without quotes, comments or address literals, a domain with a dot. Dots may follow one another and
 * stand before the @, as in addresses that docomo has given out; domains may have underscores.
 */
const EMAIL =
  /^[a-z0-9!#$%&'*+/=?^_`{|}~-][a-z0-9!#$%&'*+/=?^_`{|}~.-]*@(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
const LOCAL_PART_MAX = 64;
const EMAIL_MAX = 254;
const URL_MAX = 2_048;

const METADATA_KEYS_MAX = 50;
const METADATA_KEY_MAX = 40;
const METADATA_VALUE_MAX = 500;

const NO_CARD_NUMBER = 'looks like a card number, which must never be sent here';

/** Cleaned; and nothing else looks at a text that is too long: what follows may be slower than its length. */
function bounded(max: number, clean = (text: string): string => text.trim()) {
  return z.string().overwrite(clean).max(max, { abort: true });
}

/** One line of text for people to read. */
export function line(max: number) {
  return written(max, cleanLine);
}

/** Text for people to read, which keeps its lines. */
export function paragraphs(max: number) {
  return written(max, cleanParagraphs);
}

function written(max: number, clean: (text: string) => string) {
  return bounded(max, clean)
    .min(1, 'must not be blank')
    .refine((text) => !looksLikeCardNumber(text), NO_CARD_NUMBER);
}

/** What a list is searched for. Nothing that is stored has a control character or half of one. */
export function searched(max: number, clean?: (text: string) => string) {
  return bounded(max, clean)
    .min(1)
    .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), 'must not contain control characters');
}

/** An address that every mailer reads the same way. */
export const email = bounded(EMAIL_MAX, cleanAddress)
  .refine((text) => EMAIL.test(text) && text.indexOf('@') <= LOCAL_PART_MAX, 'must be a plain e-mail address')
  .meta({ format: 'email' });

/** A BCP 47 language tag, as dates and amounts are formatted by; programs in C and Java write it with underscores. */
export const locale = bounded(35, (text) => text.trim().replaceAll('_', '-')).refine(
  isLocale,
  'must be a BCP 47 language tag',
);

/** What is answered to any other; also to a name that the database, which counts by it, does not know. */
export const NO_TIME_ZONE = 'must be a time zone by its IANA name, like Europe/Berlin';

/** An IANA time zone. */
export const timeZone = bounded(64).refine(isTimeZone, NO_TIME_ZONE);

/** Where a browser is sent. */
export function webAddress(options: { readonly httpsOnly: boolean }) {
  return bounded(URL_MAX)
    .refine((text) => !UNFIT.test(text) && isWebAddress(text, options.httpsOnly), {
      error: options.httpsOnly ? 'must be an https:// address' : 'must be an http:// or https:// address',
    })
    .meta({ format: 'uri' });
}

/** A merchant's own labels; never read by us. */
export const metadata = z
  .record(z.string(), z.string().overwrite(cleanLabel))
  .superRefine((labels, ctx) => {
    const refuse = (message: string): void => ctx.addIssue({ code: 'custom', message });
    const names = Object.keys(labels);
    if (names.length > METADATA_KEYS_MAX) return refuse(`must have at most ${METADATA_KEYS_MAX} keys`);
    // Name no key here: the key itself may be what must not be repeated.
    if (names.some((name) => name.length < 1 || name.length > METADATA_KEY_MAX || !isFit(name))) {
      refuse(`must have keys of 1 to ${METADATA_KEY_MAX} plain characters`);
    }
    if (Object.values(labels).some((text) => text.length > METADATA_VALUE_MAX || !isFit(text))) {
      refuse(`must have values of at most ${METADATA_VALUE_MAX} plain characters, and no card numbers`);
    }
  })
  .meta({
    maxProperties: METADATA_KEYS_MAX,
    description:
      'Your own labels: up to 50, keys of up to 40 characters, values of up to 500. We never read them. Those of a charge and of a set-up go to Stripe as well, as many as fit beside five marks of ours',
  });

/** A merchant's labels as they are shown. */
export const shownMetadata = z.record(z.string(), z.string()).describe('Your own labels');

/** Written over the labels that are there, as Stripe does: an empty text takes one away. */
export const mergedMetadata = metadata.meta({
  description: 'Merged with what is there; an empty text takes a label away',
});

/** Labels to find by, each as `metadata[name]=value`. */
export const searchedMetadata = metadata.meta({
  description: 'Only those with each of these labels: `metadata[name]=value`',
  style: 'deepObject',
  explode: true,
});

function isFit(text: string): boolean {
  return !UNFIT.test(text) && !looksLikeCardNumber(text);
}

function isLocale(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1;
  } catch {
    return false;
  }
}

function isTimeZone(text: string): boolean {
  try {
    // Offsets are no names: they know no summer.
    return (
      /^[a-z]/i.test(text) && Intl.DateTimeFormat('en', { timeZone: text }) instanceof Intl.DateTimeFormat
    );
  } catch {
    return false;
  }
}

function isWebAddress(text: string, httpsOnly: boolean): boolean {
  // What the URL parser would mend (backslashes, blanks, a missing slash) other parsers read differently.
  if (!/^https?:\/\/[^\s\\@/?#]+(?:[/?#][^\s\\]*)?$/i.test(text) || !URL.canParse(text)) return false;
  return !httpsOnly || text.toLowerCase().startsWith('https:');
}
