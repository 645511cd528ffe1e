/**
 * A process as a list of parts: started in order, stopped in reverse, all within one deadline.
 *
 * Postgres is opened first and so closed last; a part that fails to stop does not keep the others from
 * stopping. The exit code says whether everything stopped in time, so that a supervisor or a test can rely
 * on it.
 */
import closeWithGrace from 'close-with-grace';
import { type Deadline, deadlineIn } from './clock.ts';
import { AppError } from './errors.ts';
import type { Log } from './log.ts';
import { within } from './within.ts';

export interface Lifecycle {
  /**
   * Starts one part and remembers how to stop it. When it fails, what was started before is stopped again.
   *
   * @returns what the part's `start` returned
   * @throws what the part threw
   */
  start<Part>(name: string, part: LifecyclePart<Part>): Promise<Part>;
  /** Stops every part in reverse order; idempotent. `false` when one failed or the deadline passed. */
  stop(): Promise<boolean>;
  /**
   * Stops on signals and uncaught errors, then exits: 0 only if a signal asked for it and all stopped in
   * time.
   */
  stopOnSignals(): void;
}

export interface LifecyclePart<Part> {
  start(): Part | Promise<Part>;
  /** Called at most once, with what is left of the deadline. */
  stop(part: Part, deadline: Deadline): unknown;
}

export interface LifecycleOptions {
  readonly log: Log;
  readonly stopDeadlineMs: number;
}

interface Started {
  readonly name: string;
  stop(deadline: Deadline): Promise<void>;
}

// Longer than our own deadline: close-with-grace is the net below it.
const NET_MS = 1_000;

/** An empty process; parts are added by starting them. */
export function createLifecycle(options: LifecycleOptions): Lifecycle {
  const started: Started[] = [];
  let starting: Promise<void> = Promise.resolve();
  let stopped: Promise<boolean> | undefined;

  const stop = (): Promise<boolean> => {
    stopped ??= stopAll(starting, started, options);
    return stopped;
  };

  const start = async <Part>(name: string, part: LifecyclePart<Part>): Promise<Part> => {
    if (stopped) throw new AppError('stopping', { message: 'The process is stopping' });
    const value = Promise.resolve().then(() => part.start());
    // A signal in the middle of a start waits for it, so that nothing stays open.
    starting = value.then(
      (opened) =>
        void started.push({ name, stop: async (deadline) => void (await part.stop(opened, deadline)) }),
      () => {},
    );
    try {
      return await value;
    } catch (err) {
      options.log.fatal({ event: 'process.failed', part: name, err });
      await stop();
      throw err;
    }
  };

  const stopOnSignals = (): void => {
    closeWithGrace({ delay: options.stopDeadlineMs + NET_MS, logger: false }, async ({ signal, err }) => {
      if (err) options.log.fatal({ event: 'process.failed', err });
      else options.log.info({ event: 'process.stopping', signal: signal ?? 'none' });
      if (!(await stop())) throw new AppError('stop_incomplete');
    });
  };

  return { start, stop, stopOnSignals };
}

async function stopAll(
  starting: Promise<void>,
  started: readonly Started[],
  options: LifecycleOptions,
): Promise<boolean> {
  const deadline = deadlineIn(options.stopDeadlineMs);
  const late = (): never => {
    throw new AppError('stop_deadline_passed');
  };
  let isClean = true;
  await within(deadline.leftMs(), starting, late).catch(() => {
    isClean = false;
  });
  for (const part of started.toReversed()) {
    try {
      await within(deadline.leftMs(), part.stop(deadline), late);
    } catch (err) {
      isClean = false;
      options.log.error({ event: 'process.stop_failed', part: part.name, err });
    }
  }
  options.log.info({ event: 'process.stopped', outcome: isClean ? 'clean' : 'incomplete' });
  return isClean;
}
