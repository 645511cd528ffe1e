/**
 * How long, and how many at once, presses wait for the answer to their twin (docs/protocol.md, 9.8). Nothing is held
 * meanwhile but the request: no transaction, no lease, and no place among those who are at work.
 */

/** The wait of one press. */
export type TwinWait = {
  /** Sleeps until the rows are worth another look; false when it is no use to wait any longer. */
  next(recovery_id: string): Promise<boolean>;
  /** Whatever comes of it, this press waits no more. */
  over(recovery_id: string): void;
};

/** For a caller that looks by itself. */
export const NO_WAIT: TwinWait = { next: async () => false, over: () => {} };

/** A customer with more windows than this does not click: they get the page, which looks again by itself. */
const PER_RECOVERY_MAX = 4;
const FIRST_LOOK_MS = 100;
const LOOK_MS_MAX = 1_000;
const SLOWER = 1.5;

/** The waits of one process; `leaveRoom` gives up a request's place among those at work, `isGone` sees who left. */
export function createTwinWaits() {
  const waiting = new Map<string, number>();
  return (patience_ms: number, leaveRoom: () => void, isGone: () => boolean): TwinWait => {
    const until_ms = performance.now() + patience_ms;
    let look_ms = FIRST_LOOK_MS;
    let is_waiting = false;
    return {
      next: async (recovery_id) => {
        if (!is_waiting) {
          const others = waiting.get(recovery_id) ?? 0;
          if (others >= PER_RECOVERY_MAX) return false;
          leaveRoom();
          waiting.set(recovery_id, others + 1);
          is_waiting = true;
        }
        if (performance.now() + look_ms >= until_ms || isGone()) return false;
        await new Promise((resolve) => setTimeout(resolve, look_ms));
        look_ms = Math.min(LOOK_MS_MAX, look_ms * SLOWER);
        return true;
      },
      over: (recovery_id) => {
        if (!is_waiting) return;
        is_waiting = false;
        const left = (waiting.get(recovery_id) ?? 1) - 1;
        if (left === 0) waiting.delete(recovery_id);
        else waiting.set(recovery_id, left);
      },
    };
  };
}
