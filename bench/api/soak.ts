/**
 * More load than the machine can handle, with and without stopping its processes, and a storm of webhooks. At the end
 * a list of conditions must hold. Each that does not is in `broken`, or in `slow` if it would hold on a machine with
 * less else to do.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { answersOf, fire, type Salvo, spreadOf } from '../load/open-loop.ts';
import { type Orders, ordersAt } from './orders.ts';
import { watchMemory } from './resident-memory.ts';
import type { Stage } from './stage.ts';
import { type Stops, stopInTurns } from './stops.ts';

export type SoakOptions = {
  readonly burst: { readonly rate_per_s: number; readonly seconds: number };
  /** SIGTERMs to the API and the workers in turns, the seconds between them, and the load meanwhile. */
  readonly stops: { readonly count: number; readonly every_s: number; readonly rate_per_s: number };
  readonly webhooks: { readonly rate_per_s: number; readonly seconds: number };
};

/** From the time at which a request should have been sent, the generator's own lateness included. */
const ANSWERED_MS = 2_000;
const SMALL_RATE_PER_S = 20;
const WARM_UP_S = 3;
/** The most memory that an API process may use. Compiled on the fly, it starts with about 150. */
const RESIDENT_MB = 400;
const SETTLED_MS = 300_000;
const POLL_MS = 500;

/** Runs the three loads one after the other. */
export async function soak(stage: Stage, options: SoakOptions, say: (line: string) => void) {
  const broken: string[] = [];
  const slow: string[] = [];
  // As on any day: connected and warmed up.
  await stage.api.connect('/livez');
  await fire({ rate_per_s: SMALL_RATE_PER_S, seconds: WARM_UP_S }, ordersAt(stage, 'warm').place);
  const burst = await burstOf(stage, options, say, broken, slow);
  const stops = await stopsOf(stage, options, say, broken);
  const webhooks = await webhooksOf(stage, options, say, broken, slow);
  return { ok: broken.length + slow.length === 0, broken, slow, burst, stops, webhooks };
}

type Check = (isSo: boolean, sentence: string) => void;
const checker =
  (broken: string[], part: string): Check =>
  (isSo, sentence) =>
    void (isSo || broken.push(`${part}: ${sentence}`));

async function burstOf(
  stage: Stage,
  { burst: { rate_per_s, seconds } }: SoakOptions,
  say: (line: string) => void,
  broken: string[],
  slow: string[],
) {
  const check = checker(broken, 'burst');
  const orders = ordersAt(stage, 'burst');
  const memory = watchMemory(() => stage.sandbox.ready().pids.api);
  const salvo = await fire({ rate_per_s, seconds }, orders.place);
  const resident_mb = memory.stop();
  await orders.known();
  const told = toldOf(salvo);
  say(`burst of ${rate_per_s}/s for ${seconds} s: ${JSON.stringify({ ...told, resident_mb })}`);
  const late_ms = ANSWERED_MS + salvo.late_ms;
  checker(slow, 'burst')(
    told.all.p99_ms <= late_ms,
    `99 of 100 requests are answered within ${ANSWERED_MS} ms`,
  );
  check((told.answers.overloaded ?? 0) > 0, 'some requests are turned away');
  check((resident_mb ?? 0) <= RESIDENT_MB, `the API holds at most ${RESIDENT_MB} MB`);
  return { rate_per_s, seconds, ...told, resident_mb, ...(await accountOf(stage, orders, say, check)) };
}

/** The same load while API and workers are stopped, one after another, and come back. */
async function stopsOf(
  stage: Stage,
  { stops: { count, every_s, rate_per_s } }: SoakOptions,
  say: (line: string) => void,
  broken: string[],
) {
  const check = checker(broken, 'stops');
  const orders = ordersAt(stage, 'stops');
  const stopping: Promise<Stops> = stopInTurns(stage.sandbox, count, every_s * 1_000);
  const salvo = await fire({ rate_per_s, seconds: count * every_s }, orders.place);
  const exits = await stopping;
  await orders.known();
  const told = toldOf(salvo);
  say(`${count} stops under ${rate_per_s}/s: ${JSON.stringify({ ...told, exits })}`);
  check(exits.sent === count, `${count} processes are told to stop`);
  check(exits.clean === exits.sent, 'each of them exits with 0 within its deadline');
  return { rate_per_s, ...told, exits, ...(await accountOf(stage, orders, say, check)) };
}

function toldOf({ shots, late_ms }: Salvo) {
  const answers = answersOf(shots);
  return { answers, all: spreadOf(shots), taken: spreadOf(shots, '202'), generator_late_ms: late_ms };
}

/** What became of the orders, in our books and at Stripe. */
async function accountOf(stage: Stage, orders: Orders, say: (line: string) => void, check: Check) {
  const began_ms = performance.now();
  const ids = [...orders.accepted.values()];
  check(orders.odd.length === 0, `every refusal says what and when: ${orders.odd.slice(0, 3).join(' | ')}`);
  check(new Set(ids).size === ids.length, 'no two orders are told the same charge');
  await untilSettled(stage);
  const settled_s = Math.round((performance.now() - began_ms) / 1_000);
  const rows = await stage.sql<{ id: string; state: string }[]>`
    select id, state from charges where id = any(${ids})`;
  const paid = await paidAtStripe(stage);
  check(rows.length === ids.length, 'every accepted charge exists');
  check(
    rows.every(({ state }) => state === 'succeeded'),
    'every accepted charge is settled',
  );
  check(
    ids.every((id) => paid.get(id) === 1),
    'every accepted charge is paid once at Stripe',
  );
  const [kept] = await stage.sql<{ count: number }[]>`
    select count(*)::int as count from idempotency_keys where key = any(${[...orders.turned_away]})`;
  check(kept?.count === 0, 'of what was turned away nothing is kept');
  say(`${ids.length} charges accepted, settled ${settled_s} s later`);
  return { accepted: ids.length, turned_away: orders.turned_away.size, settled_s };
}

async function untilSettled({ sql }: Stage): Promise<void> {
  const end_ms = performance.now() + SETTLED_MS;
  while (performance.now() < end_ms) {
    const [row] = await sql<{ left: number }[]>`
      select count(*)::int as left from charges where state not in ('succeeded', 'failed', 'canceled')`;
    if (row?.left === 0) return;
    await wait(POLL_MS);
  }
}

/** How often Stripe took money for each of our charges. */
async function paidAtStripe({ stripe }: Stage): Promise<Map<string, number>> {
  type Intent = { readonly successes: number; readonly metadata: { readonly dc_charge?: string } };
  const { text } = await stripe.send('GET', '/_sim/ledger');
  const paid = new Map<string, number>();
  for (const { successes, metadata } of (JSON.parse(text) as { payment_intents: Intent[] }).payment_intents) {
    const id = metadata.dc_charge ?? '';
    paid.set(id, (paid.get(id) ?? 0) + successes);
  }
  return paid;
}

/** Methods change at Stripe, which sends a webhook for each, while a few charges arrive as on any day. */
async function webhooksOf(
  stage: Stage,
  { webhooks: { rate_per_s, seconds } }: SoakOptions,
  say: (line: string) => void,
  broken: string[],
  slow: string[],
) {
  const check = checker(broken, 'webhooks');
  await stage.stripe.send('PATCH', '/_sim/webhooks', JSON.stringify({ concurrency: 64 }));
  const orders = ordersAt(stage, 'webhooks');
  const [changed, taken] = await Promise.all([
    fire({ rate_per_s, seconds }, async (index) => {
      const method = stage.methods[index % stage.methods.length];
      const { status } = await stage.stripe.send(
        'POST',
        `/v1/payment_methods/${method}`,
        `metadata[n]=${index}`,
      );
      return String(status);
    }),
    fire({ rate_per_s: SMALL_RATE_PER_S, seconds }, orders.place),
  ]);
  await orders.known();
  const made = answersOf(changed.shots)['200'] ?? 0;
  const began_ms = performance.now();
  const applied = await untilApplied(stage, made);
  const applied_s = Math.round((performance.now() - began_ms) / 1_000);
  const told = toldOf(taken);
  say(
    `${made} webhooks at ${rate_per_s}/s: ${applied} applied, the last ${applied_s} s later; beside them ${JSON.stringify(told)}`,
  );
  check(made === rate_per_s * seconds, 'Stripe makes as many events as are wanted');
  check(applied === made, 'every event is applied');
  checker(slow, 'webhooks')(told.taken.count === told.all.count, 'no charge is turned away meanwhile');
  return { made, applied, applied_s, beside: told, ...(await accountOf(stage, orders, say, check)) };
}

async function untilApplied({ sql }: Stage, made: number): Promise<number> {
  const end_ms = performance.now() + SETTLED_MS;
  for (;;) {
    const [row] = await sql<{ applied: number }[]>`
      select count(*)::int as applied from inbox_events
      where type = 'payment_method.updated' and state = 'applied'`;
    if (row?.applied === made || performance.now() > end_ms) return row?.applied ?? 0;
    await wait(POLL_MS);
  }
}
