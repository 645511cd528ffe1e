/**
 * How other systems charge exactly once, or mean to: on the same stage, under the same faults, with a queue that
 * delivers at least once and webhooks that are applied. None of them knows recoveries, so no customer and no merchant
 * acts.
 */
import { createStage, type Setting, type Stage } from './stage.ts';
import type { StripeRequest } from './stripe/stripe-api.ts';
import type { Json } from './stripe/stripe-intents.ts';

export const rivals = {
  'fresh key per run': freshKey,
  'key per job attempt': keyPerAttempt,
  'one constant key': constantKey,
  'list by metadata when unknown': listWhenUnknown,
} as const satisfies Readonly<Record<string, (stage: Stage, ledger: Ledger) => Promise<void>>>;
export type Rival = keyof typeof rivals;

type Ledger = {
  state: 'queued' | 'succeeded' | 'failed';
  /** Runs of the job that were counted. */
  number: number;
  lease_until_ms: number;
  attempt: { readonly number: number; readonly at_ms: number } | null;
  readonly told: string[];
};

export type RivalResult = {
  readonly double: boolean;
  readonly contradicts: boolean;
  readonly told_contradiction: boolean;
  readonly unsettled: boolean;
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ATTEMPTS_MAX = 3;
const STEPS_MAX = 20_000;
const LEASE_MS = 60_000;
const KEY_MS = 23 * HOUR_MS;

/** Runs one schedule of a rival. */
export async function runRival(rival: Rival, setting: Setting): Promise<RivalResult> {
  const ledger: Ledger = { state: 'queued', number: 0, lease_until_ms: 0, attempt: null, told: [] };
  const stage: Stage = createStage(setting, {
    webhook: async (event) => {
      if (event.json.type === 'payment_intent.succeeded')
        await stage.statement('webhook', () => tell(ledger, 'succeeded'));
    },
    sending: () => {},
    executing: () => {},
    keep: () => {},
    awaited: () => {},
    outlived: () => {},
    isDown: () => false,
    sleep: () => {},
  });
  planJobs(stage, () => rivals[rival](stage, ledger));
  await stage.scheduler.run(STEPS_MAX);
  const succeeded = [...stage.bank.intents.values()].reduce((sum, intent) => sum + intent.succeeded, 0);
  return {
    double: succeeded > 1,
    contradicts: ledger.state !== 'queued' && (ledger.state === 'succeeded') !== succeeded > 0,
    told_contradiction: ledger.told.length > 1,
    unsettled: ledger.state === 'queued',
  };
}

/** The job, its duplicates, the sweeper's pokes over days, and some more once nothing goes wrong any more. */
function planJobs({ scheduler, random, setting }: Stage, work: () => Promise<void>): void {
  const job = (at_ms: number) => void scheduler.spawn('job', at_ms, work);
  job(random.between(0, 100));
  for (let duplicates = random.below(4); duplicates > 0; duplicates -= 1) job(random.between(0, 90_000));
  for (let poke = 1; poke <= 10; poke += 1) job(60_000 + poke * 12 * HOUR_MS * 1.2 * random.fraction());
  for (let poke = 1; poke <= 8; poke += 1) job(Math.max(setting.calm_at_ms, 6 * DAY_MS) + poke * DAY_MS);
}

function tell(ledger: Ledger, state: 'succeeded' | 'failed'): void {
  if (ledger.state === 'succeeded' || ledger.state === state) return;
  ledger.state = state;
  ledger.told.push(state);
}

async function freshKey(stage: Stage, ledger: Ledger): Promise<void> {
  const number = await stage.statement('count', () => (ledger.state === 'queued' ? ++ledger.number : 0));
  if (number > 0) await charge(stage, ledger, `run-${stage.random.fraction()}`);
}

async function keyPerAttempt(stage: Stage, ledger: Ledger): Promise<void> {
  const number = await stage.statement('count', () => (ledger.state === 'queued' ? ++ledger.number : 0));
  if (number > 0) await charge(stage, ledger, `charge-${number}`);
}

async function constantKey(stage: Stage, ledger: Ledger): Promise<void> {
  const isOpen = await stage.statement('read', () => ledger.state === 'queued');
  if (isOpen) await charge(stage, ledger, 'charge', ATTEMPTS_MAX);
}

/** Writes ahead, holds a lease, repeats the key, and when the key is too old checks the list for a payment. */
async function listWhenUnknown(stage: Stage, ledger: Ledger): Promise<void> {
  const { scheduler, statement } = stage;
  const attempt = await statement('claim', () => {
    if (ledger.state !== 'queued' || ledger.lease_until_ms > scheduler.now_ms()) return null;
    ledger.lease_until_ms = scheduler.now_ms() + LEASE_MS;
    ledger.attempt ??= { number: ++ledger.number, at_ms: scheduler.now_ms() };
    return ledger.attempt;
  });
  if (attempt === null) return;
  if (scheduler.now_ms() - attempt.at_ms < KEY_MS) return charge(stage, ledger, `charge-${attempt.number}`);
  const heard = await stage.wire.send({ op: 'list', id: null, key: null, params: {} });
  if (heard.status !== 200) return;
  const intents = (heard.body as { readonly data: readonly Json[] }).data;
  const next = await statement('listed', () => {
    if (intents.some(({ status }) => status === 'succeeded')) tell(ledger, 'succeeded');
    if (ledger.state !== 'queued') return null;
    ledger.attempt = { number: ++ledger.number, at_ms: scheduler.now_ms() };
    return ledger.attempt;
  });
  if (next !== null) await charge(stage, ledger, `charge-${next.number}`);
}

/** Creates and confirms in one call, and interprets the answer. */
async function charge(stage: Stage, ledger: Ledger, key: string, used = ledger.number): Promise<void> {
  const params = {
    customer: 'cus_model',
    metadata: {},
    payment_method: 'pm_own',
    off_session: 'true',
    confirm: true,
  };
  const request: StripeRequest = { op: 'create', id: null, key, params };
  const { status, body } = await stage.wire.send(request);
  await stage.statement('settle', () => {
    if (status === 200) {
      if (body?.status === 'succeeded') tell(ledger, 'succeeded');
    } else if (status === 402) {
      const code = (body?.error as { readonly code?: string } | undefined)?.code;
      if (code === 'authentication_required' || used >= ATTEMPTS_MAX) tell(ledger, 'failed');
    } else return;
    ledger.attempt = null;
    ledger.lease_until_ms = 0;
  });
}
