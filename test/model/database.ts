/**
 * The connection to the database: every statement of the store that the billing code sends is known by its text and
 * done on rows in memory, at one moment; around that moment everything can go wrong.
 */
import type { ChargeStatements } from '../../src/store/charge-statements.ts';
import type { Sql } from '../../src/store/database.ts';
import type { AttemptOpening } from '../../src/store/open-attempt.ts';
import { openAttempt, readCharge, settleCharge, writeBehind } from './attempt-statements.ts';
import { chargeStatements } from './charge-statements.ts';
import type { Fault } from './faults.ts';
import { obligationStatements } from './obligation-statements.ts';
import type { Random } from './random.ts';
import { recoveryStatements } from './recovery-statements.ts';
import type { Process, Scheduler, Wake } from './scheduler.ts';
import type { Modelled } from './statement.ts';
import { sweepStatements } from './sweep-statements.ts';
import type { Tables } from './tables.ts';

export type Database = {
  readonly sql: Sql;
  readonly charges: ChargeStatements;
  /** One statement: done at one moment, after which its sender goes on, or does not. */
  statement<T>(name: string, execute: () => T, options?: { readonly gathered?: boolean }): Promise<T>;
};

export type DatabaseOptions = {
  readonly scheduler: Scheduler;
  readonly tables: Tables;
  readonly random: Random;
  readonly strikes: (fault: Fault) => boolean;
  readonly recovery_ms: number;
  /** Stops a process; answers for how long. */
  readonly standStill: (process: Process) => number;
  /** Null where nobody listens: naming every step costs more than taking it. */
  readonly trace: ((what: string) => void) | null;
};

const MODELLED: readonly Modelled[] = [
  ...obligationStatements,
  ...chargeStatements,
  ...recoveryStatements,
  ...sweepStatements,
];

const STATEMENT_MS = 4;

/** A database with these tables. */
export function createDatabase(options: DatabaseOptions): Database {
  const { scheduler, tables, random, strikes } = options;
  const unwritten = new WeakMap<Process, AttemptOpening>();

  function statement<T>(
    name: string,
    execute: () => T,
    how?: { readonly gathered?: boolean },
  ): Promise<T> {
    return scheduler.block<T>((process, wake) => {
      const delay_ms = strikes('zombie') ? options.standStill(process) : random.between(0.1, STATEMENT_MS);
      scheduler.at(scheduler.now_ms() + delay_ms, () => {
        if (strikes('crash')) {
          // Half of them had sent it already.
          if (random.chance(0.5)) attempted(execute);
          return scheduler.kill(process);
        }
        if (strikes('database_lost')) {
          if (random.chance(0.5)) attempted(execute);
          // A gathered statement is sent again by itself; of any other the caller is told.
          if (how?.gathered !== true) return wake.reject(CONNECTION_LOST);
        }
        const result = attempted(execute);
        process.knows_at_ms = scheduler.now_ms();
        options.trace?.(`${process.name}: ${name} ${result.ok ? shown(result.value) : 'refused'}`);
        if (!strikes('zombie')) return wakeWith(wake, result);
        scheduler.at(scheduler.now_ms() + options.standStill(process), () => wakeWith(wake, result));
      });
    });
  }

  const gathered = { gathered: true } as const;
  const charges: ChargeStatements = {
    read: (id) => statement('readCharges', () => readCharge(tables, id), gathered),
    open: (opening) => {
      if (tables.without === 'write_ahead') unwritten.set(scheduler.current(), opening);
      return statement('openAttempts', () => openAttempt(tables, opening), gathered);
    },
    settle: (settlement) => {
      const opening = unwritten.get(scheduler.current());
      const write = () => {
        const revision = opening === undefined ? settlement.revision : behind(opening, settlement.revision);
        return settleCharge(tables, { ...settlement, revision }, options.recovery_ms);
      };
      return statement('settleCharges', write, gathered);
    },
  };

  /** The mutant's late writing; the revision that its settling then rests on. */
  function behind(opening: AttemptOpening, revision: number): number {
    if (tables.charge().revision !== revision) return revision;
    return writeBehind(tables, opening);
  }

  return { sql: sqlOver(tables, statement), charges, statement };
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

/** One for all: an error with its stack costs more than the statement. */
const CONNECTION_LOST = Object.assign(new Error('the connection broke'), { code: 'CONNECTION_CLOSED' });

function shown(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value).slice(0, 160);
}

const known = new WeakMap<TemplateStringsArray, Modelled>();

/** Which statement a template is. Throws on one that nobody modelled, or that has changed since. */
export function modelledOf(strings: TemplateStringsArray): Modelled {
  const already = known.get(strings);
  if (already !== undefined) return already;
  const text = strings.join('?');
  const [found, other] = MODELLED.filter(({ marker }) => text.includes(marker));
  if (found === undefined || other !== undefined || found.arity !== strings.length - 1)
    throw new Error(`model this statement (test/model): ${found?.name ?? ''} ${text}`);
  known.set(strings, found);
  return found;
}

type Send = Database['statement'];

/** `sql` as postgres.js offers it: templates run when they are awaited; anything else is a part of one. */
function sqlOver(tables: Tables, send: Send): Sql {
  const sql = (first: TemplateStringsArray | string | object, ...values: unknown[]) => {
    if (typeof first === 'string') return { table: first };
    if (!isTemplate(first)) return { columns: first };
    return {
      values,
      // biome-ignore lint/suspicious/noThenProperty: a query of postgres.js is awaited, too
      then: (resolve: (rows: unknown) => void, reject: (error: unknown) => void) => {
        const { name, run } = modelledOf(first);
        return send(name, () => run(tables, values)).then(resolve, reject);
      },
    };
  };
  return Object.assign(sql, { json: (value: unknown) => value }) as unknown as Sql;
}

function isTemplate(value: object): value is TemplateStringsArray {
  return Array.isArray(value) && 'raw' in value;
}
