/** What Stripe and the network on the way to it do to our calls. */
import { setTimeout as wait } from 'node:timers/promises';
import type { FaultAction } from '../../../simulator/http/faults.ts';
import { chaosTimings } from '../../../src/platform/timings.ts';
import { between, pick, type Random } from '../chance.ts';
import type { ProxyCounts, ProxyWeather } from '../proxy.ts';
import type { World } from '../world.ts';
import { type Fault, type Hits, holdUntilMet, inWeather, untilHit } from './fault.ts';

const DELAY_MS = chaosTimings.stripeTimeoutMs + 300;
const HOLD_MS = 700;
const ANSWER_BYTES = 400;
const CONFIRM = '/v1/payment_intents/:id/confirm';
const CREATE = '/v1/payment_intents';
/** The route where a fault hurts most comes most often. */
const ROUTES = [CONFIRM, CONFIRM, CONFIRM, CREATE] as const;
const POLL_MS = 25;
const PATIENCE_MS = 4_000;
const PATIENCE_UNMET_MS = 12_000;

/** Hits the next calls of that route. The simulator counts the calls that it hit. */
function injected(action: FaultAction, times: readonly [number, number]): Fault {
  return async ({ simulator }, random) => {
    const match = { method: 'POST', route: pick(random, ROUTES) };
    const fault = await simulator.control.faults({ match, action, times: between(random, ...times) });
    return untilFired(simulator, fault.id);
  };
}

/** A fault that no call met would strike at the end of the schedule, when the weather must be fair. */
async function untilFired(simulator: World['simulator'], id: string): Promise<Hits> {
  const began_ms = performance.now();
  for (;;) {
    const fault = (await simulator.control.listFaults()).find((each) => each.id === id);
    const fired = fault?.fired ?? 0;
    const most_ms = fired > 0 ? PATIENCE_MS : PATIENCE_UNMET_MS;
    const isSpent = fault === undefined || fired >= fault.times;
    if (isSpent || performance.now() - began_ms > most_ms) return () => fired;
    await wait(POLL_MS);
  }
}

function through(
  { proxies: { stripe } }: World,
  random: Random,
  weather: ProxyWeather,
  count: keyof ProxyCounts,
): Promise<Hits> {
  return inWeather(stripe, weather, count, (met) => {
    // Open connections would never notice that new ones are refused.
    if (weather.kind === 'refuse') stripe.cut();
    return holdUntilMet(met, between(random, HOLD_MS / 2, HOLD_MS));
  });
}

export const stripeFaults = {
  stripe_cut: ({ proxies }) => untilHit(() => proxies.stripe.cut()),
  stripe_refused: (world, random) => through(world, random, { kind: 'refuse' }, 'refused'),
  stripe_requests_lost: (world, random) => through(world, random, { kind: 'blackhole' }, 'swallowed_bytes'),
  stripe_replies_dropped: (world, random) =>
    through(world, random, { kind: 'drop_replies' }, 'swallowed_bytes'),
  stripe_delayed: async (world, random) => {
    const met = await through(world, random, { kind: 'delay', ms: DELAY_MS }, 'delayed_chunks');
    await wait(DELAY_MS);
    return met;
  },
  stripe_cut_in_answer: (world, random) => {
    const how = pick(random, ['reset', 'end'] as const);
    return through(world, random, { kind: 'cut_after', bytes: random.below(ANSWER_BYTES), how }, 'cut');
  },
  stripe_500_rolled_back: injected({ type: 'status', status: 500, effect: 'none' }, [1, 3]),
  stripe_500_rolled_forward: injected({ type: 'status', status: 500, effect: 'commit' }, [1, 3]),
  // When it answers, the result is still open: the simulator rolls it forward by itself, later.
  stripe_500_neither: injected({ type: 'status', status: 500, effect: 'later', later_ms: 1_500 }, [1, 3]),
  stripe_409: injected({ type: 'status', status: 409, effect: 'none' }, [1, 4]),
  stripe_429_storm: injected({ type: 'rate_limit' }, [6, 15]),
  stripe_lock_timeout: injected({ type: 'lock_timeout' }, [1, 4]),
  stripe_401: injected({ type: 'status', status: 401, effect: 'none' }, [1, 3]),
  stripe_html_502: (world, random) =>
    injected({ type: 'html_502', effect: pick(random, ['none', 'commit']) }, [1, 3])(world, random),
  stripe_truncated_body: injected({ type: 'partial_body' }, [1, 3]),
  stripe_answer_lost: (world, random) =>
    injected({ type: pick(random, ['reset_before', 'reset_after', 'reset_after']) }, [1, 3])(world, random),
  stripe_never_answers: injected({ type: 'hang_after' }, [1, 3]),
} as const satisfies Record<string, Fault>;
