import { describe, expect, test } from 'vitest';
import { parseRedisUrl } from '../../../src/platform/redis-address.ts';

describe('REDIS_URL', () => {
  test.each(['redis://127.0.0.1', 'redis://user:p%40ss@redis.internal:6380/2', 'rediss://redis.internal'])(
    'names one server: %s',
    (url) => {
      expect(parseRedisUrl(url)).toEqual({ kind: 'server', url });
    },
  );

  test('names a Cluster by some of its nodes', () => {
    expect(parseRedisUrl('redis-cluster://a:7000,b,[::1]:7002')).toEqual({
      kind: 'cluster',
      nodes: [
        { host: 'a', port: 7000 },
        { host: 'b', port: 6379 },
        { host: '::1', port: 7002 },
      ],
      credentials: {},
      tls: false,
    });
  });

  test('carries user and password, percent-encoded, and asks for TLS', () => {
    expect(parseRedisUrl('rediss-cluster://queue:p%40s%2Cs%3A@a.example:7000')).toEqual({
      kind: 'cluster',
      nodes: [{ host: 'a.example', port: 7000 }],
      credentials: { username: 'queue', password: 'p@s,s:' },
      tls: true,
    });
  });

  test('names what Sentinels call the master, with a password for it and one for them', () => {
    expect(parseRedisUrl('redis-sentinel://:one@s1,s2:26380/belt?sentinel_password=tw%C3%B6')).toEqual({
      kind: 'sentinel',
      sentinels: [
        { host: 's1', port: 26_379 },
        { host: 's2', port: 26_380 },
      ],
      name: 'belt',
      credentials: { password: 'one' },
      sentinelCredentials: { password: 'twö' },
      tls: false,
    });
  });

  test.each([
    'http://127.0.0.1',
    'redis-cluster://',
    'redis-cluster://a:port',
    'redis-cluster://a,,b',
    'redis-cluster://a/2',
    'redis-cluster://a?sentinel_password=x',
    'redis-cluster://:%@a',
    'redis-sentinel://a',
    'redis-sentinel://a/belt?password=x',
    'redis-ring://a',
  ])('is refused: %s', (url) => {
    expect(parseRedisUrl(url)).toBeNull();
  });
});
