/**
 * A timer that runs one function for ever: the dispatcher, the janitor's sweeps, the outgoing mail.
 *
 * The function is the unit of work and returns whether there is more; tests call it directly and never need
 * the loop. Runs never overlap. An error never ends the loop: it waits longer each time, and after too many
 * errors in a row it logs an error, so that a person looks, and keeps trying.
 */
import type { Log } from './log.ts';

export interface PollLoopOptions {
  /** Names the loop in logs. */
  readonly name: string;
  /**
   * One round. Aborts early when the signal fires.
   *
   * @returns `true` when there is more to do at once
   */
  readonly once: (signal: AbortSignal) => Promise<boolean>;
  readonly intervalMs: number;
  readonly log: Log;
  /** Longest wait after errors; 30 s by default. */
  readonly backoffMaxMs?: number;
  /** Consecutive errors that are merely warnings; 5 by default. */
  readonly errorsMax?: number;
  /** For tests of the loop itself. */
  readonly random?: () => number;
}

export interface PollLoop {
  /** Runs the next round now instead of at the end of the wait. */
  wake(): void;
  /** Aborts the signal and resolves when the round under way has ended. Idempotent. */
  stop(): Promise<void>;
}

// Workers started by the same deployment would otherwise sweep in step for ever.
const JITTER = 0.2;
const BACKOFF_MAX_MS = 30_000;
const ERRORS_MAX = 5;

/** Starts the loop; the first round runs at once. */
export function startPollLoop(options: PollLoopOptions): PollLoop {
  const stopping = new AbortController();
  let endWait = (): void => {};
  let isWoken = false;
  let errors = 0;

  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (isWoken || stopping.signal.aborted) return resolve();
      const timer = setTimeout(resolve, ms);
      endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const round = async (): Promise<number> => {
    try {
      isWoken = false;
      const isMore = await options.once(stopping.signal);
      errors = 0;
      return isMore ? 0 : jittered(options.intervalMs, options.random);
    } catch (err) {
      if (stopping.signal.aborted) return 0;
      errors += 1;
      return afterError(options, err, errors);
    }
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const waitMs = await round();
      if (stopping.signal.aborted) return;
      await (waitMs === 0 ? yieldToEventLoop() : wait(waitMs));
    }
  };
  const ended = run();

  return {
    wake: () => {
      isWoken = true;
      endWait();
    },
    stop: () => {
      stopping.abort();
      endWait();
      return ended;
    },
  };
}

function afterError(options: PollLoopOptions, err: unknown, errors: number): number {
  const backoffMaxMs = Math.max(options.backoffMaxMs ?? BACKOFF_MAX_MS, options.intervalMs);
  const waitMs = Math.min(options.intervalMs * 2 ** Math.min(errors, 16), backoffMaxMs);
  const delayMs = jittered(waitMs, options.random);
  const level = errors > (options.errorsMax ?? ERRORS_MAX) ? 'error' : 'warn';
  options.log[level]({ event: 'loop.failed', part: options.name, count: errors, delayMs, err });
  return delayMs;
}

function jittered(ms: number, random: () => number = Math.random): number {
  return Math.max(1, Math.round(ms * (1 - JITTER + 2 * JITTER * random())));
}

function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
