/**
 * The outline of every statement that accepts something: it finds the reason against it, or writes the row together
 * with its idempotency key.
 *
 * With `on conflict do nothing`, two requests under one key meet without an error; the loser has written nothing and
 * runs the statement again, whose new snapshot shows what the winner wrote.
 */
import { invariant } from '../../platform/errors.ts';
import { retryConflict, type Sql } from '../postgres/database.ts';
import type { KeyedRequest, PriorRequest } from './idempotency-keys.ts';

/** What every intake statement returns besides the row it made. */
export type IntakeVerdict<Refusal extends string> = {
  readonly refusal: Refusal | null;
  /** The id that stands in the way, if the refusal has one. */
  readonly existing: string | null;
  readonly prior_entity_id: string | null;
  readonly prior_status_code: number | null;
  readonly prior_request_hash: Buffer | null;
};

export type Intake<Row, Refusal extends string> =
  | { readonly outcome: 'created'; readonly row: Row }
  | { readonly outcome: 'replayed'; readonly entity_id: string; readonly status_code: number }
  | { readonly outcome: 'mismatch' }
  | { readonly outcome: 'refused'; readonly refusal: Refusal; readonly existing: string | null };

/** A concurrent request wins at most once per unique constraint; more is not a race. */
const RUNS_MAX = 5;

/**
 * Runs an intake statement until it has a result. `statement` answers with one row: its verdict, and the columns of the
 * row that it made, which are null if it made none.
 */
export async function takeIn<Row extends { readonly id: string }, Refusal extends string>(
  request: KeyedRequest | null,
  statement: () => Promise<readonly object[]>,
): Promise<Intake<Row, Refusal>> {
  for (let run = 0; run < RUNS_MAX; run += 1) {
    const [row] = await retryConflict(statement);
    const verdict = row as IntakeVerdict<Refusal>;
    const prior = priorOf(verdict);
    if (prior !== null && request !== null) return replay(prior, request);
    if (verdict.refusal !== null) {
      return { outcome: 'refused', refusal: verdict.refusal, existing: verdict.existing };
    }
    if ((row as Row).id !== null) return { outcome: 'created', row: row as Row };
  }
  invariant(false, 'intake_neither_wrote_nor_refused');
}

/** What a key that was used before means for this request. */
export function replay(
  prior: PriorRequest,
  request: KeyedRequest,
): { outcome: 'replayed'; entity_id: string; status_code: number } | { outcome: 'mismatch' } {
  const hashes = [request.request_hash, request.earlier_hash];
  if (!hashes.some((hash) => hash?.equals(prior.request_hash))) return { outcome: 'mismatch' };
  return { outcome: 'replayed', entity_id: prior.entity_id, status_code: prior.status_code };
}

/** For a CTE `prior`: what the request's key stood for before; no row without a key. */
export function priorRequest(sql: Sql, request: KeyedRequest | null) {
  return sql`
    select entity_id, status_code, request_hash from idempotency_keys
    where route = ${request?.route ?? null}::text and key = ${request?.key ?? null}::text`;
}

/** For the last select, which joins `prior p`: the columns by which `takeIn` knows a replay. */
export function priorColumns(sql: Sql) {
  return sql`
    p.entity_id as prior_entity_id, p.status_code as prior_status_code, p.request_hash as prior_request_hash`;
}

/** For a CTE: keeps the request's key for the row that the CTE `made` has written. */
export function keepKey(sql: Sql, request: KeyedRequest | null, made: string, status_code: number) {
  return sql`
    insert into idempotency_keys (route, key, request_hash, entity_id, status_code)
    select ${request?.route ?? null}::text, ${request?.key ?? null}::text,
           ${request?.request_hash ?? null}::bytea, id, ${status_code}::int
    from ${sql(made)} where ${request !== null}`;
}

function priorOf(verdict: IntakeVerdict<string>): PriorRequest | null {
  const { prior_entity_id, prior_status_code, prior_request_hash } = verdict;
  if (prior_entity_id === null || prior_status_code === null || prior_request_hash === null) return null;
  return { entity_id: prior_entity_id, status_code: prior_status_code, request_hash: prior_request_hash };
}
