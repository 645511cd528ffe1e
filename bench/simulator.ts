/**
 * How much load the simulator can handle, to be sure that a benchmark of the worker measures the worker. It sends
 * confirms, each on a fresh PaymentIntent, and reads: raw keep-alive client, simulator in its own process, no webhooks.
 */
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    rounds: { type: 'string', default: '6' },
    size: { type: 'string', default: '4000' },
  },
});
const rounds = Number(values.rounds);
const size = Number(values.size);
const CONNECTIONS = 16;
/** The first requests only warm up V8. */
const WARM_UP_ROUNDS = 3;

const simulator = await startProcess();
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

try {
  const result = await measure();
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else process.stdout.write(`${result.confirms_per_s} confirms/s, ${result.reads_per_s} reads/s\n`);
} finally {
  agent.destroy();
  simulator.stop();
}

async function measure() {
  const customer = (await call('POST', '/v1/customers', '')).id as string;
  const method = (await call('POST', '/v1/payment_methods/pm_card_visa/attach', `customer=${customer}`))
    .id as string;
  const confirm = `payment_method=${method}&off_session=true`;
  let confirms = 0;
  let confirmMs = 0;
  let readMs = 0;
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    const created = await each(size, (index) => {
      const body = `amount=2500&currency=eur&customer=${customer}&allowed_payment_method_types[0]=card`;
      return exchange('POST', '/v1/payment_intents', body, `create-${round}-${index}`);
    });
    const ids = created.answers.map((answer) => JSON.parse(answer).id as string);
    const confirmed = await each(size, (index) =>
      exchange('POST', `/v1/payment_intents/${ids[index]}/confirm`, confirm, `confirm-${round}-${index}`),
    );
    for (const answer of confirmed.answers) assert.equal(JSON.parse(answer).status, 'succeeded');
    const read = await each(size, (index) => exchange('GET', `/v1/payment_intents/${ids[index]}`, '', null));
    confirms += size;
    report(round, confirmed.ms, read.ms);
    if (round < 0) continue;
    confirmMs += confirmed.ms;
    readMs += read.ms;
  }
  const { payment_intents } = await call('GET', '/_sim/ledger', '');
  const entries = payment_intents as { successes: number }[];
  assert.ok(entries.every((entry) => entry.successes === 1));
  assert.equal(entries.length, confirms);
  const timed = rounds * size;
  return {
    confirms_per_s: Math.round((timed / confirmMs) * 1000),
    reads_per_s: Math.round((timed / readMs) * 1000),
    confirms,
    successes: entries.length,
  };
}

function report(round: number, confirmMs: number, readMs: number): void {
  const name = round < 0 ? 'warm-up' : `round ${round + 1}`;
  const perSecond = (ms: number) => Math.round((size / ms) * 1000);
  process.stderr.write(`${name}: ${perSecond(confirmMs)} confirms/s, ${perSecond(readMs)} reads/s\n`);
}

/** Runs `count` exchanges, as many at a time as there are connections. */
async function each(count: number, run: (index: number) => Promise<string>) {
  const answers = new Array<string>(count);
  let next = 0;
  const startedMs = performance.now();
  const lane = async () => {
    while (next < count) {
      const index = next++;
      answers[index] = await run(index);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
  return { answers, ms: performance.now() - startedMs };
}

/** One request; anything but a 200 ends the benchmark. */
function exchange(method: string, path: string, body: string, key: string | null): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers: Record<string, string | number> = { authorization: `Bearer ${simulator.secretKey}` };
    if (method === 'POST') {
      headers['content-type'] = 'application/x-www-form-urlencoded';
      headers['content-length'] = Buffer.byteLength(body);
    }
    if (key !== null) headers['idempotency-key'] = key;
    const outgoing = request(
      { agent, host: simulator.host, port: simulator.port, method, path, headers },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          if (answer.statusCode === 200) resolve(text);
          else reject(new Error(`${method} ${path}: ${answer.statusCode} ${text}`));
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function call(method: string, path: string, body: string): Promise<Record<string, unknown>> {
  return JSON.parse(await exchange(method, path, body, null));
}

async function startProcess() {
  const cli = fileURLToPath(new URL('../simulator/cli.ts', import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, cli, '--logs', 'off'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const ready = JSON.parse(line) as { url: string; secret_key: string };
    const { hostname, port } = new URL(ready.url);
    return {
      host: hostname,
      port: Number(port),
      secretKey: ready.secret_key,
      stop: () => child.kill('SIGTERM'),
    };
  }
  throw new Error('the simulator ended before it listened');
}
