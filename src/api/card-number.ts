/**
 * Finds what looks like a card number in free text, by the shape in which people write one: unbroken, or in the
 * groups that are printed on the card, with a network's prefix and the Luhn check digit. To join whatever groups stand
 * side by side would refuse one in ten rental periods; a guess must not refuse money.
 *
 * Left out on purpose: Maestro, whose numbers of 12 to 19 digits have no shape of their own, and Visa's of 13, which
 * are no longer issued and look like a barcode.
 */
const NETWORKS: readonly RegExp[] = [
  /^4(?:\d{15}|\d{18})$/, // Visa
  /^(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}$/, // Mastercard
  /^3[47]\d{13}$/, // American Express
  /^3(?:0[0-5]|[689]\d)(?:\d{11}|\d{13})$/, // Diners Club
  /^(?:6011|65\d{2}|64[4-9]\d)\d{12}(?:\d{3})?$/, // Discover
  /^35(?:2[89]|[3-8]\d)\d{12}$/, // JCB
  /^62\d{14}(?:\d{3})?$/, // UnionPay
];

/** What stands between groups; at most three of them, as in `4242 - 4242`. Every dash is a hyphen by then. */
const BETWEEN = '[\\s._/-]{1,3}';
const GROUPS: readonly (readonly number[])[] = [
  [16],
  [4, 4, 4, 4],
  [15],
  [4, 6, 5],
  [14],
  [4, 6, 4],
  [19],
  [4, 4, 4, 4, 3],
];
const SHAPES = GROUPS.map(
  (groups) => new RegExp(`(?<!\\d)(?=${groups.map((n) => `\\d{${n}}`).join(BETWEEN)}(?!\\d))`, 'g'),
);
const LENGTHS = GROUPS.map((groups) => groups.reduce((sum, n) => sum + n, 0));

const DASHES = /[\p{Pd}\u2212\u30fb\u00b7]/gu;
/** Zero-width spaces and joiners, direction marks, soft hyphens. */
const INVISIBLE = /\p{Cf}/gu;
/** A UUID may happen to be all digits; it is no card number. */
const UUID = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi;
/** ISO 13616: country, check digits, and 11 to 30 characters, which people write in groups of four. */
const IBAN = /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/gi;
/** Two days as ddmmyyyy or yyyymmdd: a period, though its digits may begin like a card's. */
const DAY = '(?:0[1-9]|[12]\\d|3[01])';
const MONTH = '(?:0[1-9]|1[0-2])';
const PERIOD = new RegExp(`^(?:(?:${DAY}${MONTH}|${MONTH}${DAY})20\\d\\d){2}$`);

/** Whether some part of the text could be a card number. */
export function looksLikeCardNumber(text: string): boolean {
  const plain = text
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .replace(DASHES, '-')
    .replace(UUID, 'uuid')
    .replace(IBAN, withoutIban);
  return SHAPES.some((shape, place) => {
    for (const { index } of plain.matchAll(shape)) {
      if (isCardNumber(digitsFrom(plain, index, LENGTHS[place] ?? 0))) return true;
    }
    return false;
  });
}

function digitsFrom(text: string, start: number, length: number): string {
  let digits = '';
  for (let at = start; digits.length < length; at += 1) {
    const character = text[at] ?? '';
    if (character >= '0' && character <= '9') digits += character;
  }
  return digits;
}

function isCardNumber(digits: string): boolean {
  return NETWORKS.some((network) => network.test(digits)) && hasLuhnDigit(digits) && !PERIOD.test(digits);
}

function hasLuhnDigit(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = place % 2 === 0 ? digit : digit * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** What is left of text that begins like an IBAN; a word behind it may look like one more group. */
function withoutIban(found: string): string {
  const groups = found.split(' ');
  for (let count = groups.length; count > 0; count -= 1) {
    if (isIban(groups.slice(0, count).join(''))) return ['iban', ...groups.slice(count)].join(' ');
  }
  return found;
}

/** ISO 7064: with the first four characters at the end and letters as 10 to 35, the remainder by 97 is 1. */
function isIban(text: string): boolean {
  if (text.length < 15 || text.length > 34) return false;
  let remainder = 0;
  for (const character of text.slice(4) + text.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}
