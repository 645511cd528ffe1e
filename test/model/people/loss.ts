/**
 * Rows are lost: by a failover that nobody announces, or because a data folder is put back. Then come the operator, by
 * the runbook (docs/deploy.md), and the merchant, who posts again what is missing, or something else in its place.
 */

import { sweepEventsOnce } from '../../../src/billing/janitor/sweep-events.ts';
import { sweepOrphansOnce } from '../../../src/billing/janitor/sweep-orphans.ts';
import { turnChargingOn } from '../../../src/store/work/charging.ts';
import { noteChoices } from '../choices.ts';
import { EPOCH_MS } from '../stage.ts';
import { emptyState, keptState, type State } from '../statements/tables.ts';
import type { Withdrawal } from '../withdrawals.ts';
import type { Asked, World } from '../world.ts';
import { planMailsAnew } from './mails.ts';
import { posts } from './merchant.ts';

/** What is counted; each must happen often enough to mean something. */
export const lossActs = [
  'failover_with_loss',
  'folder_put_back',
  'restored_a_day_later',
  'loss_noted',
  'charging_on_again',
  'posted_again',
  'posted_again_with_other_amount',
  'posted_under_other_key',
] as const;

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const POSTS_MAX = 5;
/** When somebody looks whether charging is on again. */
const AGAIN_MS = [0.5, 1, 2, 3, 4, 6, 8, 12, 18, 24, 36].map((hours) => hours * HOUR_MS);
const WORD = { reason: 'model', by: 'model' } as const;

/** Plans that rows are lost, in some worlds. */
export function planLoss(world: World): void {
  const { random, scheduler, moments } = world;
  world.lossNoted = () => planOperator(world);
  if (random.chance(0.06)) {
    // The last commits are missing: what was kept is what the other server had.
    moments.ambush(random.fraction() ** 3 * 14 * 24 * HOUR_MS, () => {
      const kept = keptState(world.tables);
      const at_ms = scheduler.now_ms();
      moments.late(
        random.chance(0.7) ? random.between(0, 5 * SECOND_MS) : random.between(0, 20 * HOUR_MS),
        () => failOver(world, kept, at_ms),
      );
    });
  } else if (random.chance(0.19)) {
    const backup_ms = random.chance(0.6) ? 0 : random.fraction() ** 3 * 7 * 24 * HOUR_MS;
    const end_ms = backup_ms + random.fraction() ** 2 * 30 * HOUR_MS;
    let kept = world.born;
    if (backup_ms > 0)
      scheduler.at(backup_ms, () => {
        kept = keptState(world.tables);
      });
    scheduler.at(end_ms, () => putBack(world, () => kept, backup_ms));
  }
}

/** The other server takes over, and nobody says that its last commits are missing. */
function failOver(world: World, kept: State, kept_ms: number): void {
  const { random, scheduler, count } = world;
  if (world.lost_ms !== null) return;
  count('failover_with_loss');
  if (random.chance(0.5)) scheduler.killAll();
  lose(world, kept, kept_ms);
  world.withdrawals = world.withdrawals.filter((each) => !world.lost_withdrawals.includes(each));
  planSweeps(world);
  planPosts(world);
}

/** Everything is stopped, the folder is put back, perhaps a day later, and told so before anything is started. */
function putBack(world: World, kept: () => State, kept_ms: number): void {
  const { random, scheduler, count, tables } = world;
  if (world.lost_ms !== null) return;
  count('folder_put_back');
  scheduler.killAll();
  world.is_down = true;
  const lost = keptState(tables);
  const outage_ms = random.chance(0.5)
    ? random.between(0, HOUR_MS)
    : random.between(20 * HOUR_MS, 40 * HOUR_MS);
  if (outage_ms > 24 * HOUR_MS) count('restored_a_day_later');
  Object.assign(tables, emptyState());
  scheduler.at(scheduler.now_ms() + outage_ms, () => {
    Object.assign(tables, lost);
    lose(world, kept(), kept_ms);
    world.is_down = false;
    // `restored`, typed before anything else is let at it.
    tables.noteLoss(null, true);
    planSweeps(world);
    planPosts(world);
  });
}

/** Puts an older state in the place of the present one: what was committed since is gone. */
function lose(world: World, kept: State, kept_ms: number): void {
  const { tables, scheduler, trace } = world;
  trace?.(`rows are lost back to ${Math.round(kept_ms)} ms`);
  world.lost_ms = scheduler.now_ms();
  Object.assign(tables, keptState(kept));
  tables.events_read_at = new Date(EPOCH_MS + kept_ms);
  world.lost_withdrawals = world.withdrawals.filter(({ answered_ms }) => answered_ms >= kept_ms);
  noteChoices(world);
  world.offerAll();
  planMailsAnew(world);
}

/** In truth they come twice a minute. Once Stripe's events are read to their end, a few more rounds see the same things. */
function planSweeps({ random, scheduler, deps, count, tables }: World): void {
  const walk = () => {
    if (tables.events_read_at === null) return;
    count('events_sweep');
    scheduler.spawn('events sweep', 0, () => sweepEventsOnce(deps));
    scheduler.at(scheduler.now_ms() + 35 * SECOND_MS, walk);
  };
  const soon_ms = random.between(5 * SECOND_MS, 35 * SECOND_MS);
  scheduler.at(scheduler.now_ms() + soon_ms, walk);
  for (const delay_ms of [soon_ms, 3 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS]) {
    count('orphan_sweep');
    scheduler.spawn('orphan sweep', delay_ms, () => sweepOrphansOnce(deps));
    scheduler.spawn('events sweep', delay_ms + MINUTE_MS, () => sweepEventsOnce(deps));
  }
}

/** Whoever has to turn charging on again, by the runbook; if that fails, once more. */
function planOperator(world: World): void {
  const { random, scheduler, setting, deps, count } = world;
  count('loss_noted');
  const turnOn = async () => {
    if (!world.tables.withdrawals_due) return;
    for (const withdrawal of [...world.lost_withdrawals]) {
      await withdrawal.again?.();
      // From here on the new answer counts; of what is not there any more, nothing was withdrawn.
      const isOther = (each: Withdrawal) => each !== withdrawal;
      world.lost_withdrawals = world.lost_withdrawals.filter(isOther);
      world.withdrawals = world.withdrawals.filter(isOther);
    }
    if ((await turnChargingOn(deps.sql, WORD, true)) === null) count('charging_on_again');
  };
  const soon_ms = random.between(MINUTE_MS, 15 * MINUTE_MS);
  const calm_ms = Math.max(0, setting.calm_at_ms - scheduler.now_ms()) + 2 * HOUR_MS;
  for (const delay_ms of [soon_ms, ...AGAIN_MS, calm_ms, calm_ms + 31 * HOUR_MS])
    scheduler.spawn('operator', delay_ms, turnOn);
}

/** The merchant posts again what it was promised, or something else in its place, soon or days later, or never. */
function planPosts(world: World): void {
  const { random, scheduler } = world;
  for (const asked of world.accepted.values()) {
    const share = random.fraction();
    if (share > 0.9) continue;
    const delay_ms = random.chance(0.5)
      ? random.between(0, 20 * MINUTE_MS)
      : random.between(0, 4 * 24 * HOUR_MS);
    let isAnswered = false;
    const post = (tries: number, wait_ms: number): void => {
      scheduler.spawn('merchant posts again', wait_ms, async () => {
        if (isAnswered) return;
        if (tries < POSTS_MAX) post(tries + 1, MINUTE_MS);
        await postAgain(world, asked, share);
        isAnswered = true;
      });
    };
    post(1, delay_ms);
  }
}

/** A share of them with another amount, or under another key. */
async function postAgain(world: World, asked: Asked, share: number): Promise<void> {
  const { tables, cancels, lost_withdrawals, count, oddities } = world;
  const isEntered = cancels.has(asked.key) && lost_withdrawals.every(({ what }) => what !== 'cancel');
  if (isEntered && !tables.rows.charge.has(asked.key)) return;
  if (share < 0.25) {
    oddities.add('other_amount');
    const outcome = await posts(world, { ...asked, amount_minor: 5_000 });
    if (outcome === 'created') count('posted_again_with_other_amount');
  } else if (share < 0.5) {
    oddities.add('other_key');
    const outcome = await posts(world, { ...asked, key: `${asked.key}_again` });
    if (outcome === 'created') count('posted_under_other_key');
  } else if ((await posts(world, asked)) === 'created') count('posted_again');
}
