/**
 * Finds what looks like a card number in free text: a length and a prefix that card networks use, and the Luhn
 * check digit. Without the prefix, we would refuse one in ten order numbers and timestamps.
 */
const NETWORKS: readonly RegExp[] = [
  /^4(?:\d{12}|\d{15}|\d{18})$/, // Visa
  /^(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}$/, // Mastercard
  /^3[47]\d{13}$/, // American Express
  /^3(?:0[0-5]|[689]\d)\d{11,16}$/, // Diners Club
  /^(?:6011|65\d{2}|64[4-9]\d)\d{12}(?:\d{3})?$/, // Discover
  /^35(?:2[89]|[3-8]\d)\d{12}$/, // JCB
  /^62\d{14,17}$/, // UnionPay
  /^(?:50|5[6-8]|6\d)\d{11,17}$/, // Maestro
];
/** A UUID may happen to be all digits; it is no card number. */
const UUID = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi;
const DIGITS_MAX = 19;
const RUN = /\d(?:[ .-]?\d){12,}/g;

/** Whether some part of the text could be a card number, also one written in groups. */
export function looksLikeCardNumber(text: string): boolean {
  const runs = text.normalize('NFKC').replace(UUID, 'uuid').match(RUN) ?? [];
  return runs.some((run) => candidates(run.split(/[ .-]/)).some(isCardNumber));
}

/** All joined neighbouring groups that are not too long: a date before the number must not hide it. */
function candidates(groups: readonly string[]): string[] {
  const found: string[] = [];
  for (let first = 0; first < groups.length; first += 1) {
    let digits = '';
    for (let last = first; last < groups.length && digits.length <= DIGITS_MAX; last += 1) {
      digits += groups[last] ?? '';
      found.push(digits);
    }
  }
  return found;
}

function isCardNumber(digits: string): boolean {
  return NETWORKS.some((network) => network.test(digits)) && hasLuhnDigit(digits);
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
