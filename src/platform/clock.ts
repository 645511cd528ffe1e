/**
 * Local time, for deadlines inside one process only. Business time is `dc_now()` in the database
 * (docs/protocol.md, 14.1).
 *
 * Monotonic, because a lease must not seem longer when someone sets the wall clock back.
 */

export interface Deadline {
  /** Milliseconds left, never below zero. */
  leftMs(): number;
  isOver(): boolean;
}

/** A deadline counted from now on the monotonic clock. */
export function deadlineIn(ms: number): Deadline {
  const endsAt = performance.now() + ms;
  return {
    leftMs: () => Math.max(0, endsAt - performance.now()),
    isOver: () => performance.now() >= endsAt,
  };
}
