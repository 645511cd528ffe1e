/**
 * Fair weather until nothing is owed any more: due rows are waited for, and the test clock moves on to those that wait
 * for their time. Nothing else helps: rows end because workers end them.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Sql } from '../../src/store/postgres/database.ts';
import { readNow } from '../../src/store/postgres/instance.ts';
import { countDueBy } from '../../src/store/work/clock-moves.ts';
import { obligationTables } from '../../src/store/work/obligations.ts';
import type { Customers } from './customers.ts';
import { readReturns, unseenIn } from './people/returns.ts';
import type { World } from './world.ts';

/** What is waited for, and moved on. */
type Moved = Pick<World, 'sql' | 'stripe' | 'simulator' | 'secret_key' | 'advance' | 'foreign' | 'losses'>;

export type Rest = {
  /** Whether everything has come to its end. */
  readonly is_quiet: boolean;
  readonly rounds: number;
  readonly days: number;
};

const POLL_MS = 30;
/** Real time for due rows, including the leases of dead processes and reconnections. */
const IDLE_MS = 20_000;
const ROUNDS_MAX = 70;
const DAY_S = 86_400;
const DAYS_MAX = 60;
/** The first steps are as short as the next due time needs; later ones grow longer and longer. */
const SHORT_STEPS = 4;
const STEP_MIN_S = 20;
/** What is still open then are debits, which wait for days. */
const STEP_MAX_S = DAY_S;

/** Waits and moves the clock until all has ended, or enough time has passed for anything to end. */
export async function untilQuiet(world: Moved, customers: Customers): Promise<Rest> {
  let passed_s = 0;
  for (let round = 0; ; round += 1) {
    await untilIdle(world, customers);
    const { open, next_ms, is_off } = await readOpen(world);
    // Whoever turned charging off has to turn it on again, and looks at the books first.
    if (open === 0 || is_off) return { is_quiet: true, rounds: round, days: passed_s / DAY_S };
    if (round >= ROUNDS_MAX || passed_s > DAYS_MAX * DAY_S)
      return { is_quiet: false, rounds: round, days: passed_s / DAY_S };
    const least_s =
      round < SHORT_STEPS ? 1 : Math.min(STEP_MAX_S, STEP_MIN_S * 2 ** Math.max(0, round - SHORT_STEPS));
    const step_s = Math.max(least_s, Math.min(DAY_S, Math.ceil((next_ms ?? 0) / 1_000)));
    await world.advance(step_s);
    passed_s += step_s;
  }
}

/** Waits until nothing is due or leased, all has been told, no webhook is under way, and no customer is at a page. */
export async function untilIdle(world: Moved, customers: Customers): Promise<void> {
  const { sql, simulator } = world;
  const end_ms = performance.now() + IDLE_MS;
  const by = await readNow(sql);
  while (performance.now() < end_ms) {
    const { undelivered } = await simulator.control.state();
    if (undelivered === 0 && !customers.isBusy()) {
      const counts = await Promise.all([countDueBy(sql, by), countHeld(sql), countUntold(sql)]);
      if (counts.every((count) => count === 0)) return;
    }
    await wait(POLL_MS);
  }
}

/** Events without their place in the feed, and those owed to an endpoint that may be tried now. */
async function countUntold(sql: Sql): Promise<number> {
  const rows = await sql<{ untold: number }[]>`
    select ((select count(*) from feed where number is null)
      + (select count(*) from webhook_deliveries where state = 'queued' and due_at <= dc_now()))::int as untold`;
  return rows[0]?.untold ?? 0;
}

async function countHeld(sql: Sql): Promise<number> {
  const counts = Object.values(obligationTables).map(
    (table) => sql`(select count(*) from ${sql(table)} where lease_until > clock_timestamp())`,
  );
  const sum = counts.reduce((before, each) => sql`${before} + ${each}`);
  const rows = await sql<{ held: number }[]>`select (${sum})::int as held`;
  return rows[0]?.held ?? 0;
}

/**
 * What has not ended, here and at Stripe; and how long until the next row falls due by itself. A charge that waits for a person
 * holds its recovery open, for weeks if one waits for that.
 */
async function readOpen(world: Moved): Promise<{ open: number; next_ms: number | null; is_off: boolean }> {
  const { sql, simulator, secret_key } = world;
  const times = Object.values(obligationTables)
    .map((table) => sql`select due_at from ${sql(table)}`)
    .reduce((before, each) => sql`${before} union all ${each}`);
  const rows = await sql<{ open: number; next_ms: number | null; is_off: boolean }[]>`
    select (
      (select count(*) from charges where state not in ('succeeded', 'failed', 'canceled', 'needs_review'))
      + (select count(*) from recoveries r join charges c on c.id = r.charge_id
         where r.state = 'open' and c.state <> 'needs_review')
      + (select count(*) from messages where state in ('queued', 'sending'))
      + (select count(*) from inbox_events where state = 'received')
      + (select count(*) from payment_methods where state in ('withdrawn', 'detaching'))
      + (select count(*) from setups where state in ('queued', 'awaiting_customer', 'processing', 'closing'))
      + (select count(*) from replacements where state in ('queued', 'closing'))
      + (select count(*) from refunds where state in ('queued', 'pending', 'requires_action'))
      + (select count(*) from webhook_deliveries where state = 'queued')
      + (select count(*) from feed where number is null)
    )::int as open,
    (select ceil(extract(epoch from min(due_at) - dc_now()) * 1000)::float8
     from (${times}) as times where due_at > dc_now()) as next_ms,
    (select not charging_enabled from instance) as is_off`;
  const { payment_intents } = await simulator.control.ledger(secret_key);
  // What waits for a person moves no further by waiting; nor does what was lost and is not asked for again.
  const waiting = await sql<{ id: string }[]>`
    select stripe_payment_intent_id as id from charges where state = 'needs_review'`;
  const others = new Set([...world.foreign, ...waiting].map(({ id }) => id));
  const charges = new Set((await sql<{ id: string }[]>`select id from charges`).map(({ id }) => id));
  const isLeft = (mark: string) => world.losses.length > 0 && !charges.has(mark);
  const unpaid = payment_intents.filter(
    ({ id, status, metadata }) =>
      status !== 'succeeded' && status !== 'canceled' && !others.has(id) && !isLeft(metadata.dc_charge ?? ''),
  );
  const [row] = rows;
  return {
    open: (row?.open ?? 0) + unpaid.length + unseenIn(await readReturns(world)).length,
    next_ms: row?.next_ms ?? null,
    is_off: row?.is_off ?? false,
  };
}
