import postgres from 'postgres';
import { expect, test } from 'vitest';
import { openRedis } from '../../harness/services/redis-servers.ts';
import { createTestDatabase, queueBackend, redisUrl, wipeRedis } from '../../harness/services/services.ts';

test('two databases of one file are migrated and share nothing', async () => {
  const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  const here = postgres(one.url, { max: 1 });
  const there = postgres(other.url, { max: 1 });
  const charges = () => here`select to_regclass('public.charges') is not null as found`;

  expect(await charges()).toMatchObject([{ found: true }]);
  await here`create table only_here ()`;
  expect(await there`select to_regclass('only_here') as found`).toMatchObject([{ found: null }]);

  await Promise.all([one.drop(), other.drop()]);
  await expect(charges()).rejects.toThrow();
  await Promise.all([here.end({ timeout: 1 }), there.end({ timeout: 1 })]);
});

test('the queue backend is the one this project was started for, and its Redis can be wiped', async () => {
  const url = redisUrl();
  const backend = url?.startsWith('redis-cluster:') ? 'redis-cluster' : 'redis';
  expect(queueBackend()).toBe(url === null ? 'postgres' : backend);
  if (url === null) return;

  const redis = openRedis(url);
  await redis.set('left', 'over');
  await wipeRedis();
  expect(await redis.get('left')).toBeNull();
  redis.disconnect();
});
