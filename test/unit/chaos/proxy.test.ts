import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openProxy, type TcpProxy } from '../../chaos/proxy.ts';

let echo: Server;
let proxy: TcpProxy;
const clients: Socket[] = [];

beforeEach(async () => {
  echo = createServer((socket) => socket.on('error', () => {}).pipe(socket));
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await openProxy((line, chunk) => {
    line.label = chunk.toString();
  });
  proxy.aim((echo.address() as AddressInfo).port);
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await proxy.close();
  echo.close();
});

async function dial(): Promise<{ say(text: string): void; heard(): string; over: Promise<string> }> {
  const client = connect(proxy.port, '127.0.0.1');
  clients.push(client);
  let heard = '';
  client.on('data', (chunk) => {
    heard += chunk.toString();
  });
  const over = new Promise<string>((resolve) => {
    client.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
    client.on('close', () => resolve('closed'));
  });
  await Promise.race([new Promise((resolve) => client.once('connect', resolve)), over]);
  return { say: (text) => void client.write(text), heard: () => heard, over };
}

test('passes bytes both ways and tells who is there', async () => {
  const client = await dial();
  client.say('hello');

  await expect.poll(client.heard).toBe('hello');
  expect(proxy.lines()).toMatchObject([{ label: 'hello' }]);
});

test('resets new connections while it refuses', async () => {
  proxy.weather({ kind: 'refuse' });
  const client = await dial();

  expect(await client.over).toBe('ECONNRESET');
  expect(proxy.counts.refused).toBe(1);
});

test('loses replies, and the connection that lost them when that ends', async () => {
  const client = await dial();
  proxy.weather({ kind: 'drop_replies' });
  client.say('lost');
  await expect.poll(() => proxy.counts.swallowed_bytes).toBe(4);
  proxy.weather({ kind: 'pass' });

  expect(await client.over).toBe('ECONNRESET');
  expect(client.heard()).toBe('');
});

test('delays in order, also what comes when the delay has ended', async () => {
  const client = await dial();
  proxy.weather({ kind: 'delay', ms: 60 });
  client.say('1');
  await expect.poll(() => proxy.counts.delayed_chunks).toBeGreaterThan(0);
  proxy.weather({ kind: 'pass' });
  client.say('2');

  await expect.poll(client.heard).toBe('12');
});

test.each([
  ['reset', 'ECONNRESET'],
  ['end', 'closed'],
] as const)('cuts after so many bytes of an answer: %s', async (how, told) => {
  const client = await dial();
  proxy.weather({ kind: 'cut_after', bytes: 3, how });
  client.say('abcdef');

  expect(await client.over).toBe(told);
  expect(client.heard().length).toBeLessThanOrEqual(3);
  expect(proxy.counts.cut).toBe(1);
});

test('cuts the lines that are meant', async () => {
  const [one, other] = [await dial(), await dial()];
  one.say('one');
  other.say('other');
  await expect.poll(() => one.heard() + other.heard()).toBe('oneother');

  expect(proxy.cut((line) => line.label === 'one')).toBe(1);
  expect(await one.over).toBe('ECONNRESET');
  expect(proxy.lines()).toMatchObject([{ label: 'other' }]);
});
