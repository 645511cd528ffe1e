import { randomInt } from 'node:crypto';

const SEED_MAX = 2 ** 31;

/** The whole number, 0 or more, typed after `option`. Throws RangeError, naming the option. */
export function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(number) || number < 0)
    throw new RangeError(`--${option} takes a whole number, not ${text}`);
  return number;
}

/** The seed that was typed; without one, or for `random`, a random one. */
export function seedOf(text: string | undefined): number {
  return text === undefined || text === 'random' ? randomInt(SEED_MAX) : wholeNumber('seed', text);
}
