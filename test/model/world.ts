/** One charge, everybody who touches it, and Stripe: the project's own billing functions over a world in memory. */
import { advance } from '../../src/billing/advance.ts';
import type { Dependencies } from '../../src/billing/dependencies.ts';
import { productionTimings } from '../../src/platform/timings.ts';
import { insertInboxEvents } from '../../src/store/inbox-intake.ts';
import { projectEvent } from '../../src/stripe/event.ts';
import { createDatabase, type Database } from './database.ts';
import { createDispatcher } from './dispatcher.ts';
import { type Fault, type Faults, noFaults } from './faults.ts';
import { createModelLeases } from './leases.ts';
import type { Without } from './mutants.ts';
import { type Random, randomOf } from './random.ts';
import { chargeRow } from './rows.ts';
import { createScheduler, type Process, type Scheduler } from './scheduler.ts';
import { createStripeApi, type StripeRequest } from './stripe-api.ts';
import { type Bank, createBank, type Intent, type StripeEvent, type Temper } from './stripe-intents.ts';
import { createTables, EPOCH_MS, type Tables } from './tables.ts';
import { createWire, type Wire } from './wire.ts';

export const CHARGE = 'chg_model';
export const INSTANCE = 'ins_model';

export type Setting = {
  readonly seed: number;
  readonly faults: Faults;
  /** From here on nothing goes wrong any more. */
  readonly calm_at_ms: number;
  readonly temper: Temper;
  /** The charge's own method is a bank account: answers come days later. */
  readonly debit: boolean;
  readonly confirms_max: number;
  readonly without: Without;
  readonly trace: ((line: string) => void) | null;
};

export type World = {
  readonly setting: Setting;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly tables: Tables;
  readonly database: Database;
  readonly bank: Bank;
  readonly wire: Wire;
  readonly deps: Dependencies;
  /** Methods that Stripe does not know any more. */
  readonly gone: Set<string>;
  /** How often each fault struck and each actor acted. */
  readonly counts: Map<string, number>;
  readonly violations: string[];
  /** The largest number of confirms that one PaymentIntent saw. */
  confirms: number;
  /** Told of each recovery that opens. */
  invited: (recovery_id: string) => void;
  count(name: string): void;
  /** Null where nobody listens. */
  readonly trace: ((what: string) => void) | null;
  violate(name: string, what: string): void;
};

/** A world in which one charge has just been accepted. */
export function createWorld(setting: Setting): World {
  const random = randomOf(setting.seed);
  const counts = new Map<string, number>();
  const violations: string[] = [];
  const count = (name: string) => void counts.set(name, (counts.get(name) ?? 0) + 1);
  const { trace: listen } = setting;
  const trace =
    listen === null ? null : (what: string) => listen(`${clock(scheduler.now_ms())} ${what}`);
  const violate = (name: string, what: string) => {
    trace?.(`VIOLATION ${name} ${what}`);
    violations.push(`${name}: ${what}`);
  };
  const scheduler = createScheduler((process, error) => {
    trace?.(`${process.name} ends in ${String(error)}`);
    if (isDefect(error)) violate('exception', `${process.name} ${String(error)}`);
  });
  const faultsNow = () => (scheduler.now_ms() < setting.calm_at_ms ? setting.faults : noFaults);
  const strikes = (fault: Fault) => {
    const struck = random.chance(faultsNow()[fault]);
    if (struck) {
      count(fault);
      trace?.(`fault ${fault}`);
    }
    return struck;
  };
  const dispatcher = createDispatcher({
    scheduler,
    random,
    timings: productionTimings,
    strikes,
    tables: () => tables,
    startJob: (kind, id, delay_ms) => {
      jobs += 1;
      scheduler.spawn(`${kind} job ${jobs}`, delay_ms, () => advance(deps, kind, [id]));
    },
  });
  let jobs = 0;
  const tables = createTables({
    now_ms: scheduler.now_ms,
    changed: (kind, row) => {
      dispatcher.changed(kind, row);
      if (kind !== 'recovery' || invited.has(row.id)) return;
      invited.add(row.id);
      world.invited(row.id);
    },
    violate,
    without: setting.without,
  });
  const recovery_ms = productionTimings.recoveryDays * 86_400_000;
  const base = { scheduler, tables, random, strikes } as const;
  const standStill = (process: Process) => {
    const ms = stillness(random);
    const asleep = random.chance(0.4);
    count(asleep ? 'asleep' : 'stopped');
    if (asleep) leases.sleep(process, ms);
    return ms;
  };
  const database = createDatabase({ ...base, recovery_ms, standStill, trace });
  const leases = createModelLeases({ ...base, database, timings: productionTimings });
  const at = (delay_ms: number, happen: () => void) => scheduler.at(scheduler.now_ms() + delay_ms, happen);
  const now_s = () => Math.floor((EPOCH_MS + scheduler.now_ms()) / 1_000);
  const bank = createBank({
    random,
    now_s,
    at,
    told: (event, intent) => tellWebhook(world, event, intent, strikes),
    temper: setting.temper,
    isDebit: (method) => setting.debit && method === 'pm_own',
    confirms_max: setting.confirms_max,
  });
  const invited = new Set<string>();
  const gone = new Set<string>();
  const api = createStripeApi({
    bank,
    random,
    now_ms: scheduler.now_ms,
    at,
    strikes,
    confirming: (request, intent) => noteConfirm(world, request, intent),
    isGone: (method) => gone.has(method),
  });
  const wire = createWire({
    scheduler,
    api,
    random,
    strikes,
    timeout_ms: productionTimings.stripeTimeoutMs,
    keep: leases.keep,
    standStill,
    sent: (request, process) => {
      trace?.(`${process.name}: to Stripe ${request.op} ${request.id ?? ''} ${request.key ?? ''}`);
      if (request.op === 'confirm') known_at_ms.set(request, process.knows_at_ms);
    },
  });
  const deps = dependenciesOf({ database, wire, leases, offer: dispatcher.offer });
  const world: World = {
    setting,
    scheduler,
    random,
    tables,
    database,
    bank,
    wire,
    deps,
    gone,
    counts,
    violations,
    confirms: 0,
    invited: () => {},
    count,
    trace,
    violate,
  };
  tables.methods.set('pm_own', { id: 'pm_own', type: setting.debit ? 'us_bank_account' : 'card', state: 'usable' });
  tables.insert('charge', chargeRow(CHARGE, tables.now()));
  return world;
}

/** How long a process stands still: seconds, hours, or longer than Stripe keeps a key. */
function stillness(random: Random): number {
  const share = random.fraction();
  if (share < 0.5) return random.between(0, MINUTE_MS);
  return share < 0.75 ? random.between(0, DAY_MS / 8) : random.between(20 * HOUR_MS, 30 * HOUR_MS);
}

/** When the sender of a confirm last read the charge. */
const known_at_ms = new WeakMap<StripeRequest, number>();

/** A confirm that is executed must have been on its way before the wish to close was written. */
function noteConfirm(world: World, request: StripeRequest, intent: Intent): void {
  world.trace?.(`Stripe executes ${request.op} ${intent.id} ${request.key} (${intent.status})`);
  world.count('confirms');
  world.confirms = Math.max(world.confirms, intent.confirms + 1);
  const closed_at = world.tables.charge().close_requested_at;
  const knew_ms = known_at_ms.get(request);
  if (closed_at === null || knew_ms === undefined) return;
  if (closed_at.getTime() < EPOCH_MS + knew_ms) world.violate('confirm_after_close', String(request.key));
}

/** A failed assertion or an error of the language; an outage, a broken connection or a lost lease is no defect. */
function isDefect(error: unknown): boolean {
  if (error instanceof Error && error.name === 'AbortError') return false;
  const code = (error as { readonly code?: unknown }).code;
  return typeof code !== 'string' || code.startsWith('invariant_') || code === 'settle_contended';
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 86_400_000;

function tellWebhook(
  world: World,
  event: StripeEvent,
  intent: Intent,
  strikes: (fault: Fault) => boolean,
): void {
  world.trace?.(`Stripe: ${intent.id} is ${intent.status} (${event.id})`);
  const copies = strikes('webhook_duplicated') ? 2 : 1;
  for (let copy = 0; copy < copies; copy += 1) {
    if (strikes('webhook_lost')) continue;
    const delay_ms = strikes('webhook_late')
      ? world.random.between(0, 4 * DAY_MS)
      : world.random.fraction() ** 2 * MINUTE_MS;
    world.scheduler.spawn(`webhook ${event.id}`, delay_ms, () => receive(world, event));
  }
}

/** What the webhook's route does: keep the event, and offer it. */
async function receive({ deps }: World, event: StripeEvent): Promise<void> {
  const projected = projectEvent(event.json);
  if (projected === null) throw new Error('an event of the model cannot be read');
  const row = { ...projected, livemode: false };
  const [id] = await insertInboxEvents(deps.sql, [row], 'webhook');
  if (id !== undefined) await deps.offer('inbox_event', [id]);
}

function dependenciesOf(
  parts: Pick<Dependencies, 'leases' | 'offer'> & { readonly database: Database; readonly wire: Wire },
): Dependencies {
  const { database, wire } = parts;
  return {
    sql: database.sql,
    charges: database.charges,
    chargesNow: database.charges,
    stripe: wire.client,
    instance: { id: INSTANCE, deriveKey: Buffer.alloc(32), livemode: false },
    timings: productionTimings,
    leases: parts.leases,
    pacer: { acquire: async (_endpoint, _lane, signal) => signal.throwIfAborted(), backOff: () => {} },
    recovery: {
      link_key_ids: ['k1'],
      linkAddress: () => '',
      sendMail: async () => ({ kind: 'sent', code: 'ok' }),
      public_url: 'https://pay.test',
    },
    log: silentLog,
    offer: parts.offer,
  };
}

const silence = () => {};
const silentLog = {
  debug: silence,
  info: silence,
  warn: silence,
  error: silence,
  child: () => silentLog,
} as unknown as Dependencies['log'];

function clock(ms: number): string {
  const days = Math.floor(ms / DAY_MS);
  return `${days}d ${new Date(ms % DAY_MS).toISOString().slice(11, 23)}`;
}
