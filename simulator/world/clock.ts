/**
 * Something that happens at a moment of simulator time. If it returns a promise, time waits for it.
 */
export type Task = () => void | Promise<void>;

/** The simulator's own time, in milliseconds since 1970, and what is due in it. */
export interface Clock {
  nowMs(): number;
  /** Unix seconds, as Stripe writes times. */
  seconds(): number;
  /** Runs `task` after `delay_ms` of simulator time. The returned function cancels it. */
  after(delayMs: number, task: Task): () => void;
  /** Moves time, running what falls due on the way, in order. Never runs anything twice. */
  moveTo(targetMs: number): Promise<void>;
  /** Simulator milliseconds per real millisecond; 0 stands still. */
  scaleTo(factor: number): void;
  stop(): void;
}

interface Timer {
  dueMs: number;
  order: number;
  task: Task;
}

const LONGEST_SLEEP_MS = 2 ** 31 - 1;

/** @param kind `manual` begins at the real time and stands still. */
export function startClock(kind: 'real' | 'manual'): Clock {
  let baseMs = Date.now();
  let realBaseMs = Date.now();
  let factor = kind === 'real' ? 1 : 0;
  let moving: number | null = null;
  let moves: Promise<void> = Promise.resolve();
  let order = 0;
  let alarm: NodeJS.Timeout | undefined;
  let stopped = false;
  const timers: Timer[] = [];

  function nowMs(): number {
    if (moving !== null) return moving;
    return Math.floor(baseMs + (Date.now() - realBaseMs) * factor);
  }

  function rebase(toMs: number): void {
    baseMs = toMs;
    realBaseMs = Date.now();
  }

  function after(delayMs: number, task: Task): () => void {
    const timer = { dueMs: nowMs() + Math.max(0, delayMs), order: order++, task };
    timers.splice(placeOf(timers, timer), 0, timer);
    if (timers[0] === timer) wake();
    return () => {
      const at = timers.indexOf(timer);
      if (at >= 0) timers.splice(at, 1);
    };
  }

  /** On a running clock the next timer fires by itself. */
  function wake(): void {
    clearTimeout(alarm);
    const next = timers[0];
    if (stopped || next === undefined || factor === 0 || moving !== null) return;
    const sleepMs = Math.max(0, (next.dueMs - nowMs()) / factor);
    alarm = setTimeout(ring, Math.min(Math.ceil(sleepMs), LONGEST_SLEEP_MS));
  }

  function ring(): void {
    const now = nowMs();
    while (timers[0] !== undefined && timers[0].dueMs <= now) {
      const timer = timers.shift();
      void timer?.task();
    }
    wake();
  }

  async function runUntil(targetMs: number): Promise<void> {
    moving = nowMs();
    while (timers[0] !== undefined && timers[0].dueMs <= targetMs) {
      const timer = timers.shift() as Timer;
      moving = Math.max(moving, timer.dueMs);
      await timer.task();
    }
    moving = null;
    rebase(targetMs);
    wake();
  }

  function moveTo(targetMs: number): Promise<void> {
    moves = moves.then(() => runUntil(targetMs));
    return moves;
  }

  function scaleTo(next: number): void {
    rebase(nowMs());
    factor = next;
    wake();
  }

  function stop(): void {
    stopped = true;
    timers.length = 0;
    clearTimeout(alarm);
  }

  return { nowMs, seconds: () => Math.floor(nowMs() / 1000), after, moveTo, scaleTo, stop };
}

/** Where `timer` belongs in a list ordered by due time, then by creation. */
function placeOf(timers: readonly Timer[], timer: Timer): number {
  let low = 0;
  let high = timers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = timers[middle] as Timer;
    if (other.dueMs <= timer.dueMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
