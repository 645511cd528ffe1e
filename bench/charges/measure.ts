/**
 * What a charge costs with webhooks on. We post charges over HTTP while the worker is paused, so that the rest runs in
 * batches however slow the machine is; then the worker runs until each charge is settled and Stripe has sent all its
 * events. We count the CPU time of each process per charge, less what it uses idle in the same time: otherwise a busy
 * machine, on which all takes longer, would add to the cost of a charge.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Ready } from '../../sandbox/ready-file.ts';
import { merchantAt } from '../../scripts/prove/demo/merchant.ts';
import { savePayers } from '../../scripts/prove/demo/payers.ts';
import { openDatabase, type Sql } from '../../src/store/postgres/database.ts';
import { openWire, type Wire } from '../load/wire.ts';
import { cpuOf, cpuWithChildren } from './cpu.ts';

export type CpuPerCharge = {
  readonly worker: number;
  readonly postgres: number;
  readonly api: number;
  readonly simulator: number;
  /** Of all four. */
  readonly total: number;
};

export type CpuOfRun = {
  /** From the first request until all is applied. */
  readonly whole: CpuPerCharge;
  /** The same without the time to accept the charges. */
  readonly after_intake: CpuPerCharge;
};

/** So that V8 has compiled the hot code and Postgres has cached its plans. */
const WARM_UP = 150;
const CUSTOMERS = 12;
const AT_ONCE = 16;
const POLL_MS = 250;
const IDLE_MS = 5_000;
const AGAIN_MS = 200;
const SETTLED_MS = 300_000;
const HOST = fileURLToPath(new URL('../sandbox-host.ts', import.meta.url));

/** Runs this many charges through the processes of the checkout at `root`. Null if the kernel counts no CPU time. */
export async function cpuPerCharge(root: string, charges: number): Promise<CpuOfRun | null> {
  const folder = mkdtempSync(join(tmpdir(), 'duecourse-bench-'));
  // As root, Postgres runs as another user, who needs access.
  chmodSync(folder, 0o755);
  const host = spawn(process.execPath, ['--import', 'tsx', HOST, folder], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    return await measureAt(await readyOf(host), charges);
  } finally {
    if (host.exitCode === null) {
      host.kill('SIGTERM');
      await once(host, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

async function readyOf(host: ChildProcess): Promise<Ready> {
  if (host.stdout === null) throw new Error('the sandbox has no stdout');
  for await (const line of createInterface({ input: host.stdout })) return JSON.parse(line) as Ready;
  throw new Error('the sandbox did not start');
}

async function measureAt(ready: Ready, charges: number): Promise<CpuOfRun | null> {
  const database = openDatabase({ url: ready.database_url, applicationName: 'bench', connectionsMax: 1 });
  const api = openWire(ready.api_url, {
    authorization: `Bearer ${ready.api_key}`,
    'content-type': 'application/json',
  });
  const stripe = openWire(ready.stripe_url, { authorization: `Bearer ${ready.stripe_secret_key}` });
  try {
    const payers = await savePayers(merchantAt(ready.api_url, ready.api_key), ready, CUSTOMERS);
    const customers = payers.map(({ id }) => id);
    const [worker = -1] = ready.pids.workers;
    const run = async (name: string, count: number) => {
      const began = used(ready);
      process.kill(worker, 'SIGSTOP');
      await post(api, customers, name, count);
      const taken = used(ready);
      process.kill(worker, 'SIGCONT');
      await untilApplied(database.sql, stripe);
      return { began, taken, ended: used(ready) };
    };
    await run('warm', WARM_UP);
    const resting = used(ready);
    await wait(IDLE_MS);
    const rested = used(ready);
    const { began, taken, ended } = await run('bench', charges);
    if (resting === null || rested === null || began === null || taken === null || ended === null)
      return null;
    const idle = spent(resting, rested, null);
    const intake = spent(began, taken, null);
    const rest = spent(taken, ended, idle);
    return { whole: perCharge([intake, rest], charges), after_intake: perCharge([rest], charges) };
  } finally {
    api.close();
    stripe.close();
    await database.close();
  }
}

async function post(api: Wire, customers: readonly string[], name: string, count: number): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      const body = JSON.stringify({
        customer: customers[index % customers.length],
        amount: 1_250 + (index % 100),
        currency: 'eur',
        description: 'Power in October',
      });
      const key = { 'idempotency-key': `${name}-${index}` };
      while ((await api.send('POST', '/v1/charges', body, key)).status !== 202) await wait(AGAIN_MS);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

/** Whether every charge is paid, and no webhook is on its way or waits to be applied. */
async function untilApplied(sql: Sql, stripe: Wire): Promise<void> {
  const end_ms = performance.now() + SETTLED_MS;
  for (;;) {
    const [row] = await sql<{ open: number }[]>`
      select (select count(*) from charges where state <> 'succeeded')::int
           + (select count(*) from inbox_events where state = 'received')::int as open`;
    if (row?.open === 0) {
      const { text } = await stripe.send('GET', '/_sim/state');
      const { undelivered, retrying } = JSON.parse(text) as { undelivered: number; retrying: number };
      if (undelivered + retrying === 0) return;
    }
    if (performance.now() > end_ms) throw new Error(`${row?.open} charges and events are still open`);
    await wait(POLL_MS);
  }
}

const NAMES = ['worker', 'postgres', 'api', 'simulator'] as const;
/** CPU and wall-clock time in microseconds. */
type Used = Record<(typeof NAMES)[number], number> & { readonly at: number };

function used({ pids }: Ready): Used | null {
  const [pid = -1] = pids.workers;
  const worker = cpuOf(pid);
  const postgres = cpuWithChildren(pids.postgres);
  const api = cpuOf(pids.api);
  const simulator = cpuOf(pids.simulator);
  if (worker === null || postgres === null || api === null || simulator === null) return null;
  return { worker, postgres, api, simulator, at: performance.now() * 1_000 };
}

/** What was used between two readings, less what idling would have used. */
function spent(before: Used, after: Used, idle: Used | null): Used {
  const at = after.at - before.at;
  const of = (name: (typeof NAMES)[number]) =>
    after[name] - before[name] - (idle === null ? 0 : (idle[name] / idle.at) * at);
  return { worker: of('worker'), postgres: of('postgres'), api: of('api'), simulator: of('simulator'), at };
}

function perCharge(parts: readonly Used[], charges: number): CpuPerCharge {
  const of = (name: (typeof NAMES)[number]) =>
    Math.round(parts.reduce((sum, part) => sum + part[name], 0) / charges);
  const [worker, postgres, api, simulator] = NAMES.map(of) as [number, number, number, number];
  return { worker, postgres, api, simulator, total: worker + postgres + api + simulator };
}
