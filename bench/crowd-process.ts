/**
 * A crowd at the door of an API: `--idle` connections that send half a request and wait, opened again when they are hung up
 * on, and `--strangers` that ask with keys that do not exist, each as soon as it has its answer. It says `{}` when it stands,
 * and at SIGTERM how many answers its strangers got.
 */
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: '' },
    idle: { type: 'string', default: '0' },
    strangers: { type: 'string', default: '0' },
  },
});
const { hostname: host, port } = new URL(values.url);
const AGAIN_MS = 500;
const HALVES = ['/r/page/nobody/confirm', '/webhooks/stripe', '/v1/charges'].map(
  (path) =>
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{`,
);
let isOver = false;
let answered = 0;

function standIdle(index: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(Number(port), host, () => {
      socket.write(HALVES[index % HALVES.length] ?? '');
      resolve();
    });
    socket.resume();
    socket.on('error', () => resolve());
    socket.on('close', () => {
      if (!isOver) setTimeout(() => void standIdle(index), AGAIN_MS);
    });
  });
}

const agent = new Agent({ keepAlive: true, maxSockets: Number(values.strangers) });

function ask(): Promise<void> {
  const secret = `${Math.random().toString(36).slice(2)}${'A'.repeat(43)}`.slice(0, 43);
  const authorization = `Bearer dc_test_${'a'.repeat(24)}_${secret}`;
  return new Promise((resolve) => {
    const outgoing = request(
      { agent, host, port, path: '/v1/charges', headers: { authorization } },
      (answer) => {
        answered += 1;
        answer.resume();
        answer.on('end', resolve);
      },
    );
    outgoing.on('error', () => resolve());
    outgoing.end();
  });
}

async function keepAsking(): Promise<void> {
  while (!isOver) await ask();
}

process.once('SIGTERM', () => {
  isOver = true;
  process.stdout.write(`${JSON.stringify({ answered })}\n`, () => process.exit(0));
});
await Promise.all(Array.from({ length: Number(values.idle) }, (_, index) => standIdle(index)));
const asking = Array.from({ length: Number(values.strangers) }, keepAsking);
process.stdout.write('{}\n');
await Promise.all(asking);
// Idle connections keep the process.
