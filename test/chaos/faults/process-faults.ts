import { setTimeout as wait } from 'node:timers/promises';
import { chaosTimings } from '../../../src/platform/timings.ts';
import { between, pick, type Random } from '../chance.ts';
import { type Member, WORKERS } from '../crew.ts';
import type { World } from '../world.ts';
import { type Fault, type Hits, untilHit } from './fault.ts';

const END_MS = 8_000;
/** Well past the lease: it expires and another worker takes over while its holder sleeps. */
const PAST_LEASE_MS = chaosTimings.leaseMs + 300;
const SPREAD_MS = 600;

/** That very process must have exited by this signal. */
async function killed({ crew }: World, member: Member): Promise<number> {
  if (!crew.isUpNow(member)) return 0;
  const pid = crew.signal(member, 'SIGKILL');
  if (pid === null) return 0;
  return (await crew.endOf(pid, END_MS))?.signal === 'SIGKILL' ? 1 : 0;
}

async function stopped({ crew }: World, member: Member, random: Random): Promise<number> {
  if (!crew.isUpNow(member)) return 0;
  const pid = crew.signal(member, 'SIGSTOP');
  if (pid === null) return 0;
  await wait(PAST_LEASE_MS + between(random, 0, SPREAD_MS));
  // Wake the process that was stopped, not one that was started since.
  try {
    process.kill(pid, 'SIGCONT');
    return 1;
  } catch {
    return 0;
  }
}

/** An orderly end, as a deployment asks for it: it counts if the process reports that everything has stopped. */
async function deployed({ crew }: World, member: Member): Promise<number> {
  if (!crew.isUpNow(member)) return 0;
  const pid = crew.signal(member, 'SIGTERM');
  if (pid === null) return 0;
  const exit = await crew.endOf(pid, END_MS);
  return exit?.code === 0 ? 1 : 0;
}

/** Where there are two builds, the other one follows: an older process is replaced, a newer one rolled back. */
function replaced(world: World, members: readonly Member[]): Promise<Hits> {
  world.crew.changeBuild(members);
  return untilHit(async () => {
    const ended = await Promise.all(members.map((member) => deployed(world, member)));
    return ended.reduce((sum, one) => sum + one, 0);
  });
}

export const processFaults = {
  worker_killed: (world, random) => untilHit(() => killed(world, pick(random, WORKERS))),
  api_killed: (world) => untilHit(() => killed(world, 'api')),
  worker_stopped: (world, random) => untilHit(() => stopped(world, pick(random, WORKERS), random)),
  api_stopped: (world, random) => untilHit(() => stopped(world, 'api', random)),
  workers_deployed: (world) => replaced(world, WORKERS),
  api_deployed: (world) => replaced(world, ['api']),
} as const satisfies Record<string, Fault>;
