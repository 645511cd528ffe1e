/** Verbs that may be repeated safely: we look up their Idempotency-Key first, and remember it afterwards. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  insertIdempotencyKey,
  type KeyedRequest,
  type PriorRequest,
  readIdempotencyKey,
} from '../store/door/idempotency-keys.ts';
import { replay } from '../store/door/intake.ts';
import type { AppDependencies } from './dependencies.ts';
import { requireIdempotencyKey } from './idempotency.ts';
import { problem } from './problem.ts';

/** Throws where the key was used for another request; announces a repetition in the answer. */
function isReplay(prior: PriorRequest | null, keyed: KeyedRequest, reply: FastifyReply): boolean {
  if (prior === null) return false;
  if (replay(prior, keyed).outcome === 'mismatch') throw problem('idempotency_mismatch');
  reply.header('idempotent-replayed', 'true');
  return true;
}

/**
 * Acts, unless a request with this key has acted before, and answers. The key is kept only for what was not refused. What
 * was done in a life of the server that has ended since may be lost: then nothing is answered but 503, so that the same
 * request is made again and acts again (docs/protocol.md, 2.15).
 */
export async function actOnce<T>(
  { sql, newest }: Pick<AppDependencies, 'sql' | 'newest'>,
  request: FastifyRequest,
  reply: FastifyReply,
  answered: { readonly entity_id: string; readonly status_code: number },
  act: () => Promise<void>,
  show: () => Promise<T>,
): Promise<T> {
  const keyed = requireIdempotencyKey(request);
  const { prior, life } = await readIdempotencyKey(sql, keyed);
  if (isReplay(prior, keyed, reply)) return show();
  await act();
  if (!(await insertIdempotencyKey(sql, keyed, life, answered))) throw interrupted();
  const shown = await show();
  if ((await readIdempotencyKey(sql, keyed)).prior === null) throw interrupted();
  newest.request(keyed);
  return shown;
}

const interrupted = () =>
  problem('unavailable', { detail: 'The database was interrupted; please ask again' });
