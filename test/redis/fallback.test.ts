/** Where the tests' services come from when Docker is not what it seems. */

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { redisServerPath } from '../../sandbox/redis.ts';
import { dockerAnswers } from '../harness/services/docker.ts';
import { provisionRedis } from '../harness/services/provision.ts';

const FALLBACK_MS = 3_000;

beforeEach(() => {
  vi.stubEnv('TEST_REDIS_URL', '');
  onTestFinished(() => void vi.unstubAllEnvs());
});

/** An engine's socket with this behind it, named by DOCKER_HOST. */
async function engine(answer: RequestListener): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'duecourse-docker-'));
  const path = join(folder, 'docker.sock');
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  vi.stubEnv('DOCKER_HOST', `unix://${path}`);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  });
}

const pong: RequestListener = (request, response) =>
  void response.writeHead(request.url === '/_ping' ? 200 : 500).end();

async function timed<T>(work: Promise<T>): Promise<{ result: T; took_ms: number }> {
  const began_ms = performance.now();
  const result = await work;
  return { result, took_ms: performance.now() - began_ms };
}

describe('an engine', () => {
  test('that accepts connections and never answers is given up within three seconds, and asked once', async () => {
    await engine(() => {});
    const first = await timed(dockerAnswers());
    expect(first.result).toBe(false);
    expect(first.took_ms).toBeLessThan(FALLBACK_MS);
    expect((await timed(dockerAnswers())).took_ms).toBeLessThan(50);
  });

  test('that answers its ping is used', async () => {
    await engine(pong);
    expect(await dockerAnswers()).toBe(true);
  });

  test.each(['unix:///nowhere/docker.sock', 'tcp://127.0.0.1:1', 'ssh://nobody@nowhere', 'nonsense'])(
    'at %s is none',
    async (host) => {
      vi.stubEnv('DOCKER_HOST', host);
      const { result, took_ms } = await timed(dockerAnswers());
      expect(result).toBe(false);
      expect(took_ms).toBeLessThan(FALLBACK_MS);
    },
  );
});

describe.skipIf(redisServerPath() === null)('the tests’ Redis', () => {
  test('is a private one within three seconds when the engine hangs', async () => {
    await engine(() => {});
    const { result: redis, took_ms } = await timed(provisionRedis());
    onTestFinished(() => redis.stop());
    expect(redis.source).toBe('a private redis-server');
    expect(took_ms).toBeLessThan(FALLBACK_MS);
  });

  test('is a private one when the engine answers and can start nothing', async () => {
    await engine(pong);
    const redis = await provisionRedis();
    onTestFinished(() => redis.stop());
    expect(redis.source).toBe('a private redis-server');
  });
});
