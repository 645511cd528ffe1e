/** The port for machines: three addresses, and bounded in everything else. */
import { connect } from 'node:net';
import { Counter, Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MetricsPort, openMetricsPort } from '../../../src/platform/metrics-port.ts';

const HOST = '127.0.0.1';
const registry = new Registry();
new Counter({ name: 'tested_total', help: 'A count.', registers: [registry] }).inc(2);
let isQueueUp = true;
const isReady = (health: Readonly<Record<string, boolean>>): boolean => health.queue === true;
let port: MetricsPort;
let url: string;

beforeAll(async () => {
  const health = async () => ({ postgres: true, queue: isQueueUp });
  port = await openMetricsPort({ host: HOST, port: 0, registry, health, isReady });
  url = `http://${HOST}:${port.port}`;
});
afterAll(() => port.close());

test('tells what is counted, that it lives, and whether it is ready', async () => {
  const metrics = await fetch(`${url}/metrics`);
  expect(metrics.headers.get('content-type')).toContain('text/plain');
  expect(await metrics.text()).toContain('tested_total 2');
  expect(await (await fetch(`${url}/livez`)).json()).toEqual({ status: 'ok' });
  const ready = async () => {
    const answer = await fetch(`${url}/readyz`);
    return [answer.status, await answer.json()];
  };
  expect(await ready()).toEqual([200, { postgres: true, queue: true }]);
  isQueueUp = false;
  expect(await ready()).toEqual([503, { postgres: true, queue: false }]);
  isQueueUp = true;
});

test.each([
  ['GET', '/', 404],
  ['GET', '/metrics/x', 404],
  ['GET', '/metrics?name=x', 404],
  ['POST', '/metrics', 405],
  ['DELETE', '/livez', 405],
])('answers %s %s with %i and nothing more', async (method, path, status) => {
  const answer = await fetch(`${url}${path}`, { method });
  expect([answer.status, await answer.text()]).toEqual([status, '']);
});

test('hangs up on a head that is too long', async () => {
  const answer = await fetch(`${url}/livez`, { headers: { 'x-long': 'x'.repeat(9_000) } }).catch(() => null);
  expect(answer?.status ?? 431).toBe(431);
});

test('takes so many connections and no more', async () => {
  const sockets = Array.from({ length: 40 }, () => connect(port.port, HOST));
  let open = sockets.length;
  for (const socket of sockets) {
    socket.on('error', () => {});
    socket.on('close', () => {
      open -= 1;
    });
  }
  await expect.poll(() => open).toBeLessThanOrEqual(32);
  expect(open).toBeGreaterThan(20);
  for (const socket of sockets) socket.destroy();
});

test('says so when it cannot be listened on', async () => {
  const taken = openMetricsPort({ host: HOST, port: port.port, registry, health: async () => ({}), isReady });
  await expect(taken).rejects.toMatchObject({ code: 'metrics_port_unusable' });
});

test('closes though somebody holds a connection open', async () => {
  const other = await openMetricsPort({ host: HOST, port: 0, registry, health: async () => ({}), isReady });
  const socket = connect(other.port, HOST);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('connect', resolve));
  await other.close();
  await closed;
  await expect(fetch(`http://${HOST}:${other.port}/livez`)).rejects.toThrow();
});
