/** When somebody acts of their own accord. */
import type { World } from '../world.ts';

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;

/** Plans an act of somebody, in some worlds. */
export function plan(world: World, probability: number, act: (at_ms: number) => unknown): void {
  const { random } = world;
  if (!random.chance(probability)) return;
  // Half of all deliberate acts happen while the first attempt is under way.
  act(random.chance(0.5) ? random.between(0, 4 * SECOND_MS) : random.fraction() ** 3 * 14 * DAY_MS);
}

/** Some come right behind a move of the charge, when a confirm may be under way. */
export function planBehind(world: World, probability: number, name: string, act: () => Promise<void>): void {
  const { random, scheduler, moments } = world;
  plan(world, probability, (at_ms) => {
    const begin = () => void scheduler.spawn(name, 0, act);
    if (random.chance(0.6)) moments.ambush(at_ms, begin);
    else scheduler.at(at_ms, begin);
  });
}
