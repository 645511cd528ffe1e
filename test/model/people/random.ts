/** Chance that a seed repeats: the whole schedule depends on it and on nothing else. */
export type Random = {
  /** From 0 up to, but not including, 1. */
  fraction(): number;
  chance(probability: number): boolean;
  between(from: number, to: number): number;
  /** 0 … n - 1 */
  below(n: number): number;
};

/** Mulberry32: 32 bits of state, good enough for schedules and fast enough for millions of them. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  function fraction(): number {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
  return {
    fraction,
    chance: (probability) => probability > 0 && fraction() < probability,
    between: (from, to) => from + fraction() * (to - from),
    below: (n) => Math.floor(fraction() * n),
  };
}
