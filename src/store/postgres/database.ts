/**
 * The connections to Postgres, and what every statement may assume of them.
 *
 * Statements that move money, or run for each charge, are tagged templates, which postgres.js prepares once per
 * connection. Never open a callback transaction: after a backend dies, postgres.js can run the rest of a `begin()`
 * callback on a new connection, outside the transaction. So whatever must be atomic is one statement.
 */
import { DrizzleQueryError } from 'drizzle-orm';
import postgres from 'postgres';
import { prepareForDrizzle, type Tables, tablesOf } from './tables.ts';
import { textArray } from './text-array.ts';
import { watchedPool } from './watched-pool.ts';

export type Sql = postgres.Sql<{ bigint: number }>;

export type Database = {
  /** For statements written by hand. */
  readonly sql: Sql;
  /** For ordinary queries; on connections of its own, made when it is first asked. */
  readonly tables: Tables;
  /** Waits up to five seconds for running statements, then closes every connection. */
  close(): Promise<void>;
};

export type DatabaseOptions = {
  readonly url: string;
  readonly applicationName: string;
  /** Five gave a fifth more throughput than twenty on two cores. */
  readonly connectionsMax?: number;
  /** Five seconds by default; only a reader of whole tables needs more. */
  readonly statementTimeout_ms?: number;
  /** Two seconds by default: a lock that is held longer wants to be tried again, not waited for. */
  readonly lockTimeout_ms?: number;
  /** For tests; longer than any statement takes, the wait for a connection included. */
  readonly unanswered_ms?: number;
};

const STATEMENT_MS = 5_000;
const LOCK_MS = 2_000;
const CONNECTIONS_MAX = 5;
/** Lists and operators come singly, and no charge waits for their connections. */
const TABLES_CONNECTIONS_MAX = 2;
/** Beyond its own time a statement may wait for a connection, which may have to be opened first (5 s). */
const SLACK_MS = 10_000;

/** Opens two pools; they connect when first needed. */
export function openDatabase(options: DatabaseOptions): Database {
  const connectionsMax = options.connectionsMax ?? CONNECTIONS_MAX;
  const statement_ms = options.statementTimeout_ms ?? STATEMENT_MS;
  const unanswered_ms = options.unanswered_ms ?? statement_ms + SLACK_MS;
  const byHand = watchedPool(
    () => openPool(options, connectionsMax, statement_ms, BY_INDEX),
    unanswered_ms,
    isLost,
  );
  const ordinary = watchedPool(
    // Prepare each pool again: the one that replaces a lost one must read rows as that one did.
    () =>
      prepareForDrizzle(openPool(options, Math.min(connectionsMax, TABLES_CONNECTIONS_MAX), statement_ms)),
    unanswered_ms,
    isLost,
  );
  return {
    sql: byHand.sql,
    tables: tablesOf(ordinary.sql),
    close: async () => {
      await Promise.all([byHand.close(), ordinary.close()]);
    },
  };
}

/**
 * Whatever we ask by hand goes by index. The planner believes of a table that was empty when it last looked that it still is, and
 * reads it whole, for each charge, until somebody analyzes it; and what a function has planned it keeps. What is charged now
 * is in memory, where a page costs the same wherever it lies. Measured: half of Postgres' work for a charge.
 */
const BY_INDEX = { enable_seqscan: 'off', random_page_cost: 1 } as const;

/**
 * Each of our statements reads a few rows. Postgres as it comes compiles a plan that it believes to be dear, which it does of
 * whatever has to read a table whole where that is discouraged, and that takes a hundred times as long as the plan.
 */
const SHORT = { jit: 'off', max_parallel_workers_per_gather: 0 } as const;

function openPool(
  options: DatabaseOptions,
  connectionsMax: number,
  statement_ms: number,
  planning: Partial<typeof BY_INDEX> = {},
): Sql {
  return postgres(options.url, {
    max: connectionsMax,
    connect_timeout: 5,
    idle_timeout: 60,
    max_lifetime: 1_800,
    onnotice: () => {},
    fetch_types: false,
    connection: {
      application_name: options.applicationName,
      statement_timeout: statement_ms,
      lock_timeout: options.lockTimeout_ms ?? LOCK_MS,
      ...SHORT,
      ...planning,
    },
    types: {
      bigint: {
        to: 20,
        from: [20],
        serialize: (value: number) => String(value),
        parse: safeInteger,
      },
      textArray,
    },
  });
}

/** int8 as a number: amounts have at most eight digits and counters never pass 2^53, which is asserted here. */
function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('an int8 beyond 2^53 was read');
  return value;
}

/** SQLSTATEs after which the same statement may simply be sent again. */
const RETRYABLE = new Set(['40001', '40P01', '55P03']);
const CONNECTION = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'STATEMENT_UNANSWERED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  '57P01',
  '57P02',
  '57P03',
  '25006',
  '53300',
]);

/** Nothing was lost: no server, not yet, or no room on it. */
const NOT_MADE = new Set(['ECONNREFUSED', 'ENOTFOUND', '57P03', '53300']);

/** Whether an existing connection is gone, or talks to a server that is no longer the primary. */
function isLost(error: unknown): boolean {
  return failureKind(error) === 'connection' && !NOT_MADE.has(errorCode(error) ?? '');
}

/** What a failed statement means for its sender. */
export function failureKind(error: unknown): 'conflict' | 'connection' | 'other' {
  const code = errorCode(error);
  if (code === null) return 'other';
  if (RETRYABLE.has(code)) return 'conflict';
  return CONNECTION.has(code) || code.startsWith('08') ? 'connection' : 'other';
}

const CONFLICT_RUNS_MAX = 5;

/** Runs a statement that stands alone, again while it loses to a deadlock or a lock: then it has written nothing. */
export async function retryConflict<T>(statement: () => Promise<T>): Promise<T> {
  for (let run = 1; ; run += 1) {
    try {
      return await statement();
    } catch (error) {
      if (failureKind(error) !== 'conflict' || run === CONFLICT_RUNS_MAX) throw error;
    }
  }
}

/** The SQLSTATE or network code of an error from postgres.js, or null; drizzle wraps what the driver threw. */
export function errorCode(error: unknown): string | null {
  if (error instanceof DrizzleQueryError) return errorCode(error.cause);
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

/** The name of the constraint that a statement violated, or null. */
export function violatedConstraint(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('constraint_name' in error)) return null;
  return typeof error.constraint_name === 'string' ? error.constraint_name : null;
}
