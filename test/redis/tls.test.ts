/** Processes and a Redis that speaks TLS: its certificate is checked, and a private authority can be named. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../sandbox/child-process.ts';
import { onPath } from '../../sandbox/on-path.ts';
import { type PrivateRedis, redisServerPath, startPrivateRedis } from '../../sandbox/redis.ts';
import { processEnvironment } from '../../sandbox/sandbox-environment.ts';
import { childrenOf, startApi } from '../harness/children.ts';
import { startSentinel } from '../harness/services/sentinel.ts';
import { createTestDatabase, type TestDatabase } from '../harness/services/services.ts';
import { until } from '../harness/until.ts';

const SECRETS = {
  stripe_secret_key: 'sk_test_tls',
  stripe_publishable_key: 'pk_test_tls',
  stripe_webhook_secret: 'whsec_tls_0123456789',
  link_secret: 'a-link-secret-of-at-least-32-characters',
};
const NOWHERE = 'http://127.0.0.1:1';

describe.skipIf(redisServerPath() === null || onPath('openssl') === null)('a Redis that speaks TLS', () => {
  let folder: string;
  let certificate: string;
  let key: string;
  let server: PrivateRedis;
  let port: number;
  let database: TestDatabase;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'duecourse-tls-'));
    certificate = join(folder, 'server.crt');
    key = join(folder, 'server.key');
    // Its own authority, made out to a name and to no address.
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2'];
    const how = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate];
    execFileSync('openssl', ['req', ...how, ...subject], { stdio: 'ignore' });
    port = await freePort();
    const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate];
    server = await startPrivateRedis({
      settings: ['--tls-port', String(port), ...files, '--tls-auth-clients', 'no'],
    });
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts the API against an address of this Redis. */
  async function api(redis_url: string, more: Record<string, string>) {
    const port = await freePort();
    const api_url = `http://127.0.0.1:${port}`;
    const nowhere = { stripe_url: NOWHERE, smtp_url: 'smtp://127.0.0.1:1' };
    const family = childrenOf({
      ...processEnvironment({ database_url: database.url, redis_url, ...nowhere, api_url, port }, SECRETS),
      ...more,
    });
    onTestFinished(() => family.stopAll());
    return { family, api_url };
  }

  test('carries the queue of a process that knows the authority', async () => {
    const { family, api_url } = await api(`rediss://localhost:${port}`, { NODE_EXTRA_CA_CERTS: certificate });
    // Ready: the queue has answered.
    await startApi(family, api_url, {});
    expect(family.allLines().filter((line) => line.includes('queue.'))).toEqual([]);
  });

  test('is found by Sentinels that speak TLS as well', async () => {
    const pair = [`tls-cert-file ${certificate}`, `tls-key-file ${key}`, `tls-ca-cert-file ${certificate}`];
    const sentinel = await startSentinel(`localhost ${port}`, {
      listen: (port) => ['port 0', `tls-port ${port}`, ...pair, 'tls-auth-clients no', 'tls-replication yes'],
      // An address is on no certificate.
      watch: ['sentinel announce-hostnames yes'],
    });
    const address = `rediss-sentinel://localhost:${sentinel}/belt`;
    const { family, api_url } = await api(address, { NODE_EXTRA_CA_CERTS: certificate });
    await startApi(family, api_url, {});
    expect(family.allLines().filter((line) => line.includes('queue.'))).toEqual([]);
  });

  test.each([
    ['does not know the authority', (port: number) => `rediss://localhost:${port}`, false],
    ['reaches it by a name it is not made out to', (port: number) => `rediss://127.0.0.1:${port}`, true],
  ])('is refused by a process that %s', async (_what, address, isKnown) => {
    const more: Record<string, string> = isKnown ? { NODE_EXTRA_CA_CERTS: certificate } : {};
    const { family, api_url } = await api(address(port), more);
    family.spawn('src/server.ts', undefined, ['--timings', 'chaos']);
    const ready = await until('the API answers', async () => {
      const response = await fetch(`${api_url}/readyz`).catch(() => null);
      return (await response?.json()) as Record<string, boolean> | undefined;
    });
    expect(ready).toMatchObject({ postgres: true, queue: false });
    const codes = /DEPTH_ZERO_SELF_SIGNED_CERT|ERR_TLS_CERT_ALTNAME_INVALID|SELF_SIGNED/;
    expect(family.allLines().some((line) => codes.test(line))).toBe(true);
  });
});
