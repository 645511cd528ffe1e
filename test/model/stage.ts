/** What every protocol runs on: virtual time, chance, Stripe, the network to it, and statements that can fail. */
import type { ChargeTerms } from '../../src/domain/charge/charge-terms.ts';
import { productionTimings } from '../../src/platform/timings.ts';
import type { Waiting } from './leases.ts';
import { createMoments, type Moments } from './moments.ts';
import { type Chance, type ChanceOptions, createChance } from './people/chance.ts';
import type { Random } from './people/random.ts';
import type { Process } from './scheduler.ts';
import { createSending, type Statement } from './stripe/sending.ts';
import { createStripeApi, type StripeRequest } from './stripe/stripe-api.ts';
import {
  type Bank,
  createBank,
  type Intent,
  type StripeEvent,
  type Temper,
} from './stripe/stripe-intents.ts';
import { createWire, type Wire } from './stripe/wire.ts';

/** Virtual time zero; any moment would do. */
export const EPOCH_MS = 1_790_000_000_000;

export type Setting = ChanceOptions & {
  readonly temper: Temper;
  /** The customer's charges name no method, and follow. */
  readonly follows: boolean;
  /** Three bills that follow, and a card that hardly ever pays. */
  readonly bills: boolean;
  /** How many charges the other card's consent covers; null for any number. */
  readonly other_max_charges: number | null;
  /** The charge's own method is a bank account: answers come days later. */
  readonly debit: boolean;
  /** That account's debits are announced: it is of a scheme that asks for it. */
  readonly announced: boolean;
  /** What the merchant rules for every charge; null: as usual. */
  readonly terms: ChargeTerms | null;
  /** How far Stripe's clock is ahead of the database's. */
  readonly skew_s: number;
  /** During the dark time hardly any confirm is answered; it lasts longer than Stripe keeps a key. */
  readonly dark: { readonly from_ms: number; readonly to_ms: number } | null;
  /** After this many confirms Stripe cancels the PaymentIntent by itself. */
  readonly confirms_max: number;
};

export type Stage = Chance & {
  readonly setting: Setting;
  readonly bank: Bank;
  readonly wire: Wire;
  readonly statement: Statement;
  readonly moments: Moments;
  /** Methods and customers that Stripe no longer knows. */
  readonly gone: Set<string>;
};

/** The way of a request to Stripe. */
export type Way = {
  /** When its sender last read anything before it left. */
  readonly knew_ms: number;
  readonly arrived_ms: number;
};

/** What the players on the stage hear of. */
export type Cues = {
  /** An event from Stripe reaches the webhook, perhaps for the second time. */
  readonly webhook: (event: StripeEvent) => Promise<void>;
  /** A request leaves. */
  readonly sending: (request: StripeRequest, sender: Process) => void;
  /** A confirm or a cancel is executed. */
  readonly executing: (request: StripeRequest, intent: Intent, way: Way) => void;
  /** Renews what a waiting process holds. */
  readonly keep: (process: Process, waiting: Waiting) => void;
  /** A statement waits for locks: somebody else is at work. */
  readonly awaited: () => void;
  /** A confirm is on its way, and its sender's lease has run out. */
  readonly outlived: () => void;
  /** Whether there is no database now. */
  readonly isDown: () => boolean;
  /** The machine of a process slept. */
  readonly sleep: (process: Process, ms: number) => void;
};

/** The method that every world begins with, as its customer's default. */
export const OWN = 'pm_own';
const GOOD: Temper = {
  ok: 0.9,
  authenticate: 0.03,
  issuer: 0.03,
  technical: 0.02,
  replace: 0.01,
  stop: 0.01,
};
const DEAD: Temper = { ok: 0.02, authenticate: 0.03, issuer: 0.5, technical: 0.05, replace: 0.4, stop: 0 };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** An empty stage at time zero. */
export function createStage(setting: Setting, cues: Cues): Stage {
  const basis = createChance(setting);
  const { scheduler, random, strikes, count, trace } = basis;
  const moments = createMoments(basis);
  const standStill = (process: Process, goOn: () => void) => {
    const isAsleep = random.chance(0.4);
    count(isAsleep ? 'asleep' : 'stopped');
    const from_ms = scheduler.now_ms();
    moments.late(stillness(random), () => {
      if (isAsleep) cues.sleep(process, scheduler.now_ms() - from_ms);
      goOn();
    });
  };
  const chance = { scheduler, random, strikes, standStill, late: moments.late } as const;
  const at = (delay_ms: number, happen: () => void) => scheduler.at(scheduler.now_ms() + delay_ms, happen);
  const gone = new Set<string>();
  const bank = createBank({
    random,
    at,
    now_ms: scheduler.now_ms,
    now_s: () => Math.floor((EPOCH_MS + scheduler.now_ms()) / 1_000) + setting.skew_s,
    told: (event, intent) => {
      trace?.(`Stripe: ${intent.id} is ${intent.status} (${event.id})`);
      carry(chance, event, cues.webhook);
    },
    strikes,
    temper: (method) => (!setting.bills ? setting.temper : method === OWN ? DEAD : GOOD),
    isDebit: (method) => setting.debit && method === OWN,
    confirms_max: setting.confirms_max,
  });
  const ways = new WeakMap<StripeRequest, { knew_ms: number }>();
  const api = createStripeApi({
    bank,
    random,
    now_ms: scheduler.now_ms,
    at,
    late: moments.late,
    strikes,
    count,
    executing: (request, intent, arrived_ms) => {
      trace?.(`Stripe executes ${request.op} ${intent.id} ${request.key} (${intent.status})`);
      const { knew_ms = arrived_ms } = ways.get(request) ?? {};
      cues.executing(request, intent, { knew_ms, arrived_ms });
    },
    isGone: (id) => gone.has(id),
  });
  const wire = createWire({
    ...chance,
    api,
    timeout_ms: productionTimings.stripeTimeoutMs,
    keep: cues.keep,
    isDark: () => isDark(setting, basis),
    outlived: cues.outlived,
    lease_ms: productionTimings.leaseMs,
    sent: (request, process) => {
      trace?.(`${process.name}: to Stripe ${request.op} ${request.id ?? ''} ${request.key ?? ''}`);
      if (request.key === null) return;
      cues.sending(request, process);
      ways.set(request, { knew_ms: process.knows_at_ms });
    },
  });
  const statement = createSending({ ...chance, awaited: cues.awaited, isDown: cues.isDown, trace });
  return { ...basis, setting, bank, wire, statement, moments, gone };
}

function isDark({ dark }: Setting, { scheduler, random, count }: Chance): boolean {
  const now_ms = scheduler.now_ms();
  if (dark === null || now_ms < dark.from_ms || now_ms > dark.to_ms || !random.chance(0.97)) return false;
  count('dark');
  return true;
}

/** How long a process stands still: seconds, hours, or longer than Stripe keeps a key. */
function stillness(random: Random): number {
  const share = random.fraction();
  if (share < 0.5) return random.between(0, MINUTE_MS);
  return share < 0.7 ? random.between(0, 3 * HOUR_MS) : random.between(20 * HOUR_MS, 30 * HOUR_MS);
}

/** Webhooks come late, twice or never, and in any order. */
function carry(
  {
    scheduler,
    random,
    strikes,
    late,
  }: Pick<Stage, 'scheduler' | 'random' | 'strikes'> & Pick<Moments, 'late'>,
  event: StripeEvent,
  webhook: Cues['webhook'],
): void {
  const copies = strikes('webhook_duplicated') ? 2 : 1;
  for (let copy = 0; copy < copies; copy += 1) {
    if (strikes('webhook_lost')) continue;
    const bring = (delay_ms: number) => scheduler.spawn('webhook', delay_ms, () => webhook(event));
    if (strikes('webhook_late')) late(random.between(0, 4 * DAY_MS), () => bring(0));
    else bring(random.fraction() ** 2 * MINUTE_MS);
  }
}
