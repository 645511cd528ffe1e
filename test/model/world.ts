/** A customer's charges, everyone who touches them, and Stripe: the project's own billing functions over rows in memory. */
import { advance } from '../../src/billing/advance.ts';
import type { Dependencies } from '../../src/billing/dependencies.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { productionTimings } from '../../src/platform/timings.ts';
import { insertInboxEvents } from '../../src/store/door/inbox-intake.ts';
import { projectEvent } from '../../src/stripe/events/event.ts';
import { isFollowed } from '../../src/stripe/events/followed-events.ts';
import { type Choice, noteChoice, noteChoices, type Woken } from './choices.ts';
import { createDispatcher, type Dispatcher } from './dispatcher.ts';
import { createModelLeases, type ModelLeases } from './leases.ts';
import type { Without } from './mutants.ts';
import { type Mailed, planMail } from './people/mails.ts';
import { type Cues, createStage, OWN, type Setting, type Stage } from './stage.ts';
import { modelChargeStatements, modelSql } from './statements/database.ts';
import { endLinkOf } from './statements/live-recovery.ts';
import { CUSTOMER_ID, chargeRow, customerRow } from './statements/rows.ts';
import { createTables, keptState, modelledKinds, type State, type Tables } from './statements/tables.ts';
import { untold } from './statements/untold.ts';
import type { StripeEvent } from './stripe/stripe-intents.ts';
import { watchExecution, watchSending } from './watch.ts';
import { type Withdrawal, watchIntake } from './withdrawals.ts';

/** The charge that every world begins with, and others of its customer. */
export const CHARGE = 'chg_model';
export const SECOND = 'chg_second';
export const THIRD = 'chg_third';
/** The customer's second method on file. */
export const OTHER = 'pm_other';

export type World = Stage &
  Mailed & {
    readonly tables: Tables;
    readonly deps: Dependencies;
    readonly leases: ModelLeases;
    /** Called with each recovery that opens. */
    invited: (recovery_id: string) => void;
    /** Called when something that may let a confirm go waits, for locks or for its pace. */
    awaited: () => void;
    /** Called when a confirm is on its way and its sender's lease has run out. */
    outlived: () => void;
    /**
     * PaymentIntents that a late request reached long after its decision: nobody can say any more who did what to them.
     */
    readonly disturbed: Set<string>;
    /** What was withdrawn and answered, and is still known. */
    withdrawals: Withdrawal[];
    /** What was withdrawn in a span whose rows are lost, and has not been entered again. */
    lost_withdrawals: Withdrawal[];
    /** Nobody has a database. */
    is_down: boolean;
    /** When rows were lost last. */
    lost_ms: number | null;
    /** Why a person may be needed in this world: something that no rule can decide. */
    readonly oddities: Set<string>;
    /** The database before anything was asked for. */
    readonly born: State;
    /** Called when a loss is noted. */
    lossNoted: () => void;
    /** Looks at every row anew: the database is another one. */
    offerAll: () => void;
    /** What the merchant has posted and was answered 202, by key. */
    readonly accepted: Map<string, Asked>;
    /** The charges that the merchant has asked to cancel. */
    readonly cancels: Set<string>;
    /** When the merchant asked for a try, by charge, and when the answer came. */
    readonly retries: Map<string, readonly { readonly from_ms: number; readonly to_ms: number }[]>;
    /** What customers have preferred and charges have kept, by id; the newest last. */
    readonly choices: Map<string, readonly Choice[]>;
    readonly woken: Map<string, readonly Woken[]>;
  };

/** A world in which one charge has just been accepted; so far only the workers act in it. */
export function createWorld(setting: Setting, without: Without): World {
  const stage = createStage(
    setting,
    cuesOf(() => world),
  );
  const { scheduler, random, strikes, statement } = stage;
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
  const parked = (charge_id: string) =>
    scheduler.at(scheduler.now_ms() + REVIEW_MS, () => endLinkOf(tables, charge_id));
  const tables = createTables({
    main: CHARGE,
    now_ms: scheduler.now_ms,
    changed: dispatcher.changed,
    inserted: (kind, row) => {
      if (kind === 'recovery') world.invited(row.id);
      if (kind === 'charge') watchIntake(world, row.id);
    },
    lossNoted: () => world.lossNoted(),
    parked: (charge_id) => scheduler.at(scheduler.now_ms() + REVIEW_MS, () => endLinkOf(tables, charge_id)),
    moved: stage.moments.come,
    chosen: (id, payment_method_id) => noteChoice(world, id, payment_method_id),
    woken: (charge_id, payment_method_id) => noteWoken(world, charge_id, payment_method_id),
    announced: (notice) => planMail(world, notice),
    count: stage.count,
    violate: stage.violate,
    without,
  });
  addMethods(tables, setting);
  const leases = createModelLeases({ scheduler, tables, statement, strikes, timings });
  const world: World = {
    ...stage,
    tables,
    deps: depsOf(stage, tables, leases, { offer: dispatcher.offer, awaited: () => world.awaited() }),
    leases,
    ...nothingYet(),
    born: keptState(tables),
    offerAll: () => offerAll(tables, dispatcher.changed, parked),
  };
  noteChoices(world);
  for (const what of ['debit', 'bills'] as const) if (setting[what]) stage.count(what);
  if (setting.skew_s !== 0) stage.count('skewed');
  askFirst(world);
  return world;
}

function askFirst({ tables, setting, count }: World): void {
  const { key, ...first } = firstCharge();
  const { follows: follows_customer, terms } = setting;
  if (follows_customer) count('charge_follows');
  if (terms?.early_mail === true) count('told_early');
  if (terms?.on_expiry === 'release') count('released');
  tables.insert('charge', Object.assign(chargeRow(CHARGE, tables.now()), first, { follows_customer, terms }));
  tables.keys.set(`${ROUTE} ${key}`, {
    entity_id: CHARGE,
    status_code: 202,
    request_hash: first.request_hash,
  });
}

/** What a charge was woken for. */
function noteWoken({ woken, scheduler }: World, charge_id: string, payment_method_id: string): void {
  const known = woken.get(charge_id) ?? [];
  woken.set(charge_id, [...known, { at_ms: scheduler.now_ms(), payment_method_id }]);
}

/** A customer with two methods, each under its own consent. */
function addMethods(
  { rows, methods, consents }: Tables,
  { debit, announced, other_max_charges }: Setting,
): void {
  rows.customer.set(CUSTOMER_ID, customerRow(OWN));
  const own = { id: 'cns_model', max_charges: null };
  const other = { id: 'cns_other', max_charges: other_max_charges };
  for (const each of [own, other])
    consents.set(each.id, { ...each, frequency: 'recurring', revoked_at: null });
  const card = { type: 'card', state: 'usable', exp_year: 2_030, renewed_at: null } as const;
  const type = !debit ? 'card' : announced ? 'sepa_debit' : 'us_bank_account';
  methods.set(OWN, { ...card, id: OWN, type, consent_id: own.id });
  methods.set(OTHER, { ...card, id: OTHER, consent_id: other.id });
}

/** What a request for a charge says, and under which key. */
export type Asked = { readonly key: string; readonly reference: string; readonly amount_minor: number };

export const ROUTE = 'POST /v1/charges';

function firstCharge() {
  const asked = askedFor(CHARGE);
  return { ...asked, request_hash: hashOf(asked) };
}

/** The request for a charge as its merchant first made it. */
export function askedFor(id: string): Asked {
  return { key: id, reference: `ref_${id}`, amount_minor: 4_200 };
}

const hashes = new Map<number, Buffer>();

/** What stands for the canonical text of a request: here it differs in its amount only. */
export function hashOf({ amount_minor }: Asked): Buffer {
  const known = hashes.get(amount_minor) ?? Buffer.from(String(amount_minor));
  hashes.set(amount_minor, known);
  return known;
}

function offerAll(
  { rows }: Tables,
  changed: Dispatcher['changed'],
  parked: (charge_id: string) => void,
): void {
  for (const { id, state } of rows.charge.values()) if (state === 'needs_review') parked(id);
  for (const kind of modelledKinds) for (const row of rows[kind].values()) changed(kind, row);
}

/** What is known of a world in which nothing has happened yet. */
function nothingYet(): Omit<World, keyof Stage | 'tables' | 'deps' | 'leases' | 'born' | 'offerAll'> {
  return {
    invited: () => {},
    awaited: () => {},
    outlived: () => {},
    lossNoted: () => {},
    disturbed: new Set(),
    withdrawals: [],
    lost_withdrawals: [],
    is_down: false,
    lost_ms: null,
    oddities: new Set(),
    accepted: new Map([[CHARGE, askedFor(CHARGE)]]),
    cancels: new Set(),
    retries: new Map(),
    ...{ choices: new Map(), woken: new Map() },
    ...{ mailed: [], ended_ms: null },
  };
}

function cuesOf(world: () => World): Cues {
  return {
    webhook: (event) => receive(world(), event),
    sending: (request, sender) => watchSending(world(), request, sender),
    executing: (request, intent, way) => watchExecution(world(), request, intent, way),
    awaited: () => world().awaited(),
    outlived: () => world().outlived(),
    isDown: () => world().is_down,
    keep: (process, waiting) => world().leases.keep(process, waiting),
    sleep: (process, ms) => world().leases.sleep(process, ms),
  };
}

function depsOf(
  { scheduler, random, strikes, statement, wire }: Stage,
  tables: Tables,
  leases: ModelLeases,
  around: Pick<Dependencies, 'offer'> & { readonly awaited: () => void },
): Dependencies {
  const charges = modelChargeStatements({ scheduler, tables, statement });
  return {
    ...RESTING,
    sql: modelSql(tables, statement),
    charges,
    chargesNow: charges,
    stripe: wire.client,
    leases,
    pacer: {
      acquire: (_endpoint, _lane, signal) => {
        if (!strikes('pace_wait')) return atOnce(signal);
        around.awaited();
        return leases.wait(random.between(0, PACE_WAIT_MS), signal);
      },
      backOff: silence,
    },
    offer: around.offer,
  };
}

/** How long a charge waits for a person; what they do ends its link. */
const REVIEW_MS = 6 * 3_600_000;
const PACE_WAIT_MS = 40_000;

async function atOnce(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
}

/** What the webhook's route does: keep the event if it may change something, and offer it. */
async function receive({ deps, is_down }: World, event: StripeEvent): Promise<void> {
  if (is_down) return;
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
const RESTING: Pick<
  Dependencies,
  'newest' | 'instance' | 'timings' | 'policies' | 'recovery' | 'deliveries' | 'notify' | 'log' | 'metrics'
> = {
  newest: { row: silence, request: silence, read: () => [], isWitness: () => true, looked: silence },
  instance: { id: 'ins_model', deriveKey: Buffer.alloc(32), livemode: false },
  timings: { ...productionTimings, debitNotice: { sent_by: 'us', days: { sepa_debit: 2 } } },
  policies: { refund_on_fraud_warning: false },
  ...untold,
  log: silentLog,
  // One for all schedules: creating a registry millions of times is too expensive.
  metrics: createMetrics(),
};
