/** Verbs that do no harm when repeated: their Idempotency-Key is looked up first and remembered afterwards. */
import type { FastifyReply } from 'fastify';
import { type KeyedRequest, type PriorRequest, readIdempotencyKey } from '../store/door/idempotency-keys.ts';
import { replay } from '../store/door/intake.ts';
import type { Sql } from '../store/postgres/database.ts';
import { problem } from './problem.ts';

/** What this request was before, announced in the answer; null when it is new. Throws on a mismatch. */
export async function priorOf(
  sql: Sql,
  keyed: KeyedRequest | null,
  reply: FastifyReply,
): Promise<PriorRequest | null> {
  if (keyed === null) return null;
  const prior = await readIdempotencyKey(sql, keyed);
  if (prior === null) return null;
  if (replay(prior, keyed).outcome === 'mismatch') throw problem('idempotency_mismatch');
  reply.header('idempotent-replayed', 'true');
  return prior;
}
