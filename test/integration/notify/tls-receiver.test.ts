/** Notifications to receivers that speak TLS: whose certificate comes from an authority that the process knows, or not. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onPath } from '../../../sandbox/on-path.ts';
import { markStartsWorker } from '../../harness/services/services.ts';
import { type Stack, startStack } from '../../harness/stack.ts';
import { until } from '../../harness/until.ts';
import { type Receiver, startReceiver } from './receiver.ts';

type Attempt = { readonly number: number; readonly status: number | null; readonly code: string | null };
type Delivery = { readonly status: string; readonly attempts: readonly Attempt[] };

describe.skipIf(onPath('openssl') === null)('a receiver over TLS', () => {
  let folder: string;
  let stack: Stack;
  const receivers: Receiver[] = [];

  beforeAll(async () => {
    markStartsWorker();
    folder = mkdtempSync(join(tmpdir(), 'duecourse-receivers-'));
    certificate('authority', '/CN=Test authority', ['-addext', 'basicConstraints=critical,CA:TRUE']);
    stack = await startStack({ env: { NODE_EXTRA_CA_CERTS: join(folder, 'authority.crt') } });
    await Promise.all([stack.startApi(), stack.startWorker({ roles: 'customer,webhook_endpoint,delivery' })]);
  });
  afterAll(async () => {
    await stack.close();
    for (const receiver of receivers) await receiver.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function certificate(
    name: string,
    subject: string,
    more: readonly string[],
  ): { key: string; cert: string } {
    const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
    const how = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '2'];
    execFileSync('openssl', ['req', ...how, '-subj', subject, ...more], { stdio: 'ignore' });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  }

  const SIGNED = () => ['-CA', join(folder, 'authority.crt'), '-CAkey', join(folder, 'authority.key')];
  const nameOf = (host: string) => ['-addext', `subjectAltName=DNS:${host}`];

  /** A receiver with this certificate, its endpoint, and what the log says of the first delivery once it was tried. */
  async function told(name: string, more: readonly string[]) {
    const receiver = await startReceiver(certificate(name, '/CN=localhost', more));
    receivers.push(receiver);
    const { status, body } = await stack.api.post('/v1/webhook_endpoints', {
      url: receiver.url,
      events: ['customer.created'],
    });
    expect(status).toBe(201);
    receiver.trust(String(body.secret));
    await stack.api.post('/v1/customers', { email: 'robin@example.test' });
    const tried = await until('the delivery was tried', async () => {
      const list = await stack.api.get(`/v1/webhook_endpoints/${body.id}/deliveries`);
      const [delivery] = list.body.data as unknown as readonly Delivery[];
      return delivery !== undefined && delivery.attempts.length > 0 ? delivery : null;
    });
    return { receiver, tried };
  }

  test('whose certificate is signed by an authority that the process was given is told', async () => {
    const { receiver, tried } = await told('signed', [...SIGNED(), ...nameOf('localhost')]);
    expect(tried).toMatchObject({
      status: 'delivered',
      attempts: [{ number: 1, status: 204, code: null }],
    });
    expect(receiver.received.map(({ type }) => type)).toEqual(['customer.created']);
    expect(receiver.refused()).toBe(0);
  });

  test.each([
    ['that it signed itself', 'self-signed', 'localhost', false],
    ['for another name', 'misnamed', 'elsewhere.example', true],
  ])('with a certificate %s is told nothing, and the log says why', async (_how, name, host, isSigned) => {
    const { receiver, tried } = await told(name, [...(isSigned ? SIGNED() : []), ...nameOf(host)]);
    expect(tried.attempts[0]).toMatchObject({ number: 1, status: null, code: 'tls_failed' });
    expect(tried.status).not.toBe('delivered');
    expect([receiver.received.length, receiver.refused()]).toEqual([0, 0]);
  });
});
