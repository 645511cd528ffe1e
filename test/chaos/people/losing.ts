/**
 * The database loses its last commits, as in a failover to a standby that lagged, and its operator follows the runbook
 * (docs/deploy.md, "Failover, and what is lost"). What follows when all is at rest is in `operator.ts`.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { chaosTimings } from '../../../src/platform/timings.ts';
import { noteLoss } from '../../../src/store/postgres/loss.ts';
import { between } from '../chance.ts';
import { inWeather } from '../faults/fault.ts';
import type { DeedName } from '../faults/names.ts';
import type { World } from '../world.ts';
import { type Deed, hit, type Scene, untilDone } from './deed.ts';

export type Loss = {
  /** When the server was back without them; real milliseconds. */
  readonly at_ms: number;
  /** Moves of rows that are gone. */
  readonly moves: number;
  /** Keys of orders that nobody asks for again. */
  readonly left: ReadonlySet<string>;
};

const SPAN_MS = [700, 1_800] as const;
/** Of the orders that were lost, this many in a hundred are not asked for again. */
const LEFT = 40;

/** Long enough for something to be written meanwhile. */
const MOVES_MIN = 10;
const PATIENCE_MS = 5_000;
const POLL_MS = 50;

async function countMoves({ sql }: World): Promise<number> {
  const rows = await untilDone(
    async () => await sql<{ moves: number }[]>`select count(*)::int as moves from transitions`,
  );
  return rows?.[0]?.moves ?? 0;
}

/** Keeps our processes from it, takes its power, and notes the loss before they are let at it again. */
async function loseCommits({ world, merchant, random }: Scene): Promise<Loss> {
  const { proxies, sql, database } = world;
  let moves = 0;
  let at_ms = 0;
  await inWeather(proxies.postgres, { kind: 'pass' }, 'refused', async () => {
    await database.forget(
      async () => {
        const before = await countMoves(world);
        const end_ms = performance.now() + PATIENCE_MS;
        await wait(between(random, ...SPAN_MS));
        while ((await countMoves(world)) < before + MOVES_MIN && performance.now() < end_ms)
          await wait(POLL_MS);
        proxies.postgres.weather({ kind: 'refuse' });
        proxies.postgres.cut();
        moves = await countMoves(world);
      },
      async () => {
        at_ms = Date.now();
        moves -= await countMoves(world);
        const noted = { cause: 'restored', seen_at: null, since: null, stops: true } as const;
        await untilDone(() => noteLoss(sql, noted));
      },
    );
  });
  // Whoever was about to send has given up by then: they hold no lease that they know of.
  const acked_ms = Date.now() + chaosTimings.leaseMs + chaosTimings.stripeTimeoutMs;
  merchant.note({ kind: 'switch', subject: '', asked_ms: at_ms, acked_ms, lifted_ms: null, in_flight: [] });
  return { at_ms, moves, left: await leave(world, merchant.asked, random) };
}

/** Chooses among the orders whose charge is gone. */
async function leave(
  { sql }: World,
  asked: Scene['merchant']['asked'],
  random: Scene['random'],
): Promise<Set<string>> {
  const rows = await untilDone(async () => await sql<{ id: string }[]>`select id from charges`);
  const there = new Set(rows?.map(({ id }) => id));
  const gone = asked.filter(({ told: [id] }) => id !== undefined && !there.has(id));
  return new Set(gone.filter(() => random.below(100) < LEFT).map(({ order }) => order.key));
}

export const losing = {
  commits_lost: async (scene) => {
    const { deed, merchant, world } = scene;
    const placed = Promise.all(deed.orders.map((order) => merchant.place(order)));
    await scene.until(deed.at_ms);
    const loss = await loseCommits(scene);
    world.losses.push(loss);
    await placed;
    await merchant.repeat(loss.left);
    return hit(loss.moves > 0);
  },
} as const satisfies Partial<Record<DeedName, Deed>>;
