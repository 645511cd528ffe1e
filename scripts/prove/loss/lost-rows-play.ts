/**
 * A loss of rows, from before it to charging on again, as the runbook has it (docs/deploy.md, "Failover, and what is lost"):
 *
 *   asked ─ begin ─ asked, withdrawn, asked ─ lost, a day ─ half of it asked again ─ reconcile and its verbs
 *   ─ withdrawals entered again ─ charging on ─ days, until nothing is owed
 *
 * `restored`: a data folder is put back, and an operator says so beforehand. `unnoticed`: the same, and the system has to see
 * it. `promoted`: a standby without the last second becomes the primary, under processes that go on running.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Ground } from './ground.ts';
import type { Order, Orders } from './orders.ts';
import { playOut } from './play-out.ts';
import { idle, onScene, type PlayOptions, type Scene } from './scene.ts';
import { type Settled, settleBooks } from './settle-books.ts';
import type { Verdict } from './verdict.ts';
import { paymentsOf } from './verdict.ts';
import { byDataFolder, byPromotion, type WayToLose } from './way-to-lose.ts';

const WAYS = {
  restored: () => byDataFolder(true),
  unnoticed: () => byDataFolder(false),
  promoted: byPromotion,
} as const satisfies Record<string, () => Promise<WayToLose>>;

export type LostRowsReport = Verdict &
  Settled & {
    readonly play: string;
    readonly queue: string;
    readonly charges: number;
    /** The states that were lost, as they stood. */
    readonly lost_states: Readonly<Record<string, number>>;
    readonly asked_again: number;
    readonly reconcile_clean: boolean;
    readonly charging_on: boolean;
    readonly seconds: number;
  };

const NOTICED_MS = 30_000;
const POLL_MS = 100;
const WORD = ['--reason', 'read from the mails of that day', '--by', 'prove-loss'];

/** Plays it. `complaints` is empty if everything held. */
export async function playLostRows(
  given: PlayOptions & { readonly play: keyof typeof WAYS },
): Promise<LostRowsReport> {
  const { play } = given;
  const way = await WAYS[play]();
  return onScene(given, way, async (scene) => {
    const { orders, ground } = scene;
    const lost = await loseRows(scene, way);
    await askAgain(scene);
    const settled = await settleBooks(scene);
    await turnOn(scene);
    const ending = await playOut(scene, lost.withdrawn);
    return {
      play,
      queue: ground.queue,
      charges: orders.after.length,
      lost_states: lost.states,
      asked_again: orders.after.filter(({ again }) => again !== 'not').length,
      ...settled,
      ...ending,
    };
  });
}

/** A span in which customers come, pay, are asked, are refused and leave; and its loss. */
async function loseRows(scene: Scene, way: WayToLose) {
  const { ground, shop, orders, say } = scene;
  await ground.startCrew();
  await shop.place(orders.before);
  await idle(scene);
  await way.begin(scene);
  say('from here on it will be lost');
  const [first, rest] = halvesOf(orders);
  for (const name of orders.new_payers) await shop.welcome(name);
  await shop.place(first);
  const withdrawn = new Map<string, number>();
  for (const what of orders.withdrawals) {
    await shop.withdraw(what);
    withdrawn.set(what.payer, await paymentsOf(ground, shop.customerOf(what.payer)));
  }
  await idle(scene);
  if (way.span_s > 0) await ground.advance(way.span_s);
  await idle(scene);
  let states: Record<string, number> = {};
  await way.lose(
    scene,
    () => shop.place(rest),
    async () => {
      const references = orders.after.map(({ name }) => name);
      states = await countStates(ground, references);
    },
  );
  say('lost');
  return { withdrawn, states };
}

/** Orders of every kind in both; a newcomer's in the first, because a merchant first repeats what made the customer. */
function halvesOf({ after, new_payers }: Orders): readonly [Order[], Order[]] {
  const isFirst = ({ payer }: Order, index: number): boolean =>
    Math.floor(index / 2) % 2 === 0 || new_payers.includes(payer);
  return [after.filter(isFirst), after.filter((order, index) => !isFirst(order, index))];
}

/** The merchant asks again for what is missed, and by then somebody knows that rows are. */
async function askAgain(scene: Scene): Promise<void> {
  const { shop, orders, say } = scene;
  await shop.welcome(orders.new_payers[0] ?? '');
  await shop.repeat(orders.after);
  await untilNoticed(scene);
  await idle(scene);
  say('asked again');
}

async function untilNoticed({ operator, complaints }: Scene): Promise<void> {
  const end_ms = performance.now() + NOTICED_MS;
  while (performance.now() < end_ms) {
    const { stdout } = await operator.type('charging', 'status', '--json');
    if (stdout.includes('rows were lost')) return;
    await wait(POLL_MS);
  }
  complaints.push('nobody noticed that rows were lost');
}

async function countStates(
  { database: { sql } }: Ground,
  references: readonly string[],
): Promise<Record<string, number>> {
  const rows = await sql<{ state: string; count: number }[]>`
    select state, count(*)::int as count from charges where reference = any(${references as string[]})
    group by state order by state`;
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

/** Charging goes on with the word on withdrawals, and without it does not. */
async function turnOn({ operator, shop, orders, complaints, say }: Scene): Promise<void> {
  if ((await operator.type('charging', 'on', ...WORD)).code === 0)
    complaints.push('charging went on without the word on withdrawals');
  for (const what of orders.withdrawals) await shop.withdraw(what);
  const { code, stderr } = await operator.type('charging', 'on', '--withdrawals-entered', ...WORD);
  if (code !== 0) complaints.push(`charging on: ${stderr}`);
  say('charging is on');
}
