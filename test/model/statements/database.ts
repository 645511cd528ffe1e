/**
 * The database as the billing code sees it: it recognises every statement of the store by its text and executes it on
 * rows in memory.
 */
import type { ChargeStatements } from '../../../src/store/charge/charge-statements.ts';
import type { AttemptOpening } from '../../../src/store/charge/open-attempt.ts';
import type { Sql } from '../../../src/store/postgres/database.ts';
import type { Process, Scheduler } from '../scheduler.ts';
import type { Statement } from '../stripe/sending.ts';
import { openAttempt, openCreate, permitResending, settleCharge, writeBehind } from './attempt-statements.ts';
import { chargeStatements } from './charge-statements.ts';
import { customerStatements } from './customer-statements.ts';
import { debitStatements } from './debit-statements.ts';
import { intakeStatements } from './intake-statements.ts';
import { lossStatements } from './loss-statements.ts';
import { obligationStatements } from './obligation-statements.ts';
import { readCharge } from './read-charge.ts';
import { recoveryStatements } from './recovery-statements.ts';
import type { Modelled } from './statement.ts';
import { sweepStatements } from './sweep-statements.ts';
import { keptState, type Tables } from './tables.ts';
import { wakingStatements } from './waking-statements.ts';

const MODELLED: readonly Modelled[] = [
  ...obligationStatements,
  ...chargeStatements,
  ...customerStatements,
  ...wakingStatements,
  ...recoveryStatements,
  ...intakeStatements,
  ...lossStatements,
  ...sweepStatements,
  ...debitStatements,
];

const GATHERED = { gathered: true } as const;

export type ChargeStatementsOptions = {
  readonly scheduler: Scheduler;
  readonly tables: Tables;
  readonly statement: Statement;
};

/** The gathered statements of the charging path. */
export function modelChargeStatements(options: ChargeStatementsOptions): ChargeStatements {
  const { scheduler, tables, statement } = options;
  const unwritten = new WeakMap<Process, AttemptOpening>();
  const LOCKING = { gathered: true, began: () => keptState(tables) } as const;

  /** The mutant's late write; returns the revision that its settling then rests on. */
  function behind(opening: AttemptOpening | undefined, revision: number): number {
    if (opening === undefined || tables.charge(opening.charge_id).revision !== revision) return revision;
    return writeBehind(tables, opening);
  }

  return {
    read: (id) => statement('readCharges', () => readCharge(tables, id), GATHERED),
    openCreate: (opening) => statement('openCreates', () => openCreate(tables, opening), GATHERED),
    open: (opening) => {
      if (tables.without === 'write_ahead') unwritten.set(scheduler.current(), opening);
      return statement('openAttempts', (began) => openAttempt(tables, opening, began), LOCKING);
    },
    permitResending: (resending) =>
      statement('permitResendings', (began) => permitResending(tables, resending, began), LOCKING),
    settle: (settlement) => {
      const opening = unwritten.get(scheduler.current());
      const settle = () => {
        const revision = behind(opening, settlement.revision);
        return settleCharge(tables, { ...settlement, revision });
      };
      return statement('settleCharges', settle, GATHERED);
    },
  };
}

/** `sql` as postgres.js offers it: templates run when they are awaited; anything else is a part of one. */
export function modelSql(tables: Tables, statement: Statement): Sql {
  const sql = (first: TemplateStringsArray | string | object, ...values: unknown[]) => {
    if (typeof first === 'string') return { table: first };
    if (!isTemplate(first)) return { columns: first };
    return {
      values,
      // biome-ignore lint/suspicious/noThenProperty: a query of postgres.js is awaited, too
      then: (resolve: (rows: unknown) => void, reject: (error: unknown) => void) => {
        const { name, run, locks } = modelledOf(tables, first);
        const how = locks === true ? { began: () => keptState(tables) } : {};
        return statement(name, (began) => run(tables, values, began), how).then(resolve, reject);
      },
    };
  };
  return Object.assign(sql, { json: (value: unknown) => value }) as unknown as Sql;
}

const known = new WeakMap<TemplateStringsArray, Modelled>();

/** Which statement a template is. Throws on one that is not modelled, or has changed since. */
function modelledOf({ violate }: Tables, strings: TemplateStringsArray): Modelled {
  const already = known.get(strings);
  if (already !== undefined) return already;
  const text = strings.join('?');
  const [found, other] = MODELLED.filter(({ marker }) => text.includes(marker));
  if (found === undefined || other !== undefined || found.arity !== strings.length - 1) {
    // A worker would take the exception for a row that keeps failing.
    violate('not_modelled', `${found?.name ?? ''} ${text}`);
    throw new Error(`model this statement (test/model): ${found?.name ?? ''} ${text}`);
  }
  known.set(strings, found);
  return found;
}

function isTemplate(value: object): value is TemplateStringsArray {
  return Array.isArray(value) && 'raw' in value;
}
