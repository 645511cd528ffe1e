/**
 * What a merchant's Idempotency-Key stood for, kept for ever.
 *
 * A statement that creates a row under a key also writes this row. Requests that are harmless to repeat look here
 * first and write afterwards.
 */
import type { Sql } from '../postgres/database.ts';

/** A key as one request used it: the route's pattern, the key, and SHA-256 of the canonical request. */
export type KeyedRequest = {
  readonly route: string;
  readonly key: string;
  readonly request_hash: Buffer;
};

export type PriorRequest = {
  readonly entity_id: string;
  readonly status_code: number;
  readonly request_hash: Buffer;
};

/** What the key stood for, or null when it is new on this route. */
export async function readIdempotencyKey(sql: Sql, request: KeyedRequest): Promise<PriorRequest | null> {
  const rows = await sql<PriorRequest[]>`
    select entity_id, status_code, request_hash from idempotency_keys
    where route = ${request.route} and key = ${request.key}`;
  return rows[0] ?? null;
}

/** Remembers a request that was already carried out; the first writer wins. */
export async function insertIdempotencyKey(
  sql: Sql,
  request: KeyedRequest,
  answered: { readonly entity_id: string; readonly status_code: number },
): Promise<void> {
  await sql`
    insert into idempotency_keys (route, key, request_hash, entity_id, status_code)
    values (${request.route}, ${request.key}, ${request.request_hash}, ${answered.entity_id},
            ${answered.status_code})
    on conflict do nothing`;
}
