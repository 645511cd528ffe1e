/** Texts that parsers are slow or wrong about: long, deep, repeated, nearly right. */
import { pick, type Random } from '../chaos/chance.ts';

/** What a caller who wants us to work hard would repeat. */
const PIECES = [
  '\\"',
  '"',
  '\\',
  '\\u0022',
  '[',
  '{"a":',
  '{"a":1},',
  ',',
  '1',
  '4242 ',
  '4242-4242-',
  '1e9',
  '0.',
  'a.',
  'a@',
  ' ',
  '\t',
  '\\n',
  '\u00a0',
  'ﷺ',
  '\u0301',
  'é',
  '\ud800',
  '\u202e',
  '%41',
  '%',
  '&a',
  'a=b;',
  'v1=00,',
  '=',
  ':',
  '-',
  '_',
  '__proto__',
  'x',
] as const;

/** Short ones, for places where one character decides. */
const WORDS = [
  '',
  ' ',
  'null',
  'NaN',
  '0',
  '-1',
  '1.5',
  '1e999',
  '9007199254740993',
  'a\r\nb',
  'a\0b',
  '\u2028',
  '4242 4242 4242 4242',
  '../..',
  '__proto__',
  'constructor',
  'robin@example.test',
  '2026-02-30T25:61:61Z',
  'javascript:alert(1)',
  "' or 1=1 --",
  '\ufeff',
  '💳',
] as const;

/** Mostly short, one in fifty long; never longer than `max` characters. */
export function hostileText(random: Random, max: number): string {
  if (!random.chance(0.02))
    return Array.from({ length: random.below(4) }, () => pick(random, WORDS)).join('');
  const piece = pick(random, PIECES);
  const text = pick(random, WORDS) + piece.repeat(Math.ceil(random.between(1, max) / piece.length));
  return text.slice(0, max);
}

/** The same with one to three characters changed, taken out or doubled. */
export function nearly(random: Random, text: string): string {
  let changed = text;
  for (let times = 1 + random.below(3); times > 0 && changed.length > 0; times -= 1) {
    const at = random.below(changed.length);
    const piece = pick(random, [...PIECES, ...WORDS, changed[at] ?? '', '']);
    changed = changed.slice(0, at) + piece + changed.slice(at + random.below(2));
  }
  return changed;
}
