/** Those who act besides the workers and the customer: the merchant, an operator, the janitor, Stripe itself. */
import { sweepEventsOnce } from '../../../src/billing/janitor/sweep-events.ts';
import { sweepOrphansOnce } from '../../../src/billing/janitor/sweep-orphans.ts';
import { setCharging } from '../../../src/store/work/charging.ts';
import { OWN } from '../stage.ts';
import { CHARGE, OTHER, type World } from '../world.ts';
import { customerActs, inviteCustomer } from './customer.ts';
import * as dashboard from './dashboard.ts';
import { isOpen } from './is-open.ts';
import { lossActs, planLoss } from './loss.ts';
import { cancels, detaches, merchantActs, postsAnother, revokes, stops } from './merchant.ts';
import { changesDefault, methodActs, planMethods } from './methods.ts';
import { plan, planBehind } from './planning.ts';

/** The acts that are counted while the charge is still open; each must happen often enough to mean something. */
export const acts = [
  ...customerActs,
  ...merchantActs,
  ...methodActs,
  ...lossActs,
  'kill_switch',
  'method_unusable',
  'method_gone_at_stripe',
  ...dashboard.dashboardActs,
  'events_sweep',
  'orphan_sweep',
  'recovery_completed',
  'recovery_expired',
  'recovery_revoked',
] as const;
type Act = (typeof acts)[number];

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const JANITOR_DAYS = 20;

/** Plans what each of them does of their own accord. */
export function planActors(world: World): void {
  const { random, scheduler, tables } = world;
  const cancel = () => cancels(world, CHARGE);
  const killSwitch = () => throwKillSwitch(world);
  planBehind(world, 0.15, 'merchant cancels', cancel);
  const revoke = () => revokes(world, 'cns_model', random.chance(0.4));
  const detach = () => detaches(world, random.chance(0.7) ? OWN : OTHER);
  const prefer = () => changesDefault(world);
  const withdrawals = [cancel, revoke, () => stops(world), detach, killSwitch];
  const withdraw = () => {
    const act = withdrawals[random.below(withdrawals.length)];
    if (act !== undefined) scheduler.spawn('withdrawal', random.between(0, SECOND_MS), act);
  };
  world.awaited = () => {
    // It waits because of somebody: for a lock that they hold, or just as long as they need.
    if (random.chance(0.12)) scheduler.spawn('another default', random.between(0, SECOND_MS), prefer);
    if (random.chance(0.12)) withdraw();
  };
  world.outlived = () => {
    if (random.chance(0.5)) withdraw();
  };
  planBehind(world, 0.06, 'consent is revoked', () => revokes(world, 'cns_model', false));
  planBehind(world, 0.06, 'consent is revoked', () => revokes(world, 'cns_model', true));
  planBehind(world, 0.02, 'consent is revoked', () => revokes(world, 'cns_other', random.chance(0.5)));
  planBehind(world, 0.04, 'customer is stopped', () => stops(world));
  planBehind(world, 0.05, 'method is detached', detach);
  planBehind(world, 0.05, 'kill switch', killSwitch);
  plan(world, 0.25, (at_ms) => scheduler.spawn('merchant posts', at_ms, () => postsAnother(world)));
  planMethods(world);
  plan(world, 0.07, (at_ms) =>
    scheduler.at(at_ms, () => {
      counted(world, 'method_unusable');
      tables.setMethod(OWN, { state: 'unusable' });
      world.ended_ms = world.scheduler.now_ms();
    }),
  );
  plan(world, 0.07, (at_ms) =>
    scheduler.at(at_ms, () => {
      counted(world, 'method_gone_at_stripe');
      world.gone.add(OWN);
    }),
  );
  plan(world, 0.17, (at_ms) => scheduler.at(at_ms, () => dashboard.cancels(world)));
  planOthers(world);
  world.invited = (recovery_id) => {
    inviteCustomer(world, recovery_id);
    const days = random.fraction() ** 3 * 8;
    if (random.chance(0.1)) scheduler.spawn('merchant cancels', days * DAY_MS, cancel);
  };
  if (random.chance(0.7)) planJanitor(world);
  planLoss(world);
}

function counted(world: World, act: Act): void {
  if (isOpen(world)) world.count(act);
}

async function throwKillSwitch(world: World): Promise<void> {
  const { deps, scheduler, random, tables } = world;
  counted(world, 'kill_switch');
  // Minutes: a paused charge looks again every half minute, and each look is a step of the schedule.
  const soon_ms = SECOND_MS + random.fraction() ** 2 * 20 * MINUTE_MS;
  // And again, for a switch that was thrown by a machine that had stood still.
  for (const delay_ms of [soon_ms, HOUR_MS, 4 * HOUR_MS, 12 * HOUR_MS, 31 * HOUR_MS])
    scheduler.at(scheduler.now_ms() + delay_ms, () => {
      if (!tables.withdrawals_due) tables.paused_at = null;
    });
  await setCharging(deps.sql, false, { reason: 'model', by: 'model' });
}

/** Others at the same account: in worlds of their own, so that in all others nobody is needed. */
function planOthers(world: World): void {
  const { scheduler, moments, random } = world;
  const { changesAmount, deletesCustomer, copiesMarks } = dashboard;
  const others = [changesAmount, deletesCustomer, copiesMarks, copiesMarks] as const;
  plan(world, 0.12, (at_ms) => scheduler.at(at_ms, () => dashboard.refunds(world)));
  plan(world, 0.3, (at_ms) => {
    const act = others[random.below(others.length)];
    if (act !== undefined) moments.ambush(at_ms, () => act(world));
  });
}

/** In truth its rounds come every minute; a few of them at any time see the same things. */
function planJanitor(world: World): void {
  const { random, scheduler, deps, setting } = world;
  const round = (at_ms: number) => {
    scheduler.spawn('events sweep', at_ms, async () => {
      world.count('events_sweep');
      await sweepEventsOnce(deps);
    });
    scheduler.spawn('orphan sweep', at_ms, async () => {
      // There is nothing to find when nothing was made twice and nothing is unbound.
      if (
        world.bank.intents.size < 2 &&
        world.tables.rows.charge.get(CHARGE)?.stripe_payment_intent_id != null
      )
        return;
      world.count('orphan_sweep');
      await sweepOrphansOnce(deps);
    });
  };
  // Early rounds meet PaymentIntents that are not bound yet.
  for (let rounds = random.below(3); rounds > 0; rounds -= 1)
    round(
      random.chance(0.3) ? random.between(0, 2 * MINUTE_MS) : random.fraction() ** 2 * JANITOR_DAYS * DAY_MS,
    );
  round(setting.calm_at_ms + HOUR_MS);
}
