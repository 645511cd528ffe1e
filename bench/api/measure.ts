/** How long the API takes to accept a charge, and from which rate on it turns requests away; beside a bare server. */
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startNodeProcess } from '../../sandbox/node-process.ts';
import { shellEnvironment } from '../../sandbox/sandbox-environment.ts';
import { answersOf, fire, type Shot, spreadOf } from '../load/open-loop.ts';
import { openWire, type Wire } from '../load/wire.ts';
import type { Stage } from './stage.ts';

const FIRST_RATE_PER_S = 100;
const LAST_RATE_PER_S = 4_000;
const STEP = 1.25;
const STEP_S = 3;
const REST_MS = 750;
/** A server keeps up with a rate if it accepts nearly all requests, and within this time. */
const KEPT_UP_MS = 250;
const KEPT_UP_SHARE = 0.99;
const ROUNDS = 3;
const ROUND_S = 5;
/** Enough work to keep the worker busy throughout a round, however fast it is. */
const BACKLOG_MIN = 3_000;
const WARM_UP_S = 3;
const STOP_MS = 5_000;
const PAUSE_MS = 100;

/** Raises the rate on both servers, then measures both, in turns, at half the rate that ours keeps up with. */
export async function measure(stage: Stage, say: (line: string) => void) {
  const bare = await startBareServer(stage);
  try {
    const theirs = targetOf(bare.wire, stage);
    const ours = targetOf(stage.api, stage);
    for (const target of [theirs, ours]) await fire({ rate_per_s: 100, seconds: WARM_UP_S }, target);
    const bare_climb = await climb(theirs, (line) => say(`bare server, ${line}`));
    const climbed = await climb(ours, (line) => say(`POST /v1/charges, ${line}`));
    const rate_per_s = Math.max(20, Math.floor(climbed.keeps_up_per_s / 2));
    const shots: Record<'ours' | 'bare', Shot[]> = { ours: [], bare: [] };
    const settled: number[] = [];
    let late_ms = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, target] of [
        ['bare', theirs],
        ['ours', ours],
      ] as const) {
        await fillBacklog(stage, ours);
        const before = await countSettled(stage);
        const salvo = await fire({ rate_per_s, seconds: ROUND_S }, target);
        if (name === 'ours') settled.push((await countSettled(stage)) - before);
        shots[name].push(...salvo.shots);
        late_ms = Math.max(late_ms, salvo.late_ms);
      }
    }
    return {
      rate_per_s,
      charge: spreadOf(shots.ours, '202'),
      bare: spreadOf(shots.bare, '202'),
      answers: answersOf(shots.ours),
      worker_settled_per_s: Math.round(settled.reduce((sum, each) => sum + each, 0) / (ROUNDS * ROUND_S)),
      keeps_up_per_s: { charge: climbed.keeps_up_per_s, bare: bare_climb.keeps_up_per_s },
      shedding_starts_per_s: climbed.sheds_per_s,
      generator_late_ms: late_ms,
    };
  } finally {
    await bare.stop();
  }
}

type Target = (index: number) => Promise<string>;

let keys = 0;

/** One charge with a key of its own. */
function targetOf(wire: Wire, stage: Stage): Target {
  return async (index) => {
    keys += 1;
    const headers = { 'idempotency-key': `measure-${keys}` };
    const answer = await wire.send('POST', '/v1/charges', stage.charge(index), headers);
    return answer.code ?? String(answer.status);
  };
}

/** Raises the rate until the server falls behind and turns requests away, or there is no faster one. */
async function climb(target: Target, say: (line: string) => void) {
  let keeps_up_per_s = 0;
  let sheds_per_s: number | null = null;
  let isBehind = false;
  for (let rate = FIRST_RATE_PER_S; rate <= LAST_RATE_PER_S; rate *= STEP) {
    const rate_per_s = Math.round(rate);
    const { shots } = await fire({ rate_per_s, seconds: STEP_S }, target);
    const answers = answersOf(shots);
    const taken = spreadOf(shots, '202');
    say(`${rate_per_s}/s: p99 ${taken.p99_ms} ms, ${JSON.stringify(answers)}`);
    const isKeptUp = taken.count >= KEPT_UP_SHARE * shots.length && taken.p99_ms <= KEPT_UP_MS;
    if (isKeptUp && !isBehind) keeps_up_per_s = rate_per_s;
    isBehind ||= !isKeptUp;
    if ((answers.overloaded ?? 0) > 0) sheds_per_s ??= rate_per_s;
    // A server that refuses nothing only gets later and later.
    if (isBehind && (sheds_per_s !== null || taken.p99_ms > 4 * KEPT_UP_MS)) break;
    await wait(REST_MS);
  }
  return { keeps_up_per_s, sheds_per_s };
}

/** Enough charges to keep the worker busy until the next round. */
async function fillBacklog(stage: Stage, target: Target): Promise<void> {
  const [row] = await stage.sql<{ count: number }[]>`
    select count(*)::int as count from charges where state not in ('succeeded', 'failed', 'canceled')`;
  let missing = BACKLOG_MIN - (row?.count ?? 0);
  const lane = async (): Promise<void> => {
    while (missing > 0) {
      missing -= 1;
      if ((await target(missing)) === '202') continue;
      missing += 1;
      await wait(PAUSE_MS);
    }
  };
  await Promise.all(Array.from({ length: 24 }, lane));
}

async function countSettled({ sql }: Stage): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from charges where state = 'succeeded'`;
  return row?.count ?? 0;
}

async function startBareServer(stage: Stage) {
  let tell: (line: string) => void = () => {};
  const firstLine = new Promise<string>((resolve) => {
    tell = resolve;
  });
  const server = startNodeProcess({
    name: 'bare-server',
    script: 'bench/bare-server.ts',
    args: ['--database-url', stage.sandbox.ready().database_url],
    env: shellEnvironment(),
    root: fileURLToPath(new URL('../..', import.meta.url)),
    logFolder: stage.sandbox.folder,
    onLine: (line) => tell(line),
  });
  const { url } = JSON.parse(await firstLine) as { url: string };
  const wire = openWire(url, { 'content-type': 'application/json' });
  const stop = async (): Promise<void> => {
    wire.close();
    await server.stop(STOP_MS);
  };
  return { wire, stop };
}
