/**
 * What good callers notice of a crowd at the door: connections that send half a request and stop, and callers without a key.
 * The crowd is a process of its own, on the same machine, and sends as fast as that bears.
 */
import { fileURLToPath } from 'node:url';
import { startNodeProcess } from '../../sandbox/node-process.ts';
import { shellEnvironment } from '../../sandbox/sandbox-environment.ts';
import { answersOf, fire, type Shot, spreadOf } from '../load/open-loop.ts';
import { openWire } from '../load/wire.ts';
import type { Stage } from './stage.ts';

export type Crowd = { readonly idle: number; readonly strangers: number };

const CROWDS: Readonly<Record<string, Crowd>> = {
  quiet: { idle: 0, strangers: 0 },
  idle: { idle: 300, strangers: 0 },
  strangers: { idle: 0, strangers: 150 },
  both: { idle: 300, strangers: 150 },
};
const RATE_PER_S = 60;
const SECONDS = 8;
const WARM_UP_S = 2;
const STOP_MS = 5_000;
/** Well formed, so that its row is looked for. */
const NOBODYS_LINK = `/r/v1.rec_${'a'.repeat(24)}.1.${'A'.repeat(43)}`;

/** Good callers at all three doors, quiet and beside each crowd: their p99, and the share that got 503. */
export async function besideCrowds(stage: Stage, say: (line: string) => void) {
  const bare = openWire(stage.sandbox.ready().api_url, {});
  let sent = 0;
  const call = async (index: number): Promise<string> => {
    sent += 1;
    const doors = [
      () =>
        stage.api.send('POST', '/v1/charges', stage.charge(index), { 'idempotency-key': `crowd-${sent}` }),
      () => bare.send('GET', NOBODYS_LINK),
      () => bare.send('POST', '/webhooks/stripe', '{}'),
    ] as const;
    const { status } = await (doors[index % doors.length] ?? doors[0])();
    return String(status);
  };
  try {
    await fire({ rate_per_s: RATE_PER_S, seconds: WARM_UP_S }, call);
    const told: Record<string, ReturnType<typeof toldOf> & Crowd & { readonly strangers_per_s: number }> = {};
    for (const [name, crowd] of Object.entries(CROWDS)) {
      const gathered = await gather(stage, crowd);
      const { shots } = await fire({ rate_per_s: RATE_PER_S, seconds: SECONDS }, call);
      const strangers_per_s = Math.round((await gathered.leave()) / SECONDS);
      told[name] = { ...crowd, ...toldOf(shots), strangers_per_s };
      say(`${name}: ${JSON.stringify(told[name])}`);
    }
    return told;
  } finally {
    bare.close();
  }
}

function toldOf(shots: readonly Shot[]) {
  const answers = answersOf(shots);
  const { p50_ms, p99_ms, max_ms } = spreadOf(shots);
  return { p50_ms, p99_ms, max_ms, share_503: (answers['503'] ?? 0) / shots.length, answers };
}

/** Resolves when the crowd stands at the door; `leave` says how many answers its strangers got. */
async function gather(stage: Stage, { idle, strangers }: Crowd): Promise<{ leave(): Promise<number> }> {
  if (idle + strangers === 0) return { leave: async () => 0 };
  const lines: string[] = [];
  let stands: () => void = () => {};
  const standing = new Promise<void>((resolve) => {
    stands = resolve;
  });
  const { api_url } = stage.sandbox.ready();
  const crowd = startNodeProcess({
    name: 'crowd',
    script: 'bench/crowd-process.ts',
    args: ['--url', api_url, '--idle', String(idle), '--strangers', String(strangers)],
    env: shellEnvironment(),
    root: fileURLToPath(new URL('../..', import.meta.url)),
    logFolder: stage.sandbox.folder,
    onLine: (line) => {
      lines.push(line);
      stands();
    },
  });
  await standing;
  return {
    leave: async () => {
      await crowd.stop(STOP_MS);
      return (JSON.parse(lines.at(-1) ?? '{}') as { answered?: number }).answered ?? 0;
    },
  };
}
