/**
 * A failover that loses nothing, under load: a synchronous standby becomes the primary while orders keep arriving.
 *
 *   some charges, measured ─ orders, and the primary dies among them ─ as many charges, measured ─ days, until nothing is owed
 *
 * Nobody is asked and nothing stops: processes find what was acknowledged to them, say so, and from then on look at Stripe
 * before they create (docs/protocol.md, 2.15 and 2.9). What that look costs is measured.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { type Cost, measureCharges } from './cost.ts';
import type { Order } from './orders.ts';
import { type Ending, playOut } from './play-out.ts';
import { idle, onScene, type PlayOptions, type Scene } from './scene.ts';
import { openStandbyPair, type StandbyPair } from './standby-pair.ts';
import { untilTaken } from './taken.ts';

export type FailoverReport = Ending & {
  readonly play: string;
  readonly queue: string;
  /** Asked for while the primary died. */
  readonly charges: number;
  /** From its death to a standby that takes writes. */
  readonly outage_ms: number;
  /** Of as many charges before and after it, by cards that pay at once. */
  readonly cost: { readonly charges: number; readonly before: Cost; readonly after: Cost };
  readonly seconds: number;
};

const VOUCHED_MS = 30_000;
const POLL_MS = 50;
const WARM_MAX = 40;

/** Plays it. `complaints` is empty if everything held. */
export async function playFailover(given: PlayOptions): Promise<FailoverReport> {
  const pair = await openStandbyPair(true);
  return onScene(given, pair, async (scene) => {
    const { ground, shop, orders, say } = scene;
    await ground.startCrew();
    await shop.place(orders.before);
    await idle(scene);
    // The first charges of a process are slower than those that follow.
    await measureCharges(scene, paidOrders('warm', Math.min(given.charges, WARM_MAX)));
    const before = await measureCharges(scene, paidOrders('measured-before', given.charges));
    say(`before: ${JSON.stringify(before)}`);
    const outage_ms = await failOverUnderLoad(scene, pair);
    await untilVouched(scene);
    await idle(scene);
    const after = await measureCharges(scene, paidOrders('measured-after', given.charges));
    say(`after: ${JSON.stringify(after)}`);
    await compareStops(scene);
    const ending = await playOut(scene, new Map());
    return {
      play: given.play,
      queue: ground.queue,
      charges: orders.after.length,
      outage_ms,
      cost: { charges: given.charges, before, after },
      ...ending,
    };
  });
}

const paidOrders = (name: string, count: number): readonly Order[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `${name}-${index}`,
    kind: 'paid',
    payer: `good-${index % 8}`,
    amount_minor: 1_000 + index,
    due_in_h: null,
    again: 'same',
  }));

async function failOverUnderLoad(scene: Scene, pair: StandbyPair): Promise<number> {
  const { ground, shop, orders, say } = scene;
  for (const name of orders.new_payers) await shop.welcome(name);
  const placing = shop.place(orders.after);
  await untilTaken(shop, orders.after, 0.4);
  const began_ms = performance.now();
  ground.door.aim(await pair.failOver());
  const outage_ms = Math.round(performance.now() - began_ms);
  say(`the primary is dead, and after ${outage_ms} ms the standby is the primary`);
  await placing;
  return outage_ms;
}

/** A process that finds its newest writes on the new primary has said so. */
async function untilVouched({ ground: { database }, complaints, say }: Scene): Promise<void> {
  const began_ms = performance.now();
  while (performance.now() - began_ms < VOUCHED_MS) {
    const rows = await database.sql<{ by: string | null }[]>`
      select lost_cause as by from instance`.catch(() => []);
    if (rows[0]?.by === 'database_changed') return say('a process vouches for it');
    await wait(POLL_MS);
  }
  complaints.push('nobody noticed that the database is another one');
}

/** Nothing stopped, nobody is asked, and everything is looked for before it is created. */
async function compareStops({ ground: { database }, complaints }: Scene): Promise<void> {
  const [row] = await database.sql`
    select i.charging_enabled as is_on, i.withdrawals_due as is_asked, i.lost_cause as cause,
           i.lost_stopped_at is not null as has_stopped,
           (select count(*)::int from breaks) as breaks,
           (select count(*)::int from operator_actions where at >= i.lost_at) as operator_actions,
           (select count(*)::int from charges
            where reference like 'measured-after-%' and (listed_at is null or listed_at < i.lost_at)) as unlisted
    from instance i`;
  const due = {
    is_on: true,
    is_asked: false,
    cause: 'database_changed',
    has_stopped: false,
    breaks: 0,
    operator_actions: 0,
    unlisted: 0,
  };
  for (const [name, value] of Object.entries(due))
    if (row?.[name] !== value) complaints.push(`after the failover ${name} is ${row?.[name]}, not ${value}`);
}
