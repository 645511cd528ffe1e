import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanAddress, cleanLine, cleanParagraphs } from '../../../src/api/schemas/clean-text.ts';

describe('a line is cleaned', () => {
  test.each([
    ['of blanks around it', '  Jo \u3000', 'Jo'],
    ['of line breaks within', 'line one\nline two\r\nthree\u2028four', 'line one line two three four'],
    ['of tabs', 'A\tB', 'A B'],
    ['of controls', 'a\0b\u0007c\u009fd', 'abcd'],
    ['of halves of a character', 'a\ud83db', 'ab'],
    ['of a byte order mark', '\ufeffa', 'a'],
    ['of an embedding that nothing ends', 'total \u202aabc', 'total abc'],
    ['of an end of nothing', 'a\u202cb\u2069c', 'abc'],
    ['of an override, also with its end', '\u202e001 RUE\u202c', '001 RUE'],
    ['of an embedding that an isolate cuts off', '\u2068a\u202bb\u2069c', '\u2068ab\u2069c'],
    [
      'of an end that lies inside an isolate',
      '\u202aa\u2068b\u202cc\u2069d\u202c',
      '\u202aa\u2068bc\u2069d\u202c',
    ],
  ])('%s', (_what, sent, kept) => {
    expect(cleanLine(sent)).toBe(kept);
  });

  test.each([
    '\u2068ليلى\u2069',
    '\u202aJohn Smith\u202c',
    '\u2067a\u2068b\u2069c\u2069',
    'שרה\u200f Cohen',
    '👨‍👩‍👧‍👦 Ольга O’Brien-D’Ângelo',
    'é́'.repeat(200),
    '<b>Bob</b> & "Sons" \'x\'',
  ])('and whole where nothing harms: %s', (text) => {
    expect(cleanLine(text)).toBe(text);
  });

  test('and then says what it said, once cleaned, with every mark paired', () => {
    const character = fc.oneof(
      fc.constantFrom(
        ...'\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200f\n\r\t\0\ud800\udc00 ab',
      ),
      fc.string({ unit: 'binary', maxLength: 1 }),
    );
    fc.assert(
      fc.property(fc.array(character, { maxLength: 60 }), (characters) => {
        const cleaned = cleanLine(characters.join(''));
        expect(cleanLine(cleaned)).toBe(cleaned);
        expect(cleaned).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202d\u202e\ufeff]/u);
        expect(leftOpen(`${cleaned} after`)).toEqual([]);
      }),
      { numRuns: 5_000 },
    );
  });

  test('in a time that grows with its length alone', () => {
    const sent = '\u202a'.repeat(60_000) + '\u2069\u202c'.repeat(60_000);
    expect(cleanLine(sent)).toBe('\u202a'.repeat(60_000) + '\u202c'.repeat(60_000));
    expect(cleanLine(`${'\u2068'.repeat(60_000)}${'\u202c'.repeat(60_000)}x`)).toBe('x');
  });
});

/** By UAX #9: what of the marks of direction still stands at the end of the text, or has closed nothing. */
function leftOpen(text: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const character of text) {
    if (/[\u202a-\u202b\u2066-\u2068]/.test(character)) open.push(character);
    else if (character === '\u202c') {
      if (/[\u202a\u202b]/.test(open.at(-1) ?? '')) open.pop();
      else wrong.push('pdf');
    } else if (character === '\u2069') {
      if (/[\u2066-\u2068]/.test(open.at(-1) ?? '')) open.pop();
      else wrong.push('pdi');
    }
  }
  return [...open, ...wrong];
}

test('paragraphs keep their lines', () => {
  expect(cleanParagraphs('  I agree.\r\n\r\nFor ever.\u2029 \0')).toBe('I agree.\n\nFor ever.');
});

describe('an address is cleaned', () => {
  test.each([
    [' a@example.com ', 'a@example.com'],
    ['a@example.com\r\n', 'a@example.com'],
    ['\u202aa@example.com\u202c', 'a@example.com'],
    ['\u200ba@exam\u00adple.com', 'a@example.com'],
    ['info@müller.de', 'info@xn--mller-kva.de'],
    ['info@xn--mller-kva.de', 'info@xn--mller-kva.de'],
    ['info@straße.example', 'info@xn--strae-oqa.example'],
    ['info@例え。テスト', 'info@xn--r8jz45g.xn--zckzah'],
    ['ｐａａｓｏｎ＠ｉＣｌｏｕｄ．ｃｏｍ', 'paason@iCloud.com'],
    ['A@EXAMPLE.COM', 'A@EXAMPLE.COM'],
    ['a..b@docomo.ne.jp', 'a..b@docomo.ne.jp'],
  ])('%s is %s', (sent, kept) => {
    expect(cleanAddress(sent)).toBe(kept);
  });

  test.each([
    'a@mü/ller.de',
    'a@mü:80.de',
    'a@mü?x.de',
    'a@mü#x.de',
    'a@mü b.de',
    'a@b@mü\\c.de',
    'a\n@b.de',
  ])('and left as it is where no domain can be read: %s', (sent) => {
    expect(cleanAddress(sent)).toBe(sent);
  });
});
