/**
 * Lateness that hits where it hurts. What is late only by chance is almost never late at the one moment at which the
 * protocol could be wrong about it. So some of it waits until the charge moves, and arrives right behind.
 */
import type { Random } from './people/random.ts';
import type { Scheduler } from './scheduler.ts';

export type Moments = {
  /** Plans `happen` within `at_most_ms` from now, or right after the charge has moved. */
  late(at_most_ms: number, happen: () => void): void;
  /** The same, and always waiting for such a moment. */
  ambush(at_most_ms: number, happen: () => void): void;
  /**
   * A moment comes: a charge has moved (an attempt opened or ended, closing was asked for, its state changed).
   */
  come(): void;
};

export type MomentsOptions = { readonly scheduler: Scheduler; readonly random: Random };

const AMBUSH = 0.35;
/** Within this time after the move, its consequences are under way. */
const BEHIND_MS = 1_500;

export function createMoments({ scheduler, random }: MomentsOptions): Moments {
  let waiting: (() => void)[] = [];

  function late(at_most_ms: number, happen: () => void): void {
    if (random.chance(AMBUSH)) ambush(at_most_ms, happen);
    else scheduler.at(scheduler.now_ms() + at_most_ms, happen);
  }

  function ambush(at_most_ms: number, happen: () => void): void {
    let isOver = false;
    const once = () => {
      if (isOver) return;
      isOver = true;
      happen();
    };
    waiting.push(once);
    scheduler.at(scheduler.now_ms() + at_most_ms, once);
  }

  return {
    late,
    ambush,
    come: () => {
      if (waiting.length === 0) return;
      const there = waiting;
      waiting = [];
      for (const once of there) {
        if (random.chance(0.5)) scheduler.at(scheduler.now_ms() + random.fraction() ** 2 * BEHIND_MS, once);
        else waiting.push(once);
      }
    },
  };
}
