/** One statement to the database: executed at one moment, around which everything can go wrong. */
import type { Fault } from '../people/faults.ts';
import type { Random } from '../people/random.ts';
import type { Process, Scheduler, Wake } from '../scheduler.ts';

/**
 * Sends a statement. A `gathered` one is sent again by itself when the connection breaks, as in
 * `src/store/postgres/gather.ts`; for any other, the sender gets the error.
 */
export type Statement = <T>(
  name: string,
  execute: () => T,
  how?: { readonly gathered?: boolean },
) => Promise<T>;

export type SendingOptions = {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly strikes: (fault: Fault) => boolean;
  /** Stops a process, and resumes it after seconds to days. */
  readonly standStill: (process: Process, goOn: () => void) => void;
  readonly trace: ((what: string) => void) | null;
};

const STATEMENT_MS = 4;

/** Statements under these faults. */
export function createSending(options: SendingOptions): Statement {
  const { scheduler, random, strikes, standStill, trace } = options;
  return <T>(name: string, execute: () => T, how?: { readonly gathered?: boolean }) =>
    scheduler.block<T>((process, wake) => {
      const arrive = () => {
        if (strikes('crash')) {
          // Half of them had already sent it.
          if (random.chance(0.5)) attempted(execute);
          return scheduler.kill(process);
        }
        if (strikes('database_lost')) {
          if (random.chance(0.5)) attempted(execute);
          if (how?.gathered !== true) return wake.reject(CONNECTION_LOST);
        }
        const result = attempted(execute);
        process.knows_at_ms = scheduler.now_ms();
        trace?.(`${process.name}: ${name} ${result.ok ? shown(result.value) : 'refused'}`);
        if (strikes('zombie')) standStill(process, () => wakeWith(wake, result));
        else wakeWith(wake, result);
      };
      if (strikes('zombie')) standStill(process, arrive);
      else scheduler.at(scheduler.now_ms() + random.between(0.1, STATEMENT_MS), arrive);
    });
}

type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

function attempted<T>(execute: () => T): Result<T> {
  try {
    return { ok: true, value: execute() };
  } catch (error) {
    return { ok: false, error };
  }
}

function wakeWith<T>(wake: Wake<T>, result: Result<T>): void {
  if (result.ok) wake.resolve(result.value);
  else wake.reject(result.error);
}

/** One error for all: an error with its stack costs more than the statement. */
const CONNECTION_LOST = Object.assign(new Error('the connection broke'), { code: 'CONNECTION_CLOSED' });

function shown(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value).slice(0, 160);
}
