/**
 * What all schedules of a backend share, because it takes long to start: Postgres, Redis, the mail catcher, and the
 * proxies between our processes and every service. Each schedule then gets its own database from a migrated template,
 * its own simulator and its own processes (`world.ts`), so that schedules cannot disturb each other, and one that is
 * replayed alone starts from the very same place.
 */
import { freePort } from '../../sandbox/child-process.ts';
import { type Inbox, startInbox } from '../../sandbox/inbox.ts';
import { type DatabaseServer, startDatabaseServer } from './database-server.ts';
import type { EarlierBuild } from './earlier-build.ts';
import type { Backend } from './plan.ts';
import { openProxy, type TcpProxy, tapPostgres, tapRedis } from './proxy.ts';
import { type RedisServer, startRedisServer } from './redis-server.ts';

export type Proxies = {
  readonly postgres: TcpProxy;
  readonly redis: TcpProxy | null;
  /** On our way to Stripe. */
  readonly stripe: TcpProxy;
  /** On Stripe's way to us. */
  readonly door: TcpProxy;
  readonly smtp: TcpProxy;
};

export type Stage = {
  readonly backend: Backend;
  readonly server: DatabaseServer;
  readonly redis: RedisServer | null;
  readonly inbox: Inbox;
  readonly proxies: Proxies;
  readonly api_port: number;
  readonly earlier: EarlierBuild | null;
  close(): Promise<void>;
};

/** Starts the stage; no process of ours runs on it yet. */
export async function openStage(backend: Backend, earlier: EarlierBuild | null): Promise<Stage> {
  const server = await startDatabaseServer();
  const redis = backend === 'redis' ? await startRedisServer() : null;
  const inbox = await startInbox();
  const proxies: Proxies = {
    postgres: await openProxy(tapPostgres),
    redis: redis === null ? null : await openProxy(tapRedis),
    stripe: await openProxy(),
    door: await openProxy(),
    smtp: await openProxy(),
  };
  const api_port = await freePort();
  proxies.postgres.aim(server.port);
  if (redis !== null) proxies.redis?.aim(redis.port);
  proxies.smtp.aim(Number(new URL(inbox.smtp_url).port));
  proxies.door.aim(api_port);
  return {
    backend,
    server,
    redis,
    inbox,
    proxies,
    api_port,
    earlier,
    close: async () => {
      await Promise.all(Object.values(proxies).map((proxy) => proxy?.close()));
      await inbox.close();
      await redis?.stop();
      await server.stop();
    },
  };
}
