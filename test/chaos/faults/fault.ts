import { setTimeout as wait } from 'node:timers/promises';
import type { Random } from '../chance.ts';
import type { Evidence } from '../evidence.ts';
import type { World } from '../world.ts';

/** How often a fault hit something alive, by the evidence of what it hit; asked once everything is over. */
export type Hits = (evidence: Evidence) => number;

/** Strikes, lasts for its planned time, and resolves when it is over. */
export type Fault = (world: World, random: Random) => Promise<Hits>;

/** How long a fault looks for something to hit. */
const PATIENCE_MS = 6_000;
const POLL_MS = 25;

/** Tries until it has hit something. A try may fail, for example when another service is down. */
export async function untilHit(strike: () => Promise<number> | number): Promise<Hits> {
  const end_ms = performance.now() + PATIENCE_MS;
  for (;;) {
    const hits = await Promise.resolve(strike()).catch(() => 0);
    if (hits > 0 || performance.now() > end_ms) return () => hits;
    await wait(POLL_MS);
  }
}

/** Lasts for `hold_ms`, and longer until something has met it. */
export async function holdUntilMet(
  met: () => number,
  hold_ms: number,
  patience_ms = PATIENCE_MS,
): Promise<void> {
  const end_ms = performance.now() + patience_ms;
  await wait(hold_ms);
  while (met() === 0 && performance.now() < end_ms) await wait(POLL_MS);
}

/** How far a count has gone since this call. */
export function since<C extends string>(counts: Readonly<Record<C, number>>, name: NoInfer<C>): () => number {
  const before = counts[name];
  return () => counts[name] - before;
}

/** Something between us and others that has weather, and counts what its weather meets. */
type Place = {
  readonly counts: Readonly<Record<string, number>>;
  weather(next: { readonly kind: 'pass' }): void;
};

const turns = new WeakMap<object, Promise<unknown>>();

/**
 * Allows one weather at a time in a place: two faults that want the same place take turns, so each counts only its own
 * hits. The weather is fair again when `hold` is over.
 */
export function inWeather<P extends Place>(
  place: P,
  weather: Parameters<P['weather']>[0],
  count: keyof P['counts'] & string,
  hold: (met: () => number) => Promise<unknown>,
): Promise<Hits> {
  const turn = async (): Promise<Hits> => {
    const met = since(place.counts, count);
    place.weather(weather);
    await hold(met);
    const hits = met();
    place.weather({ kind: 'pass' });
    return () => hits;
  };
  const taken = (turns.get(place) ?? Promise.resolve()).then(turn);
  turns.set(place, taken);
  return taken;
}
