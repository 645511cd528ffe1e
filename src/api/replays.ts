/** Verbs that do no harm when repeated: their Idempotency-Key is looked up first and remembered afterwards. */
import type { FastifyReply } from 'fastify';
import type { Sql } from '../store/database.ts';
import { type KeyedRequest, type PriorRequest, readIdempotencyKey } from '../store/idempotency-keys.ts';
import { replay } from '../store/intake.ts';
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
