/**
 * Text as people send it is cleaned rather than refused: what is stored is what will be shown. Copied contacts come in
 * direction marks, pasted descriptions with line breaks, addresses with blanks around.
 *
 * What would harm is gone afterwards: control characters break headers and logs, halves of a character the database,
 * direction marks that nothing closes the words around them.
 */
import { domainToASCII } from 'node:url';

const LINE_BREAK = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g;
/** Controls, byte order marks, lone surrogates. */
const UNFIT = /[\p{Cc}\p{Cs}\ufeff]/gu;

/** One line: breaks and tabs are blanks, none of which are left around it. */
export function cleanLine(text: string): string {
  return cleanLabel(text).trim();
}

/** One line with its blanks as they are. */
export function cleanLabel(text: string): string {
  return withPairedMarks(text.replace(LINE_BREAK, ' ').replaceAll('\t', ' ').replace(UNFIT, ''));
}

/** Several lines, each as `cleanLabel` makes it. */
export function cleanParagraphs(text: string): string {
  return text.split(LINE_BREAK).map(cleanLabel).join('\n').trim();
}

const MARKS = /[\u202a-\u202e\u2066-\u2069]/g;
const POP_EMBEDDING = '\u202c';
const POP_ISOLATE = '\u2069';
const OVERRIDES = '\u202d\u202e';
const ISOLATES = '\u2066\u2067\u2068';

/**
 * Without the marks of direction that nothing closes, or that close nothing, as UAX #9 pairs them; and without
 * overrides, which show letters in another order than they stand. What is paired ends before the words around it.
 */
function withPairedMarks(text: string): string {
  const paired = new Set<number>();
  const open: { readonly at: number; readonly mark: string }[] = [];
  let isolates = 0;
  const close = (at: number): void => {
    const opened = open.pop();
    if (opened === undefined || OVERRIDES.includes(opened.mark)) return;
    paired.add(opened.at).add(at);
  };
  for (const { 0: mark, index } of text.matchAll(MARKS)) {
    if (mark === POP_EMBEDDING) {
      const newest = open.at(-1);
      if (newest !== undefined && !ISOLATES.includes(newest.mark)) close(index);
    } else if (mark !== POP_ISOLATE) {
      if (ISOLATES.includes(mark)) isolates += 1;
      open.push({ at: index, mark });
    } else if (isolates > 0) {
      // It also ends what was opened inside, which nothing closes any more.
      while (!ISOLATES.includes(open.at(-1)?.mark ?? ISOLATES)) open.pop();
      isolates -= 1;
      close(index);
    }
  }
  return text.replace(MARKS, (mark, at: number) => (paired.has(at) ? mark : ''));
}

const ADDRESS_MAX = 1_000;
/** Zero-width characters and direction marks, which come along when an address is copied. */
const INVISIBLE = /\p{Cf}/gu;
const FULL_WIDTH = /[\uff01-\uff5e]/g;
const FULL_WIDTH_OFFSET = 0xfee0;
/** Letters, digits and hyphens of any script; full stops also as the Chinese and Japanese write them. */
const INTERNATIONAL_DOMAIN = /^[\p{L}\p{M}\p{N}._\u3002\uff61-]+$/u;

/** An address as mailers take it: nothing around it, ASCII for its full-width twins, its domain in punycode. */
export function cleanAddress(text: string): string {
  if (text.length > ADDRESS_MAX) return text;
  const plain = text
    .replace(INVISIBLE, '')
    .replace(FULL_WIDTH, (wide) => String.fromCharCode(wide.charCodeAt(0) - FULL_WIDTH_OFFSET))
    .trim();
  const at = plain.lastIndexOf('@') + 1;
  return plain.slice(0, at) + asciiDomain(plain.slice(at));
}

/** Other parsers would take a path or a port for a part of the domain: only letters and dots are given to this one. */
function asciiDomain(domain: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: every ASCII character
  if (/^[\x00-\x7f]*$/.test(domain) || !INTERNATIONAL_DOMAIN.test(domain)) return domain;
  return domainToASCII(domain) || domain;
}
