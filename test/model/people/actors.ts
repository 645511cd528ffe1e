/** Those who act besides the workers and the customer: the merchant, an operator, the janitor, Stripe itself. */
import { cancelCharge } from '../../../src/billing/charge/cancel-charge.ts';
import { revokeConsent } from '../../../src/billing/customer/revoke-consent.ts';
import { sweepEventsOnce } from '../../../src/billing/janitor/sweep-events.ts';
import { sweepOrphansOnce } from '../../../src/billing/janitor/sweep-orphans.ts';
import { isTerminal } from '../../../src/domain/machines.ts';
import { CHARGE, type World } from '../world.ts';
import { customerActs, inviteCustomer } from './customer.ts';

/** The acts that are counted while the charge is still open; each must happen often enough to mean something. */
export const acts = [
  ...customerActs,
  'merchant_cancels',
  'consent_revoked',
  'kill_switch',
  'method_unusable',
  'method_gone_at_stripe',
  'canceled_in_dashboard',
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
  const { random, scheduler, deps, tables } = world;
  const cancel = async () => {
    counted(world, 'merchant_cancels');
    await cancelCharge(deps, CHARGE, 'key_model');
  };
  plan(world, 0.15, (at_ms) => scheduler.spawn('merchant cancels', at_ms, cancel));
  plan(world, 0.08, (at_ms) =>
    scheduler.spawn('consent is revoked', at_ms, async () => {
      counted(world, 'consent_revoked');
      await revokeConsent(deps, 'cns_model', 'key_model');
    }),
  );
  plan(world, 0.06, (at_ms) => throwKillSwitch(world, at_ms));
  plan(world, 0.07, (at_ms) =>
    scheduler.at(at_ms, () => {
      const own = tables.methods.get('pm_own');
      counted(world, 'method_unusable');
      if (own !== undefined) own.state = 'unusable';
    }),
  );
  plan(world, 0.07, (at_ms) =>
    scheduler.at(at_ms, () => {
      counted(world, 'method_gone_at_stripe');
      world.gone.add('pm_own');
    }),
  );
  plan(world, 0.17, (at_ms) => scheduler.at(at_ms, () => cancelInDashboard(world)));
  world.invited = (recovery_id) => {
    inviteCustomer(world, recovery_id);
    const days = random.fraction() ** 3 * 8;
    if (random.chance(0.1)) scheduler.spawn('merchant cancels', days * DAY_MS, cancel);
  };
  if (random.chance(0.7)) planJanitor(world);
}

function plan(world: World, probability: number, act: (at_ms: number) => unknown): void {
  const { random } = world;
  if (!random.chance(probability)) return;
  // Half of all deliberate acts happen while the first attempt is under way.
  act(random.chance(0.5) ? random.between(0, 4 * SECOND_MS) : random.fraction() ** 3 * 14 * DAY_MS);
}

function counted({ tables, count }: World, act: Act): void {
  if (!isTerminal('charge', tables.charge().state as 'queued')) count(act);
}

function throwKillSwitch(world: World, at_ms: number): void {
  const { tables, scheduler, random } = world;
  scheduler.at(at_ms, () => {
    counted(world, 'kill_switch');
    tables.paused_at = tables.now();
  });
  // Minutes: a paused charge looks again every half minute, and each look is a step of the schedule.
  scheduler.at(at_ms + random.fraction() ** 2 * 20 * MINUTE_MS, () => {
    tables.paused_at = null;
  });
}

/** The account's owner in Stripe's Dashboard, or Stripe itself. */
function cancelInDashboard(world: World): void {
  const { bank, random, tables } = world;
  const bound = tables.charge().stripe_payment_intent_id;
  const intent = bank.intents.get(bound ?? `pi_${1 + random.below(2)}`);
  if (intent?.status !== 'requires_payment_method' && intent?.status !== 'requires_action') return;
  counted(world, 'canceled_in_dashboard');
  bank.cancel(intent, null, 'requested_by_customer');
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
      if (world.bank.intents.size < 2 && world.tables.charge().stripe_payment_intent_id !== null) return;
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
