/**
 * The rows of a world, in memory. Whatever could be lost with the database is in one state, which can be kept and put
 * back (`lost-rows.ts`).
 */
import type { Attempt } from '../../../src/domain/charge/charge.ts';
import type { Rows } from '../../../src/store/work/obligations.ts';
import type { Without } from '../mutants.ts';
import { EPOCH_MS } from '../stage.ts';
import type { VerdictRow } from './card-verdicts.ts';
import type { NoticeRow } from './debit-statements.ts';
import { letCardsGo } from './live-recovery.ts';
import { copies } from './rows.ts';
import { oweWaking } from './waking-statements.ts';
import { guard, guardAttempts, isGuarded, refuse, tell } from './walls.ts';

/** Kinds of rows that have a worker in the model. The customer is bound; mails and detachings are free. */
export const modelledKinds = ['charge', 'recovery', 'inbox_event', 'customer'] as const;
export type ModelledKind = (typeof modelledKinds)[number];

export type AttemptRow = Attempt & {
  readonly stripe_payment_intent_id: string;
  readonly ended_at: Date | null;
};

export type Method = {
  readonly id: string;
  readonly type: string;
  readonly state: 'usable' | 'unusable' | 'withdrawn' | 'detaching';
  /** Null for a card that was saved for one charge. */
  readonly consent_id: string | null;
  readonly exp_year: number;
  readonly renewed_at: Date | null;
};

/** Off-session, with evidence. */
export type Consent = {
  readonly id: string;
  readonly frequency: 'recurring' | 'one_time';
  readonly max_charges: number | null;
  readonly revoked_at: Date | null;
};

/** A setup that a recovery asked for, once its card is saved: Checkout itself is not modelled. */
export type NewCardRow = {
  readonly recovery_id: string;
  readonly charge_id: string;
  readonly payment_method_id: string;
  readonly is_accepted: boolean;
  readonly saved_at: Date;
};

/** An open break: what a person has to look at. */
export type BreakRow = {
  readonly kind: string;
  readonly entity_id: string;
  readonly stripe_id: string | null;
};

/** What an Idempotency-Key stands for. */
export type KeyRow = {
  readonly entity_id: string;
  readonly status_code: number;
  readonly request_hash: Buffer;
};

/** All that a database knows. Rows and lists are replaced, never changed, so what was read stays what it was. */
export type State = {
  rows: { readonly [K in ModelledKind]: Map<string, Rows[K]> };
  /** Of each charge, newest last. */
  attempts: Map<string, readonly AttemptRow[]>;
  /** In the order in which they came. */
  methods: Map<string, Method>;
  consents: Map<string, Consent>;
  verdicts: Map<string, VerdictRow>;
  /** Of each charge, newest last. */
  notices: Map<string, readonly NoticeRow[]>;
  /** Newest last. */
  newCards: readonly NewCardRow[];
  /** Since when the kill switch is on. */
  paused_at: Date | null;
  /** The newest loss that is known, and whether somebody has to speak for what was withdrawn in its span. */
  lost_at: Date | null;
  withdrawals_due: boolean;
  /** Null: in truth the janitor walks Stripe's events every half minute; after a loss the time at which it last did. */
  events_read_at: Date | null;
  sweeps: Map<string, { due_at_ms: number; cursor: string | null }>;
  breaks: Map<string, BreakRow>;
  keys: Map<string, KeyRow>;
  /** What the merchant was told about each charge, in order. */
  told: Map<string, readonly string[]>;
};

export type Violate = (name: string, what: string) => void;

export type Tables = State & {
  now(): Date;
  /** A charge that must be there; by default the one that every world begins with. */
  charge(id?: string): Rows['charge'];
  attemptsOf(charge_id: string): readonly AttemptRow[];
  toldOf(charge_id: string): readonly string[];
  /** Changes a row as one statement does: guards first, then the row, then its waiters. */
  write<K extends ModelledKind>(kind: K, id: string, patch: Partial<Rows[K]>): Rows[K];
  insert<K extends ModelledKind>(kind: K, row: Rows[K]): void;
  /** Replaces a charge's attempts, with the guards of `charge_attempts`. */
  writeAttempts(charge_id: string, attempts: readonly AttemptRow[]): void;
  /** When a loss was noted first; no loss takes it away. */
  noticed_at: Date | null;
  /** Notes a loss, as `note_loss()` does; true if it is news. */
  noteLoss(seen_at: Date | null, stops: boolean): boolean;
  setMethod(id: string, patch: Partial<Method>): void;
  writeBreak(row: BreakRow): void;
  readonly count: (name: string) => void;
  /** A notice was written, and owes a mail. */
  readonly announced: (notice: NoticeRow) => void;
  /** A charge was made due for this method. */
  readonly woken: (charge_id: string, payment_method_id: string) => void;
  readonly violate: Violate;
  readonly without: Without;
};

export type TablesOptions = {
  /** The charge that every world begins with. */
  readonly main: string;
  readonly now_ms: () => number;
  readonly changed: (kind: ModelledKind, row: Rows[ModelledKind]) => void;
  readonly inserted: (kind: ModelledKind, row: Rows[ModelledKind]) => void;
  /** A loss was noted that turns charging off. */
  readonly lossNoted: () => void;
  /** A charge waits for a person. */
  readonly parked: (charge_id: string) => void;
  /** A charge or one of its attempts moved on. */
  readonly moved: () => void;
  /** What a customer's default is now, or what a charge keeps; null for none, and for one that follows. */
  readonly chosen: (id: string, payment_method_id: string | null) => void;
  readonly woken: (charge_id: string, payment_method_id: string) => void;
  readonly announced: (notice: NoticeRow) => void;
  readonly count: (name: string) => void;
  readonly violate: Violate;
  readonly without: Without;
};

const NONE: readonly never[] = [];
const ROWS_LOST: BreakRow = { kind: 'rows_lost', entity_id: 'ins_model', stripe_id: null };

/** A database before its first row. */
export function emptyState(): State {
  return {
    rows: { charge: new Map(), recovery: new Map(), inbox_event: new Map(), customer: new Map() },
    attempts: new Map(),
    methods: new Map(),
    consents: new Map(),
    verdicts: new Map(),
    notices: new Map(),
    newCards: NONE,
    paused_at: null,
    lost_at: null,
    withdrawals_due: false,
    events_read_at: null,
    sweeps: new Map(),
    breaks: new Map(),
    keys: new Map(),
    told: new Map(),
  };
}

/** A copy of all that the database knows now. */
export function keptState(state: State): State {
  const { rows, attempts, methods, consents, verdicts, notices, newCards, sweeps, breaks, keys, told } =
    state;
  const { paused_at, lost_at, withdrawals_due, events_read_at } = state;
  return {
    rows: {
      charge: new Map(rows.charge),
      recovery: new Map(rows.recovery),
      inbox_event: new Map(rows.inbox_event),
      customer: new Map(rows.customer),
    },
    attempts: new Map(attempts),
    methods: new Map(methods),
    consents: new Map(consents),
    verdicts: new Map(verdicts),
    notices: new Map(notices),
    newCards,
    ...{ paused_at, lost_at, withdrawals_due, events_read_at },
    sweeps: new Map(sweeps),
    breaks: new Map(breaks),
    keys: new Map(keys),
    told: new Map(told),
  };
}

/** Empty tables. */
export function createTables(options: TablesOptions): Tables {
  const { changed, violate, without } = options;
  // Above all that were ever drawn, in lives that were lost as well; the database's stride makes that all but certain.
  let drawn = 1;
  const tables: Tables = {
    ...emptyState(),
    ...{ noticed_at: null, violate, without, woken: options.woken, count: options.count },
    announced: options.announced,
    now: clockOf(options),
    charge: (id = options.main) => {
      const charge = tables.rows.charge.get(id);
      if (charge === undefined) throw new Error(`there is no charge ${id}`);
      return charge;
    },
    attemptsOf: (charge_id) => tables.attempts.get(charge_id) ?? NONE,
    toldOf: (charge_id) => tables.told.get(charge_id) ?? NONE,
    write: (kind, id, patch) => {
      const table: Map<string, Rows[typeof kind]> = tables.rows[kind];
      const old = table.get(id);
      if (old === undefined) throw new Error(`no ${kind} ${id}`);
      const row = Object.assign(copies[kind](old), patch);
      if (row.revision > old.revision) row.revision = ++drawn;
      if (row.lease_number > old.lease_number) row.lease_number = ++drawn;
      // Leases, offers and due times change most often, and no guard concerns them.
      if (isGuarded(patch)) guard(tables, kind, old, row);
      if (kind === 'customer') oweWaking(tables, old as Rows['customer'], row as Rows['customer']);
      table.set(id, row);
      noteChoice(options, kind, row, old);
      if (kind === 'charge' && old.state !== row.state) {
        tell(tables, id, old.state, row.state);
        options.moved();
        if (row.state === 'needs_review') options.parked(id);
      }
      changed(kind, row);
      if (kind === 'charge') letCardsGo(tables, id);
      return row;
    },
    insert: (kind, row) => {
      const table: Map<string, Rows[typeof kind]> = tables.rows[kind];
      if (table.has(row.id)) refuse(tables, 'duplicate_key', `${kind} ${row.id}`);
      Object.assign(row, { revision: ++drawn });
      table.set(row.id, row);
      noteChoice(options, kind, row, null);
      changed(kind, row);
      options.inserted(kind, row);
    },
    writeAttempts: (charge_id, attempts) => {
      guardAttempts(tables, tables.attemptsOf(charge_id), attempts);
      tables.attempts.set(charge_id, attempts);
      options.moved();
    },
    setMethod: (id, patch) => {
      const method = tables.methods.get(id);
      if (method !== undefined) tables.methods.set(id, { ...method, ...patch });
    },
    noteLoss: (seen_at, stops) => noteLoss(tables, options, seen_at, stops),
    writeBreak: (row) => void tables.breaks.set(`${row.kind} ${row.entity_id}`, row),
  };
  return tables;
}

/** Tells of a choice that is another now. */
function noteChoice(
  { chosen }: TablesOptions,
  kind: ModelledKind,
  row: Rows[ModelledKind],
  old: Rows[ModelledKind] | null,
): void {
  if (kind !== 'customer' && kind !== 'charge') return;
  const now = choiceOf(kind, row);
  if (old === null || choiceOf(kind, old) !== now) chosen(row.id, now);
}

/** What a row chooses by itself: a customer its default, a charge the method that it keeps. */
export function choiceOf(kind: 'customer' | 'charge', row: Rows[ModelledKind]): string | null {
  if (kind === 'customer') return (row as Rows['customer']).default_payment_method_id;
  const charge = row as Rows['charge'];
  return charge.follows_customer ? null : charge.payment_method_id;
}

function noteLoss(
  tables: Tables,
  { lossNoted }: TablesOptions,
  seen_at: Date | null,
  stops: boolean,
): boolean {
  if (seen_at !== null && tables.lost_at !== null && tables.lost_at >= seen_at) return false;
  tables.lost_at = tables.now();
  tables.noticed_at ??= tables.lost_at;
  if (!stops) return true;
  tables.withdrawals_due = true;
  tables.paused_at ??= tables.now();
  tables.writeBreak(ROWS_LOST);
  lossNoted();
  return true;
}

/** Each statement asks several times, hence the same date while time stands still; no caller may change it. */
function clockOf({ now_ms }: TablesOptions): () => Date {
  let now = new Date(EPOCH_MS);
  let known_ms = 0;
  return () => {
    const at_ms = now_ms();
    if (known_ms !== at_ms) now = new Date(EPOCH_MS + at_ms);
    known_ms = at_ms;
    return now;
  };
}
