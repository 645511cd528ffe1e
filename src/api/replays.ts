/** Verbs that may be repeated safely: we look up their Idempotency-Key first, and remember it afterwards. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  insertIdempotencyKey,
  type KeyedRequest,
  type PriorRequest,
  readIdempotencyKey,
} from '../store/door/idempotency-keys.ts';
import { replay } from '../store/door/intake.ts';
import type { Sql } from '../store/postgres/database.ts';
import type { AppDependencies } from './dependencies.ts';
import { requireIdempotencyKey } from './idempotency.ts';
import { problem } from './problem.ts';

/** The earlier request of this key, which the answer announces; null when it is new. Throws on a mismatch. */
async function priorOf(
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

/** Acts, unless a request with this key has acted before. The key is kept only for what was not refused. */
export async function actOnce(
  { sql, newest }: Pick<AppDependencies, 'sql' | 'newest'>,
  request: FastifyRequest,
  reply: FastifyReply,
  answer: { readonly entity_id: string; readonly status_code: number },
  act: () => Promise<void>,
): Promise<void> {
  const keyed = requireIdempotencyKey(request);
  if ((await priorOf(sql, keyed, reply)) !== null) return;
  await act();
  await insertIdempotencyKey(sql, keyed, answer);
  newest.request(keyed);
}
