/**
 * Where callers wait whose API key has not been found yet. A few at a time are looked up, on fewer connections than we have;
 * the others stand in a line, which costs memory only. So a merchant's first calls get in however many come at once, and
 * those who never show a key that exists keep each other waiting, and no merchant.
 */
import { OVERLOADED, type Place } from './places.ts';

export type StrangersMax = { readonly atOnce: number; readonly inLine: number };

export type Strangers = {
  /** Resolves to a place when it is the caller's turn; to null, counted as turned away, if the line is full. */
  enter(): Promise<Place | null>;
};

/** Statements for them run on the connections that charges need, of which there are five. */
const STRANGERS_MAX: StrangersMax = { atOnce: 4, inLine: 100 };

/** `shareInTime`: see `watchTurns`; while the event loop is late, fewer may stand in line. */
export function createStrangers(shareInTime: () => number, shed: () => void, max = STRANGERS_MAX): Strangers {
  const line: (() => void)[] = [];
  let taken = 0;

  function place(): Place {
    let isHeld = true;
    const leave = (): void => {
      if (!isHeld) return;
      isHeld = false;
      const next = line.shift();
      if (next === undefined) taken -= 1;
      else next();
    };
    const moveTo = (): never => {
      throw OVERLOADED;
    };
    return { leave, moveTo };
  }

  return {
    enter: async () => {
      if (taken < max.atOnce) {
        taken += 1;
        return place();
      }
      if (line.length >= max.inLine * shareInTime()) {
        shed();
        return null;
      }
      await new Promise<void>((resolve) => line.push(resolve));
      return place();
    },
  };
}
