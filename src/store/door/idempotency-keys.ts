/**
 * What a merchant's Idempotency-Key stood for, kept for ever.
 *
 * A statement that creates a row under a key also writes this row. Requests that are harmless to repeat look here
 * first and write afterwards.
 */
import { invariant } from '../../platform/errors.ts';
import type { Sql } from '../postgres/database.ts';

/** A key as one request used it: the route's pattern, the key, and SHA-256 of the canonical request. */
export type KeyedRequest = {
  readonly route: string;
  readonly key: string;
  readonly request_hash: Buffer;
  /** As earlier releases hashed it; left out where they did as we do. */
  readonly earlier_hash?: Buffer;
};

export type PriorRequest = {
  readonly entity_id: string;
  readonly status_code: number;
  readonly request_hash: Buffer;
};

export type KeyReading = {
  /** What the key stood for, or null when it is new on this route. */
  readonly prior: PriorRequest | null;
  /** The life of the server that says so; whatever was written in another one may be lost. */
  readonly life: string;
};

/** Looks a key up. */
export async function readIdempotencyKey(sql: Sql, request: KeyedRequest): Promise<KeyReading> {
  const [row] = await sql<({ life: string } & (PriorRequest | { request_hash: null }))[]>`
    select database_life() as life, k.entity_id, k.status_code, k.request_hash
    from (select) one left join idempotency_keys k on k.route = ${request.route} and k.key = ${request.key}`;
  invariant(row !== undefined, 'database_answers_for_its_life');
  return { life: row.life, prior: row.request_hash === null ? null : row };
}

/**
 * Remembers a request that was already carried out; the first writer wins. False, and nothing is written, if the server
 * has begun another life since: then what was carried out may be lost, and the request has to be made again.
 */
export async function insertIdempotencyKey(
  sql: Sql,
  request: KeyedRequest,
  life: string,
  answered: { readonly entity_id: string; readonly status_code: number },
): Promise<boolean> {
  const [row] = await sql<{ is_same: boolean }[]>`
    with kept as (
      insert into idempotency_keys (route, key, request_hash, entity_id, status_code)
      select ${request.route}, ${request.key}, ${request.request_hash}::bytea, ${answered.entity_id},
             ${answered.status_code}::int
      where database_life() = ${life}
      on conflict do nothing
    )
    select database_life() = ${life} as is_same`;
  return row?.is_same === true;
}
