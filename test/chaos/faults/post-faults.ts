/**
 * What can happen to messages: Stripe's webhooks on their way to us, and our mails. The weather of webhooks lasts
 * until the verdict: Stripe never promises order, uniqueness or speed (https://docs.stripe.com/webhooks).
 */
import { between, type Random } from '../chance.ts';
import type { Evidence } from '../evidence.ts';
import type { ProxyCounts, ProxyWeather } from '../proxy.ts';
import type { World } from '../world.ts';
import { type Fault, type Hits, holdUntilMet, inWeather, since } from './fault.ts';

const DAY_MS = 86_400_000;
const DUPLICATE_RATE = 0.5;
const SMTP_HOLD_MS = 1_200;
/** A mail comes late in a charge's life. */
const MAIL_MS = 15_000;
/** The bytes of all answers up to the one that accepts the mail. */
const TAKEN_BYTES = 215;

const delivered =
  (which: (delivery: Evidence['webhooks'][number]) => boolean): Hits =>
  (evidence) =>
    evidence.webhooks.filter(which).length;

function onMail(
  { proxies: { smtp } }: World,
  random: Random,
  weather: ProxyWeather,
  count: keyof ProxyCounts,
): Promise<Hits> {
  return inWeather(smtp, weather, count, (met) =>
    holdUntilMet(met, between(random, SMTP_HOLD_MS / 2, SMTP_HOLD_MS), MAIL_MS),
  );
}

export const postFaults = {
  /** Our door stays shut until the verdict, longer than Stripe retries: every webhook from now on is lost. */
  webhooks_lost: async ({ proxies }) => {
    const met = since(proxies.door.counts, 'refused');
    proxies.door.weather({ kind: 'refuse' });
    return met;
  },
  webhooks_duplicated: async ({ simulator }) => {
    await simulator.control.webhooks({ duplicateRate: DUPLICATE_RATE });
    return delivered((delivery) => delivery.duplicate);
  },
  webhooks_reordered: async ({ simulator }) => {
    await simulator.control.webhooks({ shuffle: true });
    return delivered((delivery) => delivery.reordered);
  },
  webhooks_days_late: async ({ simulator }, random) => {
    await simulator.control.webhooks({ delayMs: between(random, 1.2 * DAY_MS, 4 * DAY_MS) });
    return delivered((delivery) => delivery.late_ms >= DAY_MS);
  },
  smtp_down: (world, random) => onMail(world, random, { kind: 'refuse' }, 'refused'),
  smtp_reply_lost: (world, random) => {
    const bytes = TAKEN_BYTES - random.below(TAKEN_BYTES / 2);
    return onMail(world, random, { kind: 'cut_after', bytes, how: 'reset' }, 'cut');
  },
} as const satisfies Record<string, Fault>;
