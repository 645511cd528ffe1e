/** One look at the queue's Redis, for those who set it up. */
import { AppError, isAppError } from '../platform/errors.ts';
import { within } from '../platform/within.ts';
import { openProducing, type RedisClient, serversOf } from './redis-clients.ts';
import { evicts, infoField } from './redis-info.ts';

export type RedisServer = {
  readonly evicts: boolean;
  /** Of the Redis whose commands it speaks: Valkey 8 says 7.2.4. */
  readonly major: number;
  /** A primary takes writes; so does none whose last save failed, unless it is told to go on. */
  readonly role: string;
  readonly is_saving_broken: boolean;
};

/**
 * Every server that answers: one, a Cluster's, or the master that Sentinels name.
 *
 * @throws AppError `redis_refuses_login`, `redis_unreachable`; within twice the time
 */
export async function lookAtRedis(redisUrl: string, answer_ms: number): Promise<readonly RedisServer[]> {
  let said = '';
  const client = openProducing(redisUrl, {
    connectionName: 'duecourse-doctor',
    commandTimeout_ms: answer_ms,
    onError: (error) => {
      said ||= messageOf(error);
    },
  });
  try {
    return await askAll(client, answer_ms);
  } catch (cause) {
    const isRefused = [said, messageOf(cause)].some((text) => /WRONGPASS|NOAUTH|NOPERM/.test(text));
    if (isAppError(cause) && !isRefused) throw cause;
    throw new AppError(isRefused ? 'redis_refuses_login' : 'redis_unreachable', { cause });
  } finally {
    client.disconnect();
  }
}

async function askAll(client: RedisClient, answer_ms: number): Promise<RedisServer[]> {
  await within(answer_ms, client.connect(), unreachable);
  const servers = serversOf(client);
  const infos = await within(answer_ms, Promise.all(servers.map((server) => server.info())), unreachable);
  return infos.map((info) => ({
    evicts: evicts(info),
    major: Number.parseInt(infoField(info, 'redis_version'), 10) || 0,
    role: infoField(info, 'role'),
    is_saving_broken: ['rdb_last_bgsave_status', 'aof_last_write_status'].some(
      (field) => infoField(info, field) === 'err',
    ),
  }));
}

function unreachable(): never {
  throw new AppError('redis_unreachable');
}

/** Redis answers a refusal with a word in capitals first. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}
