/** Who acts besides the workers and the customer: the merchant, an operator, the janitor. */
import { cancelCharge } from '../../src/billing/cancel-charge.ts';
import { revokeConsent } from '../../src/billing/revoke-consent.ts';
import { sweepEventsOnce } from '../../src/billing/sweep-events.ts';
import { sweepOrphansOnce } from '../../src/billing/sweep-orphans.ts';
import { inviteCustomer } from './customer.ts';
import { CHARGE, type World } from './world.ts';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const JANITOR_DAYS = 20;

/** Plans what everybody does of their own accord. */
export function planActors(world: World): void {
  const { random, scheduler, deps, tables } = world;
  const plan = (probability: number, act: (delay_ms: number) => void) => {
    if (random.chance(probability)) act(sometime(world));
  };
  const cancel = (delay_ms: number) => {
    world.count('merchant_cancels');
    scheduler.spawn('merchant cancels', delay_ms, () => cancelCharge(deps, CHARGE, 'key_model'));
  };
  plan(0.15, cancel);
  plan(0.06, (delay_ms) => {
    world.count('consent_revoked');
    scheduler.spawn('consent is revoked', delay_ms, () => revokeConsent(deps, 'cns_model', 'key_model'));
  });
  plan(0.05, (delay_ms) => throwKillSwitch(world, delay_ms));
  plan(0.04, (delay_ms) => {
    world.count('method_unusable');
    scheduler.at(delay_ms, () => {
      const own = tables.methods.get('pm_own');
      if (own !== undefined) own.state = 'unusable';
    });
  });
  plan(0.04, (delay_ms) => {
    world.count('method_gone_at_stripe');
    scheduler.at(delay_ms, () => world.gone.add('pm_own'));
  });
  plan(0.08, (delay_ms) => scheduler.at(delay_ms, () => cancelInDashboard(world)));
  world.invited = (recovery_id) => {
    inviteCustomer(world, recovery_id);
    if (random.chance(0.1)) cancel(random.fraction() ** 3 * 8 * DAY_MS);
  };
  if (random.chance(0.7)) planJanitor(world);
}

/** Half of what happens by will happens while the first attempt is under way. */
function sometime({ random }: World): number {
  return random.chance(0.5) ? random.between(0, 4 * SECOND_MS) : random.fraction() ** 3 * 14 * DAY_MS;
}

function throwKillSwitch(world: World, delay_ms: number): void {
  const { tables, scheduler, random } = world;
  world.count('kill_switch');
  scheduler.at(delay_ms, () => {
    tables.charging_enabled = false;
  });
  // Minutes: a paused charge looks again every half minute, and each look is a step of the schedule.
  scheduler.at(delay_ms + random.fraction() ** 2 * 20 * 60 * SECOND_MS, () => {
    tables.charging_enabled = true;
  });
}

/** Somebody with the account's password, or Stripe itself. */
function cancelInDashboard({ bank, random, tables, count }: World): void {
  const intent = bank.intents.get(tables.charge().stripe_payment_intent_id ?? `pi_${1 + random.below(2)}`);
  if (intent?.status !== 'requires_payment_method' && intent?.status !== 'requires_action') return;
  count('canceled_in_dashboard');
  bank.cancel(intent, null, 'requested_by_customer');
}

/** Its rounds come every minute in truth; a few of them at any time see the same things. */
function planJanitor(world: World): void {
  const { random, scheduler, deps, setting } = world;
  const round = (at_ms: number) => {
    scheduler.spawn('events sweep', at_ms, async () => {
      world.count('events_sweep');
      await sweepEventsOnce(deps);
    });
    scheduler.spawn('orphan sweep', at_ms, async () => {
      // Nothing to find where nothing was made twice, and nothing unbound.
      if (world.bank.intents.size < 2 && world.tables.charge().stripe_payment_intent_id !== null) return;
      world.count('orphan_sweep');
      await sweepOrphansOnce(deps);
    });
  };
  for (let rounds = random.below(4); rounds > 0; rounds -= 1) round(random.fraction() ** 2 * JANITOR_DAYS * DAY_MS);
  round(setting.calm_at_ms + HOUR_MS);
}
