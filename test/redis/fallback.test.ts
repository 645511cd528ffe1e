/** Where the tests' services come from when Docker is not what it seems. */

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { redisServerPath } from '../../sandbox/redis.ts';
import { dockerAnswers } from '../harness/services/docker.ts';
import { provisionRedis } from '../harness/services/provision.ts';
import { comes } from '../harness/until.ts';

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

describe('an engine', () => {
  test('that accepts connections and never answers is given up, and asked once', async () => {
    let asked = 0;
    await engine(() => {
      asked += 1;
    });
    expect(await comes('the engine is given up', dockerAnswers())).toBe(false);
    expect(await dockerAnswers()).toBe(false);
    expect(asked).toBe(1);
  });

  test('that answers its ping is used', async () => {
    await engine(pong);
    expect(await dockerAnswers()).toBe(true);
  });

  test.each(['unix:///nowhere/docker.sock', 'tcp://127.0.0.1:1', 'ssh://nobody@nowhere', 'nonsense'])(
    'at %s is none',
    async (host) => {
      vi.stubEnv('DOCKER_HOST', host);
      expect(await comes('the engine is given up', dockerAnswers())).toBe(false);
    },
  );
});

describe.skipIf(redisServerPath() === null)('the tests’ Redis', () => {
  test('is a private one when the engine hangs', async () => {
    await engine(() => {});
    const redis = await comes('a Redis all the same', provisionRedis());
    onTestFinished(() => redis.stop());
    expect(redis.source).toBe('a private redis-server');
  });

  test('is a private one when the engine answers and can start nothing', async () => {
    await engine(pong);
    const redis = await provisionRedis();
    onTestFinished(() => redis.stop());
    expect(redis.source).toBe('a private redis-server');
  });
});
