import { type Random, randomOf } from '../model/people/random.ts';

export type { Random } from '../model/people/random.ts';

/** A seed for a part of a run, far from the seeds of neighbouring parts. */
export function seedOf(...parts: readonly (number | string)[]): number {
  let hash = 0x811c9dc5;
  for (const char of parts.join('/')) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  return hash >>> 0;
}

export const chanceOf = (...parts: readonly (number | string)[]): Random => randomOf(seedOf(...parts));

/** Picks one item, each equally likely. */
export function pick<T>(random: Random, from: readonly T[]): T {
  const chosen = from[random.below(from.length)];
  if (chosen === undefined) throw new RangeError('nothing to pick from');
  return chosen;
}

/** The same items in another order. */
export function shuffled<T>(random: Random, from: readonly T[]): T[] {
  const left = [...from];
  return Array.from(from, () => left.splice(random.below(left.length), 1)[0] as T);
}

/** A whole number of milliseconds. */
export const between = (random: Random, from_ms: number, to_ms: number): number =>
  Math.round(random.between(from_ms, to_ms));
