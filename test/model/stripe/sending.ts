/** One statement to the database: executed at one moment, around which everything can go wrong. */
import type { Fault } from '../people/faults.ts';
import type { Random } from '../people/random.ts';
import type { Process, Scheduler, Wake } from '../scheduler.ts';
import type { State } from '../statements/tables.ts';

/**
 * Sends a statement. With `began` it may have to wait for locks: it is executed only then, and handed what `began` kept when
 * it arrived, because READ COMMITTED shows it that of all that it does not lock. A `gathered` one is sent again by itself when the connection breaks, as in
 * `src/store/postgres/gather.ts`; for any other, the sender gets the error.
 */
export type Statement = <T>(
  name: string,
  execute: (began: State | null) => T,
  how?: { readonly gathered?: boolean; readonly began?: () => State },
) => Promise<T>;

export type SendingOptions = {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly strikes: (fault: Fault) => boolean;
  /** Stops a process, and resumes it after seconds to days. */
  readonly standStill: (process: Process, goOn: () => void) => void;
  /** A statement waits for locks: whoever holds them is at work. */
  readonly awaited: () => void;
  /** Whether there is no database now. */
  readonly isDown: () => boolean;
  readonly trace: ((what: string) => void) | null;
};

const STATEMENT_MS = 4;
/** `lock_timeout` ends a longer wait; the statement is then sent again, which is no other case. */
const LOCK_MS = 2_000;

/** Statements under these faults. */
export function createSending(options: SendingOptions): Statement {
  const { scheduler, random, strikes, standStill, awaited, isDown, trace } = options;
  return <T>(name: string, execute: (began: State | null) => T, how?: Parameters<Statement>[2]) =>
    scheduler.block<T>((process, wake) => {
      const arrive = () => {
        if (how?.began === undefined || !strikes('lock_wait')) return run(null);
        const began = how.began();
        awaited();
        scheduler.at(scheduler.now_ms() + random.between(0, LOCK_MS), () => run(began));
      };
      const run = (began: State | null) => {
        if (isDown()) return wake.reject(CONNECTION_LOST);
        if (strikes('crash')) {
          // Half of them had already sent it.
          if (random.chance(0.5)) attempted(() => execute(began));
          return scheduler.kill(process);
        }
        if (strikes('database_lost')) {
          if (random.chance(0.5)) attempted(() => execute(began));
          if (how?.gathered !== true) return wake.reject(CONNECTION_LOST);
        }
        const result = attempted(() => execute(began));
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
