/** One charge, everyone who touches it, and Stripe: the project's own billing functions over rows in memory. */
import { advance } from '../../src/billing/advance.ts';
import type { Dependencies } from '../../src/billing/dependencies.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { productionTimings } from '../../src/platform/timings.ts';
import { insertInboxEvents } from '../../src/store/door/inbox-intake.ts';
import { projectEvent } from '../../src/stripe/events/event.ts';
import { isFollowed } from '../../src/stripe/events/followed-events.ts';
import { createDispatcher } from './dispatcher.ts';
import { createModelLeases, type ModelLeases } from './leases.ts';
import type { Without } from './mutants.ts';
import { createStage, type Setting, type Stage } from './stage.ts';
import { modelChargeStatements, modelSql } from './statements/database.ts';
import { chargeRow } from './statements/rows.ts';
import { createTables, type Tables } from './statements/tables.ts';
import type { StripeEvent } from './stripe/stripe-intents.ts';
import { watchExecution, watchSending } from './watch.ts';

export const CHARGE = 'chg_model';

export type World = Stage & {
  readonly tables: Tables;
  readonly deps: Dependencies;
  readonly leases: ModelLeases;
  /** Called with each recovery that opens. */
  invited: (recovery_id: string) => void;
  /**
   * PaymentIntents that a late request reached long after its decision: nobody can say any more who did what to them.
   */
  readonly disturbed: Set<string>;
};

/** A world in which one charge has just been accepted; so far only the workers act in it. */
export function createWorld(setting: Setting, without: Without): World {
  const stage = createStage(setting, {
    webhook: (event) => receive(world, event),
    sending: (request, sender) => watchSending(world, request, sender),
    executing: (request, intent, way) => watchExecution(world, request, intent, way),
    keep: (process, waiting) => leases.keep(process, waiting),
    sleep: (process, ms) => leases.sleep(process, ms),
  });
  const { scheduler, random, strikes, statement, wire } = stage;
  const timings = productionTimings;
  const dispatcher = createDispatcher({
    scheduler,
    random,
    timings,
    strikes,
    tables: () => tables,
    startJob: (kind, id, delay_ms) => {
      jobs += 1;
      scheduler.spawn(`${kind} job ${jobs}`, delay_ms, () => advance(world.deps, kind, [id]));
    },
  });
  let jobs = 0;
  const known = new Set<string>();
  const tables = createTables({
    now_ms: scheduler.now_ms,
    changed: (kind, row) => {
      dispatcher.changed(kind, row);
      if (kind !== 'recovery' || known.has(row.id)) return;
      known.add(row.id);
      world.invited(row.id);
    },
    moved: stage.moved,
    violate: stage.violate,
    without,
  });
  const leases = createModelLeases({ scheduler, tables, statement, strikes, timings });
  const recovery_ms = timings.recoveryDays * DAY_MS;
  const charges = modelChargeStatements({ scheduler, tables, statement, recovery_ms });
  const deps: Dependencies = {
    ...RESTING,
    sql: modelSql(tables, statement),
    charges,
    chargesNow: charges,
    stripe: wire.client,
    leases,
    pacer: {
      acquire: (_endpoint, _lane, signal) =>
        strikes('pace_wait') ? leases.wait(random.between(0, PACE_WAIT_MS), signal) : atOnce(signal),
      backOff: silence,
    },
    offer: dispatcher.offer,
  };
  const world: World = { ...stage, tables, deps, leases, invited: () => {}, disturbed: new Set() };
  if (setting.debit) stage.count('debit');
  if (setting.skew_s !== 0) stage.count('skewed');
  const type = setting.debit ? 'us_bank_account' : 'card';
  tables.methods.set('pm_own', { id: 'pm_own', type, state: 'usable' });
  tables.insert('charge', chargeRow(CHARGE, tables.now()));
  return world;
}

const DAY_MS = 86_400_000;
const PACE_WAIT_MS = 40_000;

async function atOnce(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
}

/** What the webhook's route does: keep the event if it may change something, and offer it. */
async function receive({ deps }: World, event: StripeEvent): Promise<void> {
  const projected = projectEvent(event.json);
  if (projected === null) throw new Error('an event of the model cannot be read');
  if (!isFollowed(projected.type)) return;
  const [id] = await insertInboxEvents(deps.sql, [{ ...projected, livemode: false }], 'webhook');
  if (id !== undefined) await deps.offer('inbox_event', [id]);
}

const silence = () => {};
const silentLog = {
  debug: silence,
  info: silence,
  warn: silence,
  error: silence,
  child: () => silentLog,
} as unknown as Dependencies['log'];

/** Dependencies that take no part in the protocol. */
const RESTING: Pick<Dependencies, 'newest' | 'instance' | 'timings' | 'recovery' | 'log' | 'metrics'> = {
  newest: { row: silence, request: silence, read: () => null, forget: silence },
  instance: { id: 'ins_model', deriveKey: Buffer.alloc(32), livemode: false },
  timings: productionTimings,
  recovery: {
    link_key_ids: ['k1'],
    linkAddress: () => '',
    setupLinkAddress: () => '',
    sendMail: async () => ({ kind: 'sent', code: 'ok' }),
    public_url: 'https://pay.test',
  },
  log: silentLog,
  // One for all schedules: creating a registry millions of times is too expensive.
  metrics: createMetrics(),
};
