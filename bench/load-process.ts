/**
 * A closed loop of `POST /v1/charges` over so many connections, each sending as soon as it has its answer: the most that a
 * server accepts. It warms up, says `{"warm":true}`, waits for SIGUSR2, then says `{ms, accepted, refused, p50_ms, p99_ms}`.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Shot, spreadOf } from './load/open-loop.ts';
import { openWire } from './load/wire.ts';

type Given = {
  readonly url: string;
  readonly key: string;
  readonly connections: number;
  readonly warm_s: number;
  readonly seconds: number;
  readonly bodies: readonly string[];
};

const { values } = parseArgs({ options: { given: { type: 'string', default: '{}' } } });
const { url, key, connections, warm_s, seconds, bodies } = JSON.parse(values.given) as Given;
const wire = openWire(url, { authorization: `Bearer ${key}`, 'content-type': 'application/json' });
const ACCEPTED = '202';
/** A caller who is turned away does not come back at once. */
const AGAIN_MS = 20;
let sent = 0;

async function lane(end_ms: number, shots: Shot[]): Promise<void> {
  while (performance.now() < end_ms) {
    const index = sent++;
    const began_ms = performance.now();
    const headers = { 'idempotency-key': `load-${index}` };
    const { status } = await wire.send('POST', '/v1/charges', bodies[index % bodies.length], headers);
    shots.push({ answered: String(status), ms: performance.now() - began_ms });
    if (String(status) !== ACCEPTED) await wait(AGAIN_MS);
  }
}

async function run(run_s: number): Promise<{ ms: number; shots: Shot[] }> {
  const shots: Shot[] = [];
  const began_ms = performance.now();
  const end_ms = began_ms + run_s * 1_000;
  await Promise.all(Array.from({ length: connections }, () => lane(end_ms, shots)));
  return { ms: performance.now() - began_ms, shots };
}

await run(warm_s);
const told = new Promise((resolve) => process.once('SIGUSR2', resolve));
// A signal's listener does not keep a process, nor do idle connections.
setInterval(() => {}, 60_000);
process.stdout.write('{"warm":true}\n');
await told;
const { ms, shots } = await run(seconds);
const { count, p50_ms, p99_ms } = spreadOf(shots, ACCEPTED);
process.stdout.write(
  `${JSON.stringify({ ms, accepted: count, refused: shots.length - count, p50_ms, p99_ms })}\n`,
);
process.once('SIGTERM', () => process.exit(0));
